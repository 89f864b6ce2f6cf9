using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Backups;

/// <summary>Looks for the names of lost entries' sources: in the database, in the facts, then in the vault's documents.</summary>
internal static class LostSources
{
    /// <summary>Larger objects are audio.</summary>
    private const int MaxDocumentBytes = 16 * 1024 * 1024;

    /// <param name="lost">The entries above the head.</param>
    /// <param name="vault">Root of a directory of objects; null or missing looks into none.</param>
    public static void Name(
        SourceNames names, IReadOnlyList<(LeafEnvelope Envelope, ReadOnlyMemory<byte> Public)> lost, IEnumerable<string> journalSources,
        PublishedLog published, long headSize, IDisk disk, string? vault)
    {
        foreach (var source in journalSources)
        {
            names.Guess(source);
        }
        foreach (var (_, publicBytes) in lost)
        {
            names.GuessFrom(publicBytes);
        }
        var unnamed = Unnamed();
        if (unnamed.Count == 0 || vault is null)
        {
            return;
        }
        foreach (var (_, publicBytes) in lost)
        {
            Read(publicBytes);
        }
        unnamed = Unnamed();
        if (unnamed.Count == 0)
        {
            return;
        }
        // A claim may be lost whose release came before the head: its documents are named there.
        var assets = unnamed.SelectMany(EntitiesIn).ToHashSet(StringComparer.Ordinal);
        foreach (var leaf in published.From(0).Take((int)Math.Min(headSize, int.MaxValue)))
        {
            if (LeafEnvelope.TryDecode(leaf, out var envelope, out var publicBytes) && assets.Contains(envelope.Asset))
            {
                names.GuessFrom(publicBytes);
                Read(publicBytes);
            }
        }

        List<ReadOnlyMemory<byte>> Unnamed() => [.. lost.Where(e => names.Find(e.Envelope.Source) is null).Select(e => e.Public)];

        void Read(ReadOnlyMemory<byte> publicBytes)
        {
            foreach (var digest in SourceNames.DigestsIn(publicBytes))
            {
                var path = VaultLayout.ObjectPath(vault!, digest);
                if (disk.FileExists(path) && disk.FileLength(path) <= MaxDocumentBytes)
                {
                    names.GuessFromDocument(DurableFile.ReadAll(disk, path, MaxDocumentBytes));
                }
            }
        }
    }

    private static IEnumerable<string> EntitiesIn(ReadOnlyMemory<byte> publicBytes) =>
        SourceNames.TextsIn(publicBytes).Where(t => Audit.Vocabulary.EntityId.TryParse(t, out _));
}
