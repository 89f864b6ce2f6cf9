using System.Text;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>An entry as far as the domain is concerned.</summary>
/// <param name="Fact">Null when this release cannot read it; then <paramref name="Problem"/> or <paramref name="Manifest"/> says why.</param>
internal readonly record struct ReadLeaf(UInt128 Source, string Manifest, Fact? Fact, string? Problem, Sha256Digest Hash);

/// <summary>
/// Is what the log tells a whole and possible story? Reads every entry once, in order. Comes after <see cref="Fsck"/>,
/// which shows that entries and checkpoint belong together, that each source's numbers have no hole and that each asset's
/// thread is unbroken; this takes both for granted and adds what the facts themselves say.
/// </summary>
public static class DomainCheck
{
    /// <summary>Bundles read at once: some 16,000 facts are in memory, however long the log is.</summary>
    private const int ChunkBundles = 64;

    /// <param name="files">The log.</param>
    /// <param name="size">Entries, of the checkpoint that fsck believed.</param>
    /// <param name="root">That checkpoint's root: the entries read here must lead to it, too.</param>
    /// <exception cref="IOException">A bundle that fsck has read is there and cannot be read now: no verdict.</exception>
    public static DomainReport Run(ILogFiles files, long size, Sha256Digest root, DomainOptions options)
    {
        Invariant.Require(
            options.MaxDefects >= 1 && options.MaxOpen >= 0 && options.Parallelism >= 1, "options of the domain check are in range");
        var findings = new FsckFindings(options.MaxDefects);
        var history = new DomainHistory(findings);
        var range = new CompactRange();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism };
        var bundles = size == 0 ? 0 : ((size - 1) / TilePath.FullWidth) + 1;
        for (var first = 0L; first < bundles; first += ChunkBundles)
        {
            var from = first;
            var chunk = new ReadLeaf[Math.Min(ChunkBundles, bundles - from)][];
            try
            {
                Parallel.For(0, chunk.Length, parallel, i => chunk[i] = [.. new TileReader(files, size).Bundle(from + i).Select(Read)]);
            }
            catch (AggregateException e) when (e.InnerExceptions.OfType<IOException>().FirstOrDefault() is { } unreadable)
            {
                throw unreadable;
            }
            foreach (var leaf in chunk.SelectMany(leaves => leaves))
            {
                range.Append(leaf.Hash);
                history.Follow(leaf);
            }
        }
        if (range.Root() != root)
        {
            findings.Defect(LogLayout.Checkpoint, $"the entries read lead to the root {range.Root()}, not to {root}: the log changed under the check");
        }
        return history.End(options, KeysOf(files));
    }

    /// <summary>After the entries: the files change before the log says so.</summary>
    private static LogVkeys? KeysOf(ILogFiles files) =>
        files.Read(LogLayout.Vkey, LogVkeys.MaxBytes) is { } vkey
        && LogVkeys.TryRead(vkey, files.Read(LogLayout.Vkeys, LogVkeys.MaxBytes), out var keys, out _, out _) ? keys : null;

    private static ReadLeaf Read(ReadOnlyMemory<byte> entry)
    {
        var bytes = entry.Span;
        var hash = MerkleTree.LeafHash(bytes);
        if (!LeafEnvelopeReader.TryRead(bytes, out var spans))
        {
            return new ReadLeaf(0, "", null, "does not begin with the envelope of a leaf", hash);
        }
        var source = EnvelopeRows.Source(bytes[spans.Source]);
        var manifest = Encoding.ASCII.GetString(bytes[spans.Manifest]);
        if (!FactManifest.IsKnown(manifest))
        {
            return new ReadLeaf(source, manifest, null, null, hash);
        }
        try
        {
            var fact = FactCodec.Decode(manifest, bytes[spans.PublicFrom..]);
            return new ReadLeaf(source, manifest, fact, Disagreement(fact, bytes, spans), hash);
        }
        catch (InvalidDataException e)
        {
            return new ReadLeaf(source, manifest, null, e.Message, hash);
        }
    }

    /// <summary>What envelope and fact say of one thing, they say alike.</summary>
    private static string? Disagreement(Fact fact, ReadOnlySpan<byte> entry, LeafEnvelopeSpans spans)
    {
        if (!Ascii.Equals(entry[spans.Tenant], fact.Tenant.Text))
        {
            return $"the envelope's tenant is not the fact's, {fact.Tenant.Text}";
        }
        if (!Ascii.Equals(entry[spans.Asset], fact.GetAsset()))
        {
            return $"the envelope's asset is not the fact's, '{fact.GetAsset()}'";
        }
        return Subject.Of(fact).Id is { } id && id.Tenant != fact.Tenant ? $"{id.Text} belongs to another tenant than the fact about it" : null;
    }
}
