using System.Threading.Channels;
using Akka.Event;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>
/// What the patrol does all day: follows the log, reads what is due, mends what is bad, carries out orders. It has state
/// only in tables and facts, so that its successor on another node goes on where it was.
/// </summary>
internal sealed class PatrolWork(PatrolTools tools, PatrolNotes notes, ILoggingAdapter logger)
{
    /// <summary>Between looks for new objects, new orders, and rounds that fall due.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>What could not be mended is tried again after this.</summary>
    private static readonly TimeSpan MendAgainAfter = TimeSpan.FromDays(1);

    private static readonly TimeSpan SweepEvery = TimeSpan.FromDays(1);

    private static readonly TimeSpan ObserveEvery = TimeSpan.FromMinutes(1);

    private readonly BandwidthBudget _budget =
        new(tools.Time, (long)tools.Config.MegabytesPerSecond * FixityLimits.BytesPerMegabyte);

    private readonly AwayStores _stores = new(tools.Stores, tools.Time, logger);

    // Owned by the work.
    private long _swept;
    private long? _observed;

    public Channel<PatrolRun> Orders { get; } = Channel.CreateUnbounded<PatrolRun>(new UnboundedChannelOptions { SingleReader = true });

    private long Now => tools.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Runs until it is told to stop. What goes wrong is said and tried again: there is no other patrol.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var prepared = false;
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                prepared = prepared || await PrepareAsync();
                var complete = await tools.Inventory.CatchUpAsync(cancel);
                if (Orders.Reader.TryRead(out var run))
                {
                    await CarryOutAsync(run, cancel);
                }
                else if (!tools.Reads || !await PatrolAsync(complete, cancel))
                {
                    await RestAsync(cancel);
                }
            }
            catch (Exception trouble) when (!cancel.IsCancellationRequested)
            {
                logger.Warning(trouble, "The patrol met something it cannot get past and tries again: {Why}", trouble.Message);
                await RestAsync(cancel);
            }
        }
    }

    private async Task<bool> PrepareAsync()
    {
        foreach (var store in tools.Stores)
        {
            await tools.Tables.AddStoreAsync(store.Name);
        }
        return true;
    }

    /// <summary>One stretch of the rounds. False when nothing was to be done.</summary>
    private async Task<bool> PatrolAsync(bool complete, CancellationToken cancel)
    {
        var look = new PatrolReading(tools, notes, _stores, _budget, _ => { }, () => { }, () => Orders.Reader.TryPeek(out _), logger);
        var (firstObject, oldestCheck) = await tools.Tables.OldestAsync(tools.Stores.Readable());
        var next = PatrolSchedule.NextRound(notes.Written.LastStarted, firstObject, TimeSpan.FromDays(tools.Config.EveryDays));
        if (await look.ReadDueAsync(PatrolSchedule.ReadBefore(Now, next), mend: true, cancel))
        {
            return true;
        }
        if (await look.MendAsync(Now - (long)MendAgainAfter.TotalMilliseconds, cancel))
        {
            return true;
        }
        if (oldestCheck is { } oldest && PatrolSchedule.RoundIsComplete(Now, next, oldestCheck))
        {
            await EndRoundAsync(oldest, cancel);
        }
        if (complete && Now - _swept > SweepEvery.TotalMilliseconds)
        {
            _swept = Now;
            await tools.Strays.SweepAsync((store, id, size) => notes.WriteAsync(new NoteUnclaimed(store, id.ToString(), size, Now), cancel), cancel);
        }
        return false;
    }

    private async Task CarryOutAsync(PatrolRun run, CancellationToken cancel)
    {
        var started = Now;
        _stores.Forget();
        var budget = run.MegabytesPerSecond == 0
            ? BandwidthBudget.Unlimited
            : new BandwidthBudget(tools.Time, (long)run.MegabytesPerSecond * FixityLimits.BytesPerMegabyte);
        var look = new PatrolReading(tools, notes, _stores, budget, run.CountBytes, run.CountCopy, () => false, logger) { Started = started };
        try
        {
            (run.Copies, run.Bytes) = await tools.Tables.AmountAsync(
                tools.Stores.Readable(), run.Order == PatrolOrder.Scrub ? started : long.MaxValue, badOnly: run.Order == PatrolOrder.Repair);
            if (run.Order == PatrolOrder.Repair)
            {
                while (await look.MendAsync(started, cancel))
                {
                }
            }
            else
            {
                while (await look.ReadDueAsync(started, mend: false, cancel))
                {
                }
                if ((await tools.Tables.OldestAsync(tools.Stores.Readable())).OldestCheck is { } oldest and > 0)
                {
                    await EndRoundAsync(oldest, cancel);
                }
            }
            await ObserveAsync(now: true);
            run.End("");
        }
        catch (Exception trouble)
        {
            run.End(cancel.IsCancellationRequested ? "the patrol moves to another node" : trouble.Message);
            throw;
        }
    }

    private async Task EndRoundAsync(long oldest, CancellationToken cancel)
    {
        var counts = await tools.Tables.CountsAsync(tools.Stores, tools.Wanted);
        var (copies, bytes) = await tools.Tables.ReadSinceAsync(oldest);
        await notes.WriteAsync(new NoteRound(oldest, counts.Objects, copies, bytes, counts.BelowWanted, Now), cancel);
    }

    private async Task RestAsync(CancellationToken cancel)
    {
        await ObserveAsync();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Pause);
        try
        {
            await Orders.Reader.WaitToReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Time to look again.
        }
    }

    /// <param name="now">True after an order; otherwise counting a million rows is done once a minute.</param>
    private async Task ObserveAsync(bool now = false)
    {
        if (!now && _observed is { } last && tools.Time.GetElapsedTime(last) < ObserveEvery)
        {
            return;
        }
        _observed = tools.Time.GetTimestamp();
        var counts = await tools.Tables.CountsAsync(tools.Stores, tools.Wanted);
        PatrolMetrics.OldestCheckSeconds.Set(counts.OldestCheck is { } at ? (Now - at) / 1000.0 : 0);
        PatrolMetrics.BelowWanted.Set(counts.BelowWanted);
        PatrolMetrics.UnreadCopies.Set(counts.Unread);
        PatrolMetrics.DamagedCopies.Set(notes.Written.Open.Count);
    }
}
