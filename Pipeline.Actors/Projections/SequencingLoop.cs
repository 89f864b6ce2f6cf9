using System.Diagnostics;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Hosting.Witnessing;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Projections;

/// <summary>
/// Journal to log, while this process holds the epoch: read what is final, commit it in order, publish. It keeps nothing
/// between rounds that the database does not say.
/// </summary>
public sealed class SequencingLoop(LogKeeping log, JournalTail journal, TimeProvider time)
{
    /// <summary>Rows of one commit.</summary>
    public const int MaxBatch = 1000;

    /// <summary>Without anybody waiting the checkpoint moves at most this often: witnesses and caches see few bodies.</summary>
    private static readonly TimeSpan PublishInterval = TimeSpan.FromSeconds(1);

    /// <summary>Look at the journal this often even if nobody woke us: another node may have persisted.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan WaitedForDelay = TimeSpan.Zero;

    // One alarm for each hole, not one a round.
    private readonly HashSet<(string Source, long Missing)> _alarmed = [];

    /// <returns>Why the log is halted, or null when the epoch was lost: somebody else sequences now.</returns>
    public async Task<string?> RunAsync(CancellationToken cancel)
    {
        try
        {
            return await KeepAsync(cancel);
        }
        catch (InvalidDataException e)
        {
            // The database holds another log, its entries do not lead to its root, or the journal has a fact this release
            // cannot read. None of it passes by trying again.
            var why = $"DatabaseWrong: {e.Message} Publish nothing and keep the database as it is. Runbook: ops/docs/runbooks/log-not-ours.md";
            log.Halt(why);
            return why;
        }
    }

    private async Task<string?> KeepAsync(CancellationToken cancel)
    {
        var epoch = log.Store.TakeOver(log.Origin);
        if (Check() is { } halted)
        {
            log.Halt(halted);
            return halted;
        }
        var publisher = new Publisher(new PosixDisk(), log.Directory, log.Store, epoch, log.Signer);
        var witnessing = new WitnessKeeping(log, publisher, time);
        if (await witnessing.CheckAsync(cancel) is { } contradicted)
        {
            log.Halt(contradicted);
            return contradicted;
        }
        log.Resume();
        var lastPublished = long.MinValue;
        while (!cancel.IsCancellationRequested)
        {
            var (outcome, more) = await SequenceAsync(epoch, cancel);
            if (outcome is SequenceResult.Fenced)
            {
                return null;
            }
            if (outcome is SequenceResult.Ambiguous ambiguous)
            {
                throw new InvalidOperationException($"a commit may or may not have happened ({ambiguous.Why}); reloading");
            }
            var head = log.Store.ReadHead();
            if (await witnessing.LookAsync(cancel) is { } witnessed)
            {
                log.Halt(witnessed);
                return witnessed;
            }
            var due = lastPublished == long.MinValue || Stopwatch.GetElapsedTime(lastPublished) >= PublishInterval;
            if (head.Size > head.PublishedSize && !witnessing.IsAsking && (due || log.IsWaitedForBeyond(head.PublishedSize)) || lastPublished == long.MinValue)
            {
                switch (publisher.Publish())
                {
                    case PublishResult.Halted halt:
                        var why = $"{halt.Cause} Evidence: {halt.EvidencePath}. Publish nothing and keep both. Runbook: ops/docs/runbooks/log-tile-differs.md";
                        log.Halt(why);
                        return why;
                    case PublishResult.Fenced:
                        return null;
                    case PublishResult.Published:
                        lastPublished = Stopwatch.GetTimestamp();
                        log.Changes.Signal();
                        break;
                    default:
                        // Another process holds the lock this moment: the next round tries again.
                        break;
                }
            }
            Observe();
            if (!more)
            {
                var unpublished = log.Store.ReadHead() is var now && now.Size > now.PublishedSize;
                await log.Changes.WaitAsync(
                    unpublished && !witnessing.IsAsking && log.IsWaitedForBeyond(now.PublishedSize) ? WaitedForDelay : Poll, cancel);
            }
        }
        return null;
    }

    /// <summary>Start-up: the head against what stands published under our key.</summary>
    private string? Check()
    {
        var file = Path.Combine(log.Directory, LogLayout.Checkpoint);
        var published = PublishedCheckpoint.Read(File.Exists(file) ? File.ReadAllBytes(file) : null, log.Keys);
        // After the file: a successor that publishes in between would look like an older database, and halt every node.
        var head = log.Store.ReadHead();
        var verdict = StartupCheck.Decide(
            new Checkpoint(head.Origin, head.Size, head.Root), published, size => ProofBuilder.Root(size, log.Store.ReadNodes));
        return verdict is StartupVerdict.Halted h
            ? $"{h.Cause}: {h.Why} Evidence: {file}. {h.Remedy} Runbook: ops/docs/runbooks/log-{RunbookOf(h.Cause)}.md"
            : null;
    }

    private static string RunbookOf(HaltCause cause) => cause switch
    {
        HaltCause.Fork => "fork",
        HaltCause.RolledBack => "database-rolled-back",
        _ => "not-ours",
    };

    private async Task<(SequenceResult Outcome, bool More)> SequenceAsync(long epoch, CancellationToken cancel)
    {
        var tail = log.Store.ReadHead().Tail;
        var high = await journal.FinalAsync(cancel);
        var rows = new List<JournalRow>();
        foreach (var parked in log.Store.ParkedSources())
        {
            // The tail has passed these; they wait for one number that had not come.
            rows.AddRange(await journal.ReadSourceAsync(parked.PersistenceId, parked.MissingSequenceNr, Math.Min(tail, high), MaxBatch, cancel));
        }
        var fresh = await journal.ReadAsync(tail, high, MaxBatch, cancel);
        rows.AddRange(fresh);
        var more = fresh.Count == MaxBatch;
        var newTail = more ? fresh[^1].Ordering : Math.Max(high, tail);
        if (rows.Count == 0 && newTail == tail)
        {
            return (new SequenceResult.Sequenced(log.Store.ReadHead(), 0, 0, []), false);
        }
        var outcome = log.Store.Sequence(epoch, [.. rows.Select(ToFact)], newTail);
        if (outcome is SequenceResult.Sequenced { Count: > 0 } done)
        {
            Metrics.Sequenced.Inc(done.Count);
            log.Changes.Signal();
        }
        return (outcome, more);
    }

    private static JournalFact ToFact(JournalRow row)
    {
        if (!FactManifest.IsKnown(row.Manifest))
        {
            throw new InvalidDataException(
                $"the journal has a fact '{row.Manifest}' that this release does not know ({row.PersistenceId}, number {row.SequenceNr}): start the newer release.");
        }
        var part = FactCodec.ReadPublic(row.Manifest, row.Message);
        return new JournalFact(row.Ordering, row.PersistenceId, row.SequenceNr, row.Manifest, part.Tenant.Text, part.Asset, part.Bytes);
    }

    private void Observe()
    {
        var head = log.Store.ReadHead();
        Metrics.LogSize.Set(head.Size);
        Metrics.PublishedSize.Set(head.PublishedSize);
        var parked = log.Store.ParkedSources();
        Metrics.ParkedSources.Set(parked.Count);
        foreach (var source in parked.Where(p => _alarmed.Add((p.PersistenceId, p.MissingSequenceNr))))
        {
            Serilog.Log.Error(
                "Source {Source} waits for its number {Missing}; it has shown {Seen}. Runbook: ops/docs/runbooks/log-unreconciled.md",
                source.PersistenceId, source.MissingSequenceNr, source.SeenSequenceNr);
        }
    }
}
