using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Projections;

/// <summary>
/// The independent check (design, section 7.4): each minute every final journal row is looked for in the log. A
/// difference is an alarm, never silently mended: the sequencer's own way is the only way in. Where there is none, the
/// census may be taken.
/// </summary>
public sealed class Reconciler : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);

    /// <summary>Rows compared in one round trip.</summary>
    private const int MaxBatch = 5000;

    private readonly LogKeeping _log;
    private readonly JournalTail _journal;
    private readonly TimeSpan _interval;
    private readonly IActorRef? _census;
    private readonly ILoggingAdapter _logger = Context.GetLogger();

    // Owned by the mailbox: up to which ordering everything was found. Starts at 0 with every incarnation, so that each
    // start compares the whole journal once.
    private long _reconciled;

    public Reconciler(LogKeeping log, JournalTail journal, TimeSpan? censusEvery, TimeProvider time)
    {
        _log = log;
        _journal = journal;
        _interval = censusEvery < LongestInterval ? censusEvery.Value : LongestInterval;
        _census = censusEvery is { } every ? Context.ActorOf(CensusActor.Props(log, journal, every, time), "census") : null;
        if (censusEvery is not null)
        {
            Context.ActorOf(LogKeyActor.Props(log, time), "log-keys");
        }
        Receive<Compare>(_ => CompareAsync(_reconciled).PipeTo(
            Self, success: result => result, failure: error => new Compared(_reconciled, [], error.Message, null)));
        Receive<Compared>(Note);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="censusEvery">Null on a node that lives only as long as a question: it takes no census and announces no key.</param>
    public static Props Props(LogKeeping log, JournalTail journal, TimeSpan? censusEvery, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new Reconciler(log, journal, censusEvery, time));

    protected override void PreStart() =>
        Timers.StartSingleTimer(nameof(Compare), Compare.Instance, TimeSpan.FromSeconds(10));

    private async Task<Compared> CompareAsync(long after)
    {
        var head = _log.Head();
        var tail = head?.Tail ?? 0;
        var missing = new List<string>();
        while (after < tail)
        {
            var rows = await _journal.ReadAsync(after, tail, MaxBatch, CancellationToken.None);
            missing.AddRange(rows
                .Where(r => _log.Store.FindEntry(r.PersistenceId, r.SequenceNr) is null)
                .Select(r => $"{r.PersistenceId} {r.SequenceNr}"));
            if (missing.Count > 0)
            {
                // Not moved past: looked at again next minute, until it is there.
                return new Compared(after, missing, null, null);
            }
            after = rows.Count < MaxBatch ? tail : rows[^1].Ordering;
        }
        return new Compared(after, [], null, head);
    }

    private void Note(Compared result)
    {
        // Only now: a first comparison of a large journal may take longer than the interval.
        Timers.StartSingleTimer(nameof(Compare), Compare.Instance, _interval);
        Metrics.Unreconciled.Set(result.Missing.Count);
        if (result.Problem is not null)
        {
            _logger.Warning("Journal and log could not be compared: {Why}", result.Problem);
            return;
        }
        _reconciled = result.UpTo;
        if (result.Missing.Count > 0)
        {
            _logger.Error(
                "{Count} facts of the journal are not in the log, the first is {First}. Runbook: ops/docs/runbooks/log-unreconciled.md",
                result.Missing.Count, result.Missing[0]);
        }
        else if (result.Head is { } head)
        {
            _census?.Tell(new LogHoldsJournal(head));
        }
    }

    private sealed class Compare : INoSerializationVerificationNeeded
    {
        public static readonly Compare Instance = new();
    }

    /// <param name="Head">The log whose every journal row was found; null when there is none, or something is missing.</param>
    private sealed record Compared(long UpTo, IReadOnlyList<string> Missing, string? Problem, LogHead? Head) : INoSerializationVerificationNeeded;
}
