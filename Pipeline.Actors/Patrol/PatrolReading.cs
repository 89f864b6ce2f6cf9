using Akka.Event;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>Reads and mends with one budget.</summary>
internal sealed class PatrolReading
{
    /// <summary>Copies of one query.</summary>
    private const int MaxBatch = 64;

    /// <summary>Checks are written down together, but no later than this.</summary>
    private static readonly TimeSpan Flush = TimeSpan.FromSeconds(2);

    private readonly PatrolTools _tools;
    private readonly PatrolNotes _notes;
    private readonly Action _onCopy;
    private readonly Func<bool> _isInterrupted;
    private readonly ILoggingAdapter _logger;

    private readonly AwayStores _stores;
    private readonly Scrub _scrub;
    private readonly CopyMender _mender;

    /// <param name="onBytes">Told of bytes as they are read.</param>
    /// <param name="onCopy">Told of each copy that is done.</param>
    /// <param name="isInterrupted">True when a batch should end early, because somebody waits.</param>
    public PatrolReading(
        PatrolTools tools, PatrolNotes notes, AwayStores stores, BandwidthBudget budget, Action<long> onBytes, Action onCopy, Func<bool> isInterrupted,
        ILoggingAdapter logger)
    {
        (_tools, _notes, _stores, _onCopy, _isInterrupted, _logger) = (tools, notes, stores, onCopy, isInterrupted, logger);
        var reader = new CopyReader(budget, bytes =>
        {
            PatrolMetrics.BytesRead.Inc(bytes);
            onBytes(bytes);
        });
        _scrub = new Scrub(reader, tools.Lists);
        _mender = new CopyMender(_scrub, reader, tools.Disk, tools.Temporary, notes);
    }

    /// <summary>A clock that is set back must not make a read copy due again.</summary>
    public long Started { get; init; }

    private long Instant => Math.Max(Started, _tools.Time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Reads one batch of what was last read before this instant. False when there is none.</summary>
    public async Task<bool> ReadDueAsync(long before, bool mend, CancellationToken cancel)
    {
        var due = await _tools.Tables.DueAsync(_stores.Present.Readable(), before, MaxBatch);
        var seen = new List<CopyCheck>();
        var flushed = _tools.Time.GetTimestamp();
        foreach (var copy in due)
        {
            if (await ExamineAsync(copy, cancel) is not { } check)
            {
                continue;
            }
            _onCopy();
            seen.Add(check);
            if (mend && check.State != CopyState.Ok)
            {
                await FlushAsync();
                await MendAsync(copy, cancel);
            }
            else if (_tools.Time.GetElapsedTime(flushed) > Flush)
            {
                await FlushAsync();
            }
            if (_isInterrupted())
            {
                // Somebody waits for an answer; the round does not.
                break;
            }
        }
        await FlushAsync();
        return due.Count > 0;

        async Task FlushAsync()
        {
            // What a scrub by hand finds waits for the hand that ordered it, before the patrol mends it by itself.
            await _tools.Tables.RecordAsync(seen, Instant, tried: !mend);
            seen.Clear();
            flushed = _tools.Time.GetTimestamp();
        }
    }

    /// <summary>Mends one batch of what nobody tried since this instant. False when there is none.</summary>
    public async Task<bool> MendAsync(long triedBefore, CancellationToken cancel)
    {
        var bad = await _tools.Tables.ToMendAsync(_stores.Present.Readable(), triedBefore, MaxBatch);
        if (bad.Count > 0)
        {
            await _stores.AskAsync(cancel);
        }
        foreach (var copy in bad.DistinctBy(b => b.Digest).Where(b => _stores.Present.Any(s => s.Name == b.Store)))
        {
            await MendAsync(copy, cancel);
            _onCopy();
        }
        return bad.Count > 0;
    }

    /// <summary>Null when its store is away: nothing is known of the copy then.</summary>
    private async Task<CopyCheck?> ExamineAsync(CopyToRead copy, CancellationToken cancel)
    {
        if (_stores.Present.FirstOrDefault(s => s.Name == copy.Store) is not { } store)
        {
            return null;
        }
        var check = await _scrub.LookAsync(store, copy.Id, copy.Size, [.. _stores.Present.Where(s => s != store)], cancel);
        if (check.State == CopyState.Unreadable)
        {
            await _stores.AskAsync(cancel);
            if (!_stores.Present.Contains(store))
            {
                return null;
            }
        }
        if (check.State == CopyState.Ok)
        {
            await _notes.WholeAsync(check, cancel);
        }
        else
        {
            _notes.Expected = copy.Expected == 1 ? [copy.Store] : [];
            await _notes.DamagedAsync(check, cancel);
        }
        return check;
    }

    private async Task MendAsync(CopyToRead copy, CancellationToken cancel)
    {
        var rows = await _tools.Tables.CopiesOfAsync(copy.Digest);
        _notes.Expected = rows.Where(r => r.Expected == 1).Select(r => r.Store).ToHashSet(StringComparer.Ordinal);
        await _tools.Strays.GiveBackAsync(copy.Id, copy.Size, cancel);
        var present = _stores.Present;
        var outcome = await _mender.MendAsync(copy.Id, copy.Size, present, cancel);
        foreach (var check in outcome.Checks.Where(c => c.State == CopyState.Ok))
        {
            await _notes.WholeAsync(check, cancel);
        }
        await _tools.Tables.RecordAsync(outcome.Checks, Instant, tried: true);
        if (outcome.Alarm)
        {
            _logger.Error(
                "No copy of object {Object} in {Stores} is right: nothing was touched. Runbook: ops/docs/runbooks/copy-damaged.md",
                copy.Digest, string.Join(", ", present.Select(s => s.Name)));
        }
        foreach (var (name, why) in outcome.GivenUp)
        {
            _logger.Error("The copy of object {Object} in {Store} could not be mended: {Why}", copy.Digest, name, why);
        }
    }
}
