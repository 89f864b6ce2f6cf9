using Pipeline.Actors.Hosting;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Erasure;

/// <summary>Which entries of the log speak of a thing that is to be erased, and whether it may be.</summary>
public sealed class ErasureScope(LogKeeping log, ReadModel reads, IVault vault)
{
    /// <summary>Every entry of it, oldest first; empty when the log knows nothing of it.</summary>
    /// <remarks>Of a release: its thread, its editions, and the uploads that its deliveries brought.</remarks>
    /// <exception cref="ObjectMissingException">A delivery's document is not in the vault, so its files are not known.</exception>
    internal async Task<IReadOnlyList<LogLeaf>> OfAsync(EntityId id, CancellationToken cancel)
    {
        if (log.Head() is null)
        {
            return [];
        }
        var found = new SortedDictionary<long, LogLeaf>();
        Add(OfSource($"{id.Kind}:{id.Text}"));
        if (id.Kind == "release")
        {
            Add(AssetThread.Read(log.Store, id));
            foreach (var recording in await reads.RecordingsOfAsync(id))
            {
                Add(AssetThread.Read(log.Store, recording).Where(e => e.Fact is EditionAdded edition && edition.Release == id));
            }
            Add(await UploadsAsync(id, [.. found.Values.Select(e => e.Fact).OfType<ReleaseReceived>()], cancel));
        }
        return [.. found.Values];

        void Add(IEnumerable<LogLeaf> entries)
        {
            foreach (var entry in entries)
            {
                found.TryAdd(entry.Entry.Index, entry);
            }
        }
    }

    /// <summary>Why it may not be erased now; null when it may. What is open must stay readable for those who work on it.</summary>
    internal async Task<Finding?> RefusalAsync(EntityId id, IReadOnlyList<LogLeaf> scope)
    {
        if (id.Kind is not ("release" or "delivery" or "upload"))
        {
            return Finding.Reject("ERASURE_KIND", "id", id.Text, "Erasure takes a release, a delivery or an upload.", "Give the id of one.");
        }
        // A thing whose row is not there yet has just come.
        var open = id.Kind switch
        {
            "release" => await reads.ReleaseAsync(id.Tenant, id.Text) is not { State: not ("running" or "quarantined") },
            "upload" => await reads.UploadAsync(id.Tenant, id.Text) is not { State: not "received" },
            _ => false,
        };
        foreach (var delivery in scope.Select(e => e.Fact).OfType<DeliveryReceived>().Select(f => f.Delivery).Distinct())
        {
            open |= await reads.DeliveryAsync(id.Tenant, delivery.Text) is not { Fate: not "open" };
        }
        return open
            ? Finding.Reject("ERASURE_OPEN", "id", id.Text, "It, or a delivery of it, has no fate yet, and what is open must stay readable.", "Wait for its fate, or give it one: resolve, withdraw, discard.")
            : null;
    }

    /// <summary>The uploads of these files that went into a delivery of this release; the same bytes sent for something else are not its.</summary>
    private async Task<IReadOnlyList<LogLeaf>> UploadsAsync(EntityId release, IReadOnlyList<ReleaseReceived> received, CancellationToken cancel)
    {
        var files = new HashSet<Sha256Digest>();
        foreach (var contents in received.Select(f => f.Contents).Distinct())
        {
            var delivery = DeliveryContents.Decode(await vault.ReadAsync(contents, Stages.StageRunner.MaxDocumentBytes, cancel));
            files.UnionWith([delivery.Message.Sha256, .. delivery.Files.Select(f => f.Sha256)]);
        }
        var deliveries = received.Select(f => f.Delivery).ToHashSet();
        return
        [
            .. (await reads.UploadsOfAsync(release.Tenant, files))
                .Select(upload => OfSource($"upload:{upload}"))
                .Where(entries => entries.Any(e => e.Fact is UploadDelivered delivered && deliveries.Contains(delivered.Delivery)))
                .SelectMany(entries => entries),
        ];
    }

    private List<LogLeaf> OfSource(string source)
    {
        var entries = new List<LogLeaf>();
        for (var number = log.Store.LastSequenceNrOf(source); number > 0; number--)
        {
            if (log.Store.FindEntry(source, number) is { } entry)
            {
                entries.Add(LogLeaf.Of(entry));
            }
        }
        return entries;
    }
}
