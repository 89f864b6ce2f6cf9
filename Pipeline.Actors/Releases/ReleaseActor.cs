using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Stages;
using Pipeline.Audit.Facts;
using Pipeline.Ingest.Stages;

namespace Pipeline.Actors.Releases;

/// <summary>
/// The conductor of one release: asks its node's gate for a slot, counts the attempt, lets the stage run, records how it
/// ended, goes on. Holds no rule of its own.
/// </summary>
public sealed class ReleaseActor : FactSourcedActor<Release>, IWithTimers
{
    /// <summary>Wait after a Busy gate, an inconclusive run, or silence, times the attempts so far.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait for a slot before asking again; the gate answers Busy long before.</summary>
    private static readonly TimeSpan SlotSilence = TimeSpan.FromMinutes(30);

    /// <summary>Longest silence of a running stage: the gate's own deadline ends a run before.</summary>
    private static readonly TimeSpan RunSilence = StageLimits.StageDeadline + TimeSpan.FromMinutes(5);

    private readonly IActorRef _stages;
    private readonly IRightsDesk _rights;
    private readonly string _versions;
    private readonly TimeProvider _time;

    // Owned by this incarnation only: which stage run it asked for and has not heard of. Lost on a crash, and then
    // Continue asks again.
    private (int Revision, Stage Stage)? _asked;

    // As above: true while claims are being given back.
    private bool _freeing;

    public ReleaseActor(string id, IActorRef stages, IRightsDesk rights, string versions, TimeProvider time)
        : base($"release:{id}", Release.Unknown, Release.Apply)
    {
        _stages = stages;
        _rights = rights;
        _versions = versions;
        _time = time;
        Decide<SubmitRelease>(ReleaseDecider.Decide);
        Decide<ResolveQuarantine>(ReleaseDecider.Decide);
        Decide<WithdrawRelease>(ReleaseDecider.Decide);
        Decide<GetRelease>(ReleaseDecider.Decide);
        Decide<ClaimsAreFree>((state, c, salts) => ReleaseDecider.Decide(state, c, salts, Now));
        Command<NudgeRelease>(_ => Continue());
        Command<TryAgain>(_ =>
        {
            _asked = null;
            _freeing = false;
            Continue();
        });
        Command<SlotGranted>(Begin);
        Command<SlotRefused>(_ => TryLater());
        Command<NotFreed>(failed =>
        {
            Log.Warning(failed.Cause, "Claims of {Release} could not be given back; tried again", PersistenceId);
            TryLater();
        });
        Command<StageDone>(End);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    protected override void Continue()
    {
        if (State is { ClaimsHeld: true, Phase: Phase.Rejected or Phase.Withdrawn })
        {
            Free();
            return;
        }
        if (State.Phase != Phase.Running || _asked == (State.Revision, State.Stage))
        {
            return;
        }
        _asked = (State.Revision, State.Stage);
        _stages.Tell(new RequestSlot(State.Stage, State.Input!.Release, State.Revision));
        Timers.StartSingleTimer(nameof(TryAgain), TryAgain.Instance, SlotSilence);
    }

    private void Begin(SlotGranted slot)
    {
        if (_asked != (State.Revision, State.Stage) || slot.Stage != State.Stage || slot.Revision != State.Revision)
        {
            slot.Gate.Tell(new ReturnSlot(slot.Number));
            return;
        }
        var decision = ReleaseDecider.BeginStage(State, _versions, Now, DrawSalts());
        if (decision.Facts is not [StageAttempted attempt])
        {
            slot.Gate.Tell(new ReturnSlot(slot.Number));
            _asked = null;
            Carry(decision, ActorRefs.NoSender);
            return;
        }
        // If we crash here, the slot is taken back by time and the attempt was never counted.
        var input = State.StageInput(_versions);
        var release = State.Input!.Release;
        var earlier = State.Claimed;
        Persist(attempt, fact =>
        {
            Applied(fact);
            Timers.StartSingleTimer(nameof(TryAgain), TryAgain.Instance, RunSilence);
            slot.Gate.Tell(new RunStage(slot.Number, release, fact.Revision, input, earlier, _rights));
        });
    }

    private void End(StageDone done)
    {
        if (done.Stage != State.Stage || done.Revision != State.Revision)
        {
            // The end of a run nobody waits for any more.
            return;
        }
        _asked = null;
        if (done.Outcome is StageOutcome.Inconclusive inconclusive)
        {
            Log.Warning("Stage {Stage} of {Release} came to no end: {Why}", done.Stage, done.Release.Text, inconclusive.Why);
            TryLater();
            return;
        }
        Carry(ReleaseDecider.Decide(State, done, _versions, DrawSalts(), Now), ActorRefs.NoSender);
    }

    private void Free()
    {
        if (_freeing)
        {
            return;
        }
        _freeing = true;
        var input = State.Input!;
        var revision = State.Revision;
        _rights.FreeAsync(input.Release, input.Tenant, State.Claimed).PipeTo(
            Self,
            success: () => new ClaimsAreFree(input.Release, revision),
            failure: error => new NotFreed(error));
    }

    private void TryLater() => Timers.StartSingleTimer(nameof(TryAgain), TryAgain.Instance, Pause * (State.Attempts + 1));

    private sealed record NotFreed(Exception Cause) : INoSerializationVerificationNeeded;

    private sealed class TryAgain : INoSerializationVerificationNeeded
    {
        public static readonly TryAgain Instance = new();
    }
}
