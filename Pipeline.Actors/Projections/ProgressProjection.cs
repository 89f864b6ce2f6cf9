using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Projections;

/// <summary>
/// The log by index into the rows that pages, search and the sweeper read. The order is the log's; only the private part
/// of an entry is fetched from the journal row it came from.
/// </summary>
public sealed class ProgressProjection : ReceiveActor
{
    /// <summary>Entries of one transaction.</summary>
    private const int MaxBatch = 500;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stopping = new();
    private readonly LogKeeping _log;
    private readonly ReadModel _reads;
    private readonly JournalTail _journal;
    private readonly ILoggingAdapter _logger = Context.GetLogger();

    public ProgressProjection(LogKeeping log, ReadModel reads, JournalTail journal)
    {
        _log = log;
        _reads = reads;
        _journal = journal;
        Receive<Ended>(ended =>
        {
            _logger.Warning(ended.Cause, "The progress projection stopped and starts again: {Why}", ended.Why);
            Context.Stop(Self);
        });
    }

    public static Props Props(LogKeeping log, ReadModel reads, JournalTail journal) => Restarted.Forever(
        Akka.Actor.Props.Create(() => new ProgressProjection(log, reads, journal)), "progress");

    protected override void PreStart()
    {
        var cancel = _stopping.Token;
        Task.Run(() => RunAsync(cancel), cancel).PipeTo(
            Self, success: () => new Ended("it was fenced", null), failure: error => new Ended(error.Message, error));
    }

    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var position = await _reads.PositionAsync();
            IReadOnlyList<SequencedEntry> entries = _log.Head() is null ? [] : _log.Store.ReadEntries(position, MaxBatch);
            if (entries.Count == 0)
            {
                await Observe();
                await _log.Changes.WaitAsync(Poll, cancel);
                continue;
            }
            var facts = new List<(long, Fact)>(entries.Count);
            foreach (var entry in entries)
            {
                facts.Add((entry.Index, await FactAsync(entry, cancel)));
            }
            if (await ErasedByAsync(facts, cancel) is { Count: > 0 } erased)
            {
                await _reads.ForgetAsync(erased);
            }
            // If we crash here, the same entries are read again: rows and position move in one transaction.
            if (!await _reads.AdvanceAsync(position, facts))
            {
                return;
            }
            _log.Changes.Signal();
        }
    }

    /// <summary>
    /// What the rows must forget: the facts that an erasure speaks of. What this batch itself says of them was read after
    /// their private parts were gone, for an erasure is in the log only then.
    /// </summary>
    private async Task<IReadOnlyCollection<Fact>> ErasedByAsync(List<(long Index, Fact Fact)> facts, CancellationToken cancel)
    {
        var erased = new List<Fact>();
        foreach (var index in facts.Select(f => f.Fact).OfType<ErasureDone>().SelectMany(f => f.Entries).Distinct())
        {
            if (_log.Store.ReadEntries(index, 1) is [var entry])
            {
                erased.Add(await FactAsync(entry, cancel));
            }
        }
        return erased;
    }

    private async Task<Fact> FactAsync(SequencedEntry entry, CancellationToken cancel)
    {
        if (!LeafEnvelope.TryDecode(entry.Leaf, out var envelope, out var publicBytes))
        {
            throw new InvalidDataException($"entry {entry.Index} of the log store is no leaf of ours");
        }
        var row = await _journal.FindAsync(entry.PersistenceId, entry.SequenceNr, cancel);
        return row is null ? FactCodec.Decode(envelope.Manifest, publicBytes.Span) : FactCodec.FromJournal(envelope.Manifest, row.Message);
    }

    private async Task Observe()
    {
        foreach (var (state, count) in await _reads.CountsAsync())
        {
            Metrics.Releases.WithLabels(state).Set(count);
        }
    }

    private sealed record Ended(string Why, Exception? Cause) : INoSerializationVerificationNeeded;
}
