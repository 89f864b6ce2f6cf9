using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Backups;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Messages;
using Pipeline.Audit.Evidence;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Projections;

/// <summary>Every final row of the journal up to this head's tail was found in the log.</summary>
public sealed record LogHoldsJournal(LogHead Head) : INoSerializationVerificationNeeded;

/// <summary>
/// Writes the census (design, section 4): counts the journal itself, up to the row that the log has reached, and puts the
/// figures into the log, where anybody can count again. Child of the <see cref="Reconciler"/>, which is one in the cluster,
/// so this source has one writer. Where journal and log differ there is no census, and the reconciler's alarm stands.
/// </summary>
public sealed class CensusActor : FactSourcedActor<CensusState>
{
    private readonly LogKeeping _log;
    private readonly JournalTail _journal;
    private readonly TimeSpan _every;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _logger = Context.GetLogger();

    // Owned by the mailbox: a count is under way.
    private bool _counting;

    // As above: when the first fact was written, ms since 1970 UTC; it never changes.
    private long? _firstFact;

    public CensusActor(LogKeeping log, JournalTail journal, TimeSpan every, TimeProvider time)
        : base("census:journal", CensusState.Initial, CensusState.Apply)
    {
        (_log, _journal, _every, _time) = (log, journal, every, time);
        CommandAsync<LogHoldsJournal>(Look);
        Command<Counted>(counted =>
        {
            _counting = false;
            Carry(CensusDecider.Decide(State, new NoteCensus(counted.AsOf, counted.Count, Now), DrawSalts()), ActorRefs.NoSender);
        });
        Command<NotCounted>(failed =>
        {
            _counting = false;
            _logger.Error("{Why} Runbook: ops/docs/runbooks/log-unreconciled.md", failed.Why);
        });
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="every">From one census to the next.</param>
    public static Props Props(LogKeeping log, JournalTail journal, TimeSpan every, TimeProvider time) => Restarted.Forever(
        Akka.Actor.Props.Create(() => new CensusActor(log, journal, every, time)), "census");

    private async Task Look(LogHoldsJournal found)
    {
        var head = found.Head;
        if (_counting || head.Size == 0)
        {
            return;
        }
        _firstFact ??= await _journal.ReadAsync(0, head.Tail, 1, CancellationToken.None) is [var row]
            ? FactCodec.FromJournal(row.Manifest, row.Message).At
            : null;
        if (_firstFact is { } first && CensusDecider.IsDue(State, head.Size, first, Now, _every))
        {
            _counting = true;
            _ = CountAsync(head).PipeTo(Self, failure: error => new NotCounted($"The journal could not be counted: {error.Message}."));
        }
    }

    /// <summary>From the journal; of the log only the names of sources, and those that a recovery could not name.</summary>
    private async Task<object> CountAsync(LogHead head)
    {
        var pseudonym = _log.Store.Pseudonyms();
        var sources = new List<CountedSource>();
        await foreach (var (persistenceId, last) in _journal.LastNumbersAsync(head.Tail, CancellationToken.None))
        {
            sources.Add(new CountedSource(
                UInt128.Parse(pseudonym(persistenceId), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), last, KindOf(persistenceId)));
        }
        // Sources that no recovery could name are in the log and in no journal; without them no census would agree again.
        sources.AddRange(_log.Store.LastNumbers().Where(s => s.Key.StartsWith(LogRecovery.LostSource, StringComparison.Ordinal))
            .Select(s => new CountedSource(UInt128.Parse(pseudonym(s.Key), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), s.Value, CountedKind.Other)));
        var count = CensusCount.Of(sources);
        // The reconciler looks for journal rows in the log; this is what finds entries that the journal does not have.
        return count.Facts == head.Size
            ? new Counted(head.Size, count)
            : new NotCounted($"The journal has {count.Facts} facts where the log has {head.Size} entries; no census is written.");
    }

    /// <summary>By what stands before the colon of a persistence id.</summary>
    private static CountedKind KindOf(string persistenceId) => persistenceId[..Math.Max(0, persistenceId.IndexOf(':', StringComparison.Ordinal))] switch
    {
        "delivery" => CountedKind.Delivery,
        "release" => CountedKind.Release,
        "upload" => CountedKind.Upload,
        _ => CountedKind.Other,
    };

    private sealed record Counted(long AsOf, CensusCount Count) : INoSerializationVerificationNeeded;

    private sealed record NotCounted(string Why) : INoSerializationVerificationNeeded;
}
