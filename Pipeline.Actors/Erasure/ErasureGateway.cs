using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Akka.Hosting;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Erasure;

/// <summary>The only door to erasure: which entries speak of a thing, what becomes of each, and the order itself.</summary>
public sealed class ErasureGateway(
    LogKeeping log, JournalTail journal, ReadModel reads, IVault vault, Regions regions, TimeProvider time, Func<IActorRef> actor)
{
    /// <summary>Overwriting waits for readers of the database; an order that takes longer goes on without its asker.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Staying =
    [
        "The delivered files and documents in the vault: they are evidence, kept for as long as retention asks.",
        "Backups made before, and the write-ahead archives of a PostgreSQL server: see ops/docs/runbooks/erase-personal-data.md.",
    ];

    public static void Add(IServiceCollection services) => services
        .AddSingleton(sp => new JournalEraser(
            sp.GetRequiredService<Stores>().Journal, sp.GetRequiredService<Stores>().Dialect,
            index => sp.GetRequiredService<LogKeeping>() is var log && log.Head() is not null && log.Store.ReadEntries(index, 1) is [var entry] ? entry : null))
        .AddSingleton(sp => new ErasureGateway(
            sp.GetRequiredService<LogKeeping>(), sp.GetRequiredService<JournalTail>(), sp.GetRequiredService<ReadModel>(), sp.GetRequiredService<IVault>(),
            sp.GetRequiredService<Regions>(), sp.GetRequiredService<TimeProvider>(), () => sp.GetRequiredService<IReadOnlyActorRegistry>().Get<ErasureActor>()));

    /// <summary>Says what would go; with <paramref name="commit"/> destroys it first. Both null and no finding: no such thing.</summary>
    /// <exception cref="TimeoutException">The cluster does not answer, or overwriting takes long; nothing is half done for ever.</exception>
    public async Task<(ErasureAnswer? Answer, Finding? Refusal)> EraseAsync(Principal principal, EntityId id, string reason, bool commit, CancellationToken cancel)
    {
        if (await RefusalAsync(id) is { } refusal)
        {
            return (null, refusal);
        }
        var (entries, awake) = (new List<ErasedEntryAnswer>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var entry in await EntriesAsync(id, cancel))
        {
            Invariant.Require(LeafEnvelope.TryDecode(entry.Leaf, out var envelope, out _), "an entry of the log is a leaf");
            var row = await journal.FindAsync(entry.PersistenceId, entry.SequenceNr, cancel);
            if (row is not null && FactCodec.ReadOpening(row.Message).Opening is not null)
            {
                var kept = Retention.KeptBecause(envelope.Manifest);
                entries.Add(new ErasedEntryAnswer(entry.Index, envelope.Manifest, kept is null ? "erase" : "kept", kept));
                awake.Add(entry.PersistenceId);
            }
        }
        var going = entries.Where(e => e.Fate == "erase").Select(e => e.Index).ToList();
        if (!commit || going.Count == 0)
        {
            return entries.Count == 0 && log.Head() is { } && log.Store.LastSequenceNrOf($"{id.Kind}:{id.Text}") == 0
                ? (null, null)
                : (new ErasureAnswer(id.Text, commit, 0, entries, Staying), null);
        }
        var destroyed = await OrderAsync(principal, id, going, reason, cancel);
        foreach (var entity in awake)
        {
            RegionOf(entity)?.Tell(new ReadAnew(entity[(entity.IndexOf(':', StringComparison.Ordinal) + 1)..]));
        }
        return (new ErasureAnswer(id.Text, true, destroyed, [.. entries.Select(e => e.Fate == "erase" ? e with { Fate = "erased" } : e)], Staying), null);
    }

    /// <summary>Only what has its fate: the stages of an open release still ask for its private parts.</summary>
    private async Task<Finding?> RefusalAsync(EntityId id)
    {
        var open = id.Kind switch
        {
            "release" => (await reads.ReleaseAsync(id.Tenant, id.Text))?.State is "running" or "quarantined",
            "delivery" => (await reads.DeliveryAsync(id.Tenant, id.Text))?.Fate == "open",
            "upload" => (await reads.UploadAsync(id.Tenant, id.Text))?.State == "received",
            _ => (bool?)null,
        };
        return open switch
        {
            null => Finding.Reject("ERASURE_KIND", "id", id.Text, "Erasure takes a release, a delivery or an upload.", "Give the id of one."),
            true => Finding.Reject("ERASURE_OPEN", "id", id.Text, "It has no fate yet, and what is open must stay readable.", "Wait for its fate, or give it one: resolve, withdraw, discard."),
            _ => null,
        };
    }

    /// <summary>Every entry that the thing's own sources wrote or that its thread holds; of a release also its editions and files.</summary>
    private async Task<IReadOnlyList<SequencedEntry>> EntriesAsync(EntityId id, CancellationToken cancel)
    {
        var found = new SortedDictionary<long, SequencedEntry>();
        if (log.Head() is null)
        {
            return [];
        }
        OfSource($"{id.Kind}:{id.Text}", found);
        if (id.Kind != "release")
        {
            return [.. found.Values];
        }
        foreach (var entry in Thread(id.Text))
        {
            found.TryAdd(entry.Index, entry);
        }
        foreach (var recording in await reads.RecordingsOfAsync(id))
        {
            foreach (var entry in Thread(recording.Text).Where(e => FactOf(e) is EditionAdded edition && edition.Release == id))
            {
                found.TryAdd(entry.Index, entry);
            }
        }
        var files = new HashSet<Sha256Digest>();
        foreach (var received in found.Values.Select(FactOf).OfType<ReleaseReceived>().DistinctBy(f => f.Contents).ToList())
        {
            var delivery = DeliveryContents.Decode(await vault.ReadAsync(received.Contents, Stages.StageRunner.MaxDocumentBytes, cancel));
            files.UnionWith([delivery.Message.Sha256, .. delivery.Files.Select(f => f.Sha256)]);
        }
        foreach (var upload in await reads.UploadsOfAsync(id.Tenant, files))
        {
            OfSource($"upload:{upload}", found);
        }
        return [.. found.Values];
    }

    private void OfSource(string source, SortedDictionary<long, SequencedEntry> found)
    {
        for (var number = log.Store.LastSequenceNrOf(source); number > 0; number--)
        {
            if (log.Store.FindEntry(source, number) is { } entry)
            {
                found.TryAdd(entry.Index, entry);
            }
        }
    }

    private IActorRef? RegionOf(string persistenceId) => persistenceId[..persistenceId.IndexOf(':', StringComparison.Ordinal)] switch
    {
        "release" => regions.Releases,
        "delivery" => regions.Deliveries,
        "recording" => regions.Recordings,
        "upload" => regions.Uploads,
        _ => null,
    };

    private IEnumerable<SequencedEntry> Thread(string asset)
    {
        for (var index = log.Store.LatestOfAsset(asset) ?? -1; index >= 0;)
        {
            var entry = log.Store.ReadEntries(index, 1)[0];
            yield return entry;
            Invariant.Require(LeafEnvelope.TryDecode(entry.Leaf, out var envelope, out _) && envelope.Prev < index, "the leaves of an asset lead backwards");
            index = envelope.Prev;
        }
    }

    private static Fact FactOf(SequencedEntry entry) => LeafEnvelope.TryDecode(entry.Leaf, out var envelope, out var publicBytes)
        ? FactCodec.Decode(envelope.Manifest, publicBytes.Span)
        : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"entry {entry.Index} is no leaf of ours"));

    private async Task<long> OrderAsync(Principal principal, EntityId id, List<long> entries, string reason, CancellationToken cancel)
    {
        // What is asked is its own name: the same entries again are the same order.
        var named = string.Join(',', entries.Select(e => e.ToString(CultureInfo.InvariantCulture)));
        var command = CommandId.Parse($"erase/{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{id.Text}/{reason}/{named}")))}");
        var order = new OrderErasure(id.Tenant, principal.Pseudonym, command, time.GetUtcNow().ToUnixTimeMilliseconds(), entries, reason);
        var until = time.GetUtcNow() + GiveUpAfter;
        object question = order;
        while (time.GetUtcNow() < until)
        {
            try
            {
                var standing = await actor().Ask<ErasureStanding>(question, AskTimeout, cancel);
                if (standing.Done)
                {
                    return standing.Destroyed;
                }
                question = standing.Known ? new GetErasure(command) : order;
                await Task.Delay(Look, time, cancel);
            }
            catch (AskTimeoutException)
            {
                // It moves to another node; the same command again does nothing twice.
            }
        }
        throw new TimeoutException("The erasure is ordered or the cluster does not answer; run the same again to see it done.");
    }
}
