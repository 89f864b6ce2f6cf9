using System.Text;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Export;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// What a release's owner may take along. Every question takes the principal; an id of another tenant is answered before
/// anything is asked. All of it is derived from the log: the thread of leaves that bear the release as their asset.
/// </summary>
public sealed class ReleaseExports(LogKeeping log, JournalTail journal, IVault vault)
{
    /// <summary>Facts of one answer; each has an entry of at most 7 KiB and a proof of about three.</summary>
    public const int MaxFactsPerAnswer = 200;

    private const int MaxDocumentBytes = Stages.StageRunner.MaxDocumentBytes;

    /// <summary>What the exported revision consists of. Null: not yours, or never was.</summary>
    /// <exception cref="ObjectMissingException">The delivery document is not in the vault.</exception>
    public async Task<ReleaseContentsAnswer?> ContentsAsync(Principal principal, EntityId release, CancellationToken cancel)
    {
        if (Thread(principal, release) is not { } thread || ExportedRevision.Of(Facts(thread)) is not { } revision)
        {
            return null;
        }
        var delivery = await DeliveryAsync(revision.Delivery, cancel);
        return new ReleaseContentsAnswer(
            release.Text, revision.Revision, revision.Archived ? 1 : 0, Answer(delivery.Message), [.. delivery.Files.Select(Answer)],
            [new DocumentAnswer("delivery", revision.Delivery.ToString()), .. revision.Results.Select(r => new DocumentAnswer(r.Stage, r.Result.ToString()))]);
    }

    /// <summary>
    /// An object that a fact of the release names, or that a delivery of it brought, verified while it is read. Null: no
    /// such, though it may well be somebody else's.
    /// </summary>
    /// <exception cref="ObjectMissingException">It should be there and is not.</exception>
    public async Task<Stream?> OpenAsync(Principal principal, EntityId release, Sha256Digest id, CancellationToken cancel)
    {
        if (Thread(principal, release) is not { } thread)
        {
            return null;
        }
        var facts = Facts(thread);
        if (ExportedRevision.DocumentsOf(facts).Contains(id))
        {
            return await vault.OpenVerifiedAsync(id, cancel);
        }
        foreach (var received in facts.OfType<ReleaseReceived>().DistinctBy(f => f.Contents))
        {
            if ((await DeliveryAsync(received.Contents, cancel)).Files.Any(f => f.Sha256 == id))
            {
                return await vault.OpenVerifiedAsync(id, cancel);
            }
        }
        return null;
    }

    /// <summary>The release's facts with their proofs from <paramref name="from"/> on. Null: not yours, or never was.</summary>
    /// <param name="from">Log index.</param>
    public async Task<ReleaseFactsAnswer?> FactsAsync(Principal principal, EntityId release, long from, CancellationToken cancel)
    {
        if (Thread(principal, release) is not { Count: > 0 } thread)
        {
            return null;
        }
        var prover = log.Head()!.PublishedSize == 0 ? null : LogProver.Open(new LogDirectory(log.Directory), log.Keys);
        var size = prover?.Checkpoint.Size ?? 0;
        if (thread[^1].Entry.Index >= size)
        {
            log.WaitsFor(thread[^1].Entry.Index);
        }
        var page = thread.Where(t => t.Entry.Index >= from && t.Entry.Index < size).Take(MaxFactsPerAnswer + 1).ToList();
        var facts = new List<FactAnswer>();
        foreach (var leaf in page.Take(MaxFactsPerAnswer))
        {
            facts.Add(new FactAnswer(leaf.Manifest, await ProveAsync(prover!, leaf.Entry, cancel)));
        }
        return new ReleaseFactsAnswer(
            log.Origin, (prover?.LogKey ?? log.Keys.Current).Vkey, facts, page.Count > MaxFactsPerAnswer ? page[^1].Entry.Index : null,
            thread.Count(t => t.Entry.Index >= size));
    }

    private static ContentAnswer Answer(DeliveredFile file) => new(file.Path, file.Sha256.ToString(), file.SizeBytes);

    private static List<Fact> Facts(List<LogLeaf> thread) => [.. thread.Select(t => t.Fact)];

    private async Task<DeliveryContents> DeliveryAsync(Sha256Digest id, CancellationToken cancel) =>
        DeliveryContents.Decode(await vault.ReadAsync(id, MaxDocumentBytes, cancel));

    /// <summary>Every leaf of the release, oldest first. Null: not yours, or never was.</summary>
    private List<LogLeaf>? Thread(Principal principal, EntityId release)
    {
        if (release.Tenant != principal.Tenant || release.Kind != "release" || log.Head() is null)
        {
            return null;
        }
        var thread = AssetThread.Read(log.Store, release);
        return thread.Count == 0 ? null : thread;
    }

    private async Task<ProofAnswer> ProveAsync(LogProver prover, SequencedEntry entry, CancellationToken cancel)
    {
        var proven = prover.Prove(entry.Index);
        var row = await journal.FindAsync(entry.PersistenceId, entry.SequenceNr, cancel);
        var (opening, salt) = row is null ? (null, null) : FactCodec.ReadOpening(row.Message);
        return new ProofAnswer(
            entry.Index, Convert.ToBase64String(proven.Entry.Span), Encoding.UTF8.GetString(proven.Proof.Format()), opening, salt, []);
    }
}
