using System.Text;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Hosting.Witnessing;

/// <summary>
/// What the process that holds the epoch does with its witnesses: asks them about the newest checkpoint, one round at a time,
/// shows their lines, and draws the consequences of what they say. Another history under our own key halts the log; somebody's
/// mere word that there is one shuts the payout gate and raises an alarm.
/// </summary>
public sealed class WitnessKeeping(LogKeeping log, Publisher publisher, TimeProvider time)
{
    /// <summary>A quorum that was not reached is sought again after this, doubling up to <see cref="LongestWait"/>.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private const string AheadCause = "witness-ahead";
    private const string ForkCause = "witness-suspects-fork";
    private const string Runbook = "Runbook: ops/docs/runbooks/witness-disagrees.md";

    // Owned by the loop.
    private Task<WitnessRound>? _round;
    private long _asked;
    private int _failures;

    private Witnesses Witnesses => log.Witnesses;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>True while a round about the newest checkpoint runs: a newer one waits for it, so that witnesses see one body.</summary>
    public bool IsAsking => _round is { IsCompleted: false };

    /// <summary>Before anything is written: does a witness show, under our own key, what our database does not know? Why to halt, or null.</summary>
    public async Task<string?> CheckAsync(CancellationToken cancel)
    {
        if (!Witnesses.Any)
        {
            return null;
        }
        var shown = await Witnesses.ShownAsync(log.Origin, cancel);
        if (shown.Select(s => Contradicts(s.Witness, s.Note)).FirstOrDefault(why => why is not null) is { } halted)
        {
            return halted;
        }
        // Witnesses need not show what they cosigned; all of them say its size when they are asked.
        return log.Store.LatestCheckpoint() is { } latest ? await ConcludeAsync(await Witnesses.AskAsync(latest, cancel), cancel) : null;
    }

    /// <summary>One look: begins a round when one is due, draws the consequences of one that ended. Why to halt, or null.</summary>
    public async Task<string?> LookAsync(CancellationToken cancel)
    {
        if (!Witnesses.Any)
        {
            return null;
        }
        if (_round is { IsCompleted: true } ended)
        {
            _round = null;
            var round = await ended;
            _failures = round.Cosigned is null ? _failures + 1 : 0;
            _asked = time.GetTimestamp();
            if (await ConcludeAsync(round, cancel) is { } halted)
            {
                return halted;
            }
        }
        if (_round is null && IsDue() && log.Store.LatestCheckpoint() is { } latest && log.Store.FindWitnessed(latest.Size) is null)
        {
            _round = RoundAsync(latest, cancel);
        }
        return null;
    }

    private async Task<WitnessRound> RoundAsync(SignedCheckpoint latest, CancellationToken cancel)
    {
        var round = await Task.Run(() => Witnesses.AskAsync(latest, cancel), cancel);
        // The loop may be waiting for something to happen.
        log.Changes.Signal();
        return round;
    }

    private bool IsDue() => _failures == 0
        || time.GetElapsedTime(_asked) >= TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(_failures - 1, 10)));

    private async Task<string?> ConcludeAsync(WitnessRound round, CancellationToken cancel)
    {
        if (round.Cosigned is { } cosigned)
        {
            log.Store.AddWitnessed(cosigned, Now);
            publisher.ShowCosigned(cosigned);
            Metrics.WitnessedSize.Set(cosigned.Size);
            log.Changes.Signal();
        }
        var troubled = round.Ahead.Select(a => a.Witness).Concat(round.Suspects.Select(s => s.Witness)).ToHashSet(StringComparer.Ordinal);
        foreach (var agreed in Witnesses.Standing().Where(s => s.Problem.Length == 0 && !troubled.Contains(s.Name)))
        {
            log.Store.OpenGate($"{AheadCause}:{agreed.Name}");
            log.Store.OpenGate($"{ForkCause}:{agreed.Name}");
        }
        if (troubled.Count == 0)
        {
            return null;
        }
        foreach (var (witness, note) in await Witnesses.ShownAsync(log.Origin, cancel))
        {
            if (troubled.Contains(witness) && Contradicts(witness, note) is { } halted)
            {
                return halted;
            }
        }
        foreach (var (witness, size) in round.Ahead)
        {
            Alarm($"{AheadCause}:{witness}", $"Witness {witness} says that it cosigned size {size}; our log ends at {round.Asked.Size}. Was the database restored from an older copy?");
        }
        foreach (var (witness, why) in round.Suspects)
        {
            var kept = publisher.KeepEvidence("witness-" + Safe(witness), EvidenceOfFork.Format($"Witness {witness}: {why}", round.Asked.Note, [], []));
            Alarm($"{ForkCause}:{witness}", $"Witness {witness} refuses our checkpoint of size {round.Asked.Size}: {why}. Evidence: {kept}.");
        }
        return null;
    }

    /// <summary>A note under our own key is no mere claim: it is checked against the database like what we published ourselves.</summary>
    private string? Contradicts(string witness, byte[] note)
    {
        if (PublishedCheckpoint.Read(note, log.Keys) is not PublishedCheckpoint.Ours ours)
        {
            return null;
        }
        var head = log.Store.ReadHead();
        var verdict = StartupCheck.Decide(
            new Checkpoint(head.Origin, head.Size, head.Root), ours, size => ProofBuilder.Root(size, log.Store.ReadNodes));
        if (verdict is not StartupVerdict.Halted halted)
        {
            return null;
        }
        var own = log.Store.LatestCheckpoint()?.Note ?? [];
        var kept = publisher.KeepEvidence("witness-" + Safe(witness), EvidenceOfFork.Format($"Witness {witness}: {halted.Why}", own, note, []));
        return $"{halted.Cause}: witness {witness} shows that {halted.Why} Evidence: {kept}. {halted.Remedy} Runbook: ops/docs/runbooks/log-{(halted.Cause == HaltCause.Fork ? "fork" : "database-rolled-back")}.md";
    }

    private void Alarm(string cause, string why)
    {
        log.Store.ShutGate(cause, why, Now);
        Serilog.Log.Error("Payouts are held back. {Why} {Runbook}", why, Runbook);
    }

    private static string Safe(string name) => Sha256Digest.Of(Encoding.UTF8.GetBytes(name)).ToString()[..8];
}
