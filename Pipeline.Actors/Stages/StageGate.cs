using Akka.Actor;
using Pipeline.Ingest.Stages;

namespace Pipeline.Actors.Stages;

/// <summary>
/// The bounded door in front of one stage on one node. It hands out slots, so that an attempt is counted only when a
/// worker is really free: waiting and Busy are no attempts.
/// </summary>
public sealed class StageGate : ReceiveActor, IWithTimers
{
    private readonly Stage _stage;
    private readonly Queue<(IActorRef Asker, RequestSlot Request)> _waiting = new();

    // Owned by the gate's mailbox: number of a granted slot -> the worker that waits for it.
    private readonly Dictionary<long, IActorRef> _slots = [];
    private readonly HashSet<long> _running = [];
    private readonly Stack<IActorRef> _idle = new();
    private long _next;

    public StageGate(Stage stage, Props worker, int workers)
    {
        _stage = stage;
        for (var i = 0; i < workers; i++)
        {
            _idle.Push(Context.ActorOf(worker, $"worker-{i}"));
        }
        Receive<RequestSlot>(Request);
        Receive<RunStage>(Run);
        Receive<ReturnSlot>(r => Release(r.Number));
        Receive<SlotFinished>(f => Release(f.Number));
        Receive<SlotUnused>(u =>
        {
            if (!_running.Contains(u.Number))
            {
                Release(u.Number);
            }
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private void Request(RequestSlot request)
    {
        if (_waiting.Count >= StageLimits.MaxWaiting)
        {
            Sender.Tell(new SlotRefused(_stage));
            return;
        }
        _waiting.Enqueue((Sender, request));
        Grant();
    }

    private void Grant()
    {
        while (_idle.Count > 0 && _waiting.TryDequeue(out var first))
        {
            var number = ++_next;
            _slots[number] = _idle.Pop();
            first.Asker.Tell(new SlotGranted(Self, number, _stage, first.Request.Revision));
            Timers.StartSingleTimer(number, new SlotUnused(number), StageLimits.SlotReserved);
        }
    }

    private void Run(RunStage run)
    {
        // A slot that was taken back by time: the entity hears nothing and asks again.
        if (_slots.TryGetValue(run.Number, out var worker) && _running.Add(run.Number))
        {
            worker.Tell(run);
        }
        else
        {
            Sender.Tell(new SlotRefused(_stage));
        }
    }

    private void Release(long number)
    {
        Timers.Cancel(number);
        _running.Remove(number);
        if (_slots.Remove(number, out var worker))
        {
            _idle.Push(worker);
        }
        Grant();
    }

    private sealed record SlotUnused(long Number) : INoSerializationVerificationNeeded;
}
