using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Messages;

namespace Pipeline.Actors.Erasure;

/// <summary>
/// One in the cluster: writes orders down, has them carried out one after another, writes down that they are. Each start
/// carries all of them out again, for the journal may have come back from a backup that is older than they are.
/// </summary>
public sealed class ErasureActor : FactSourcedActor<ErasureState>, IWithTimers
{
    /// <summary>The persistence id.</summary>
    public const string Source = "erasure:journal";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly JournalEraser _eraser;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _logger = Context.GetLogger();

    // Owned by the mailbox: orders that this incarnation has carried out, and what a try that broke off had destroyed.
    private readonly HashSet<long> _carriedOut = [];
    private readonly Dictionary<long, long> _destroyed = [];
    private bool _erasing;

    public ErasureActor(JournalEraser eraser, TimeProvider time)
        : base(Source, ErasureState.Initial, ErasureState.Apply)
    {
        (_eraser, _time) = (eraser, time);
        Decide<OrderErasure>(ErasureDecider.Decide);
        Command<GetErasure>(get => Sender.Tell(State.Standing(get.Command)));
        Command<Overwritten>(done =>
        {
            _erasing = false;
            _destroyed[done.Order] = _destroyed.GetValueOrDefault(done.Order) + done.Destroyed;
            if (done.Problem is { } problem)
            {
                _logger.Error("The erasure of order {Order} is not complete and is tried again: {Why}", done.Order, problem);
                Timers.StartSingleTimer(nameof(TryAgain), TryAgain.Instance, RetryAfter);
                return;
            }
            _carriedOut.Add(done.Order);
            _destroyed.Remove(done.Order, out var destroyed);
            Carry(ErasureDecider.Decide(State, new NoteErased(done.Order, destroyed, _time.GetUtcNow().ToUnixTimeMilliseconds()), DrawSalts()), ActorRefs.NoSender);
            Continue();
        });
        Command<TryAgain>(_ => Continue());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void Continue()
    {
        if (_erasing || Timers.IsTimerActive(nameof(TryAgain)) || State.Orders.Values.FirstOrDefault(o => !_carriedOut.Contains(o.Number)) is not { } order)
        {
            return;
        }
        _erasing = true;
        var destroyed = 0L;
        // If we crash here, the order stands in the journal and the next incarnation carries it out.
        // Off this mailbox: the embedded database answers on the thread that asks, and writes its files anew.
        Task.Run(() => _eraser.EraseAsync(order.Entries, order.Destroyed is not null, n => destroyed = n)).PipeTo(
            Self, success: () => new Overwritten(order.Number, destroyed, null), failure: error => new Overwritten(order.Number, destroyed, error.Message));
    }

    /// <param name="Problem">Why it broke off; null when it did not.</param>
    private sealed record Overwritten(long Order, long Destroyed, string? Problem) : INoSerializationVerificationNeeded;

    private sealed class TryAgain : INoSerializationVerificationNeeded
    {
        public static readonly TryAgain Instance = new();
    }
}
