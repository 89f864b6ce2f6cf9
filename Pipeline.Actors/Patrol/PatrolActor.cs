using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Messages;

namespace Pipeline.Actors.Patrol;

/// <summary>
/// One in the cluster: writes down what the patrol finds, takes orders, says how far they are. The reading itself is
/// <see cref="PatrolWork"/>, on threads of its own; this mailbox never waits for a disk.
/// </summary>
public sealed class PatrolActor : FactSourcedActor<PatrolState>
{
    private readonly PatrolTools _tools;
    private readonly CancellationTokenSource _stopping = new();

    // Owned by the mailbox. Which patrol this is: the runs of another one are not ours to speak of.
    private readonly long _patrol;
    private PatrolWork? _work;
    private PatrolRun? _run;

    public PatrolActor(PatrolTools tools)
        : base("patrol:vault", PatrolState.Initial, PatrolState.Apply)
    {
        _tools = tools;
        _patrol = tools.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Decide<NoteDamage>(PatrolDecider.Decide);
        Decide<NoteWhole>(PatrolDecider.Decide);
        Decide<NoteRound>(PatrolDecider.Decide);
        Decide<NoteUnclaimed>(PatrolDecider.Decide);
        Command<OrderPatrol>(Take);
        Command<GetPatrol>(_ => Sender.Tell(Standing));
        Command<Ended>(ended => throw new InvalidOperationException("the patrol's work ended by itself", ended.Cause));
    }

    private PatrolStanding Standing =>
        _run?.Standing(_patrol) ?? new PatrolStanding(_patrol, 0, PatrolOrder.Scrub, false, 0, 0, 0, 0, "");

    /// <summary>Replay is over, or a fact was written: the work begins once.</summary>
    protected override void Continue()
    {
        if (_work is not null)
        {
            return;
        }
        var self = Self;
        var cancel = _stopping.Token;
        var logger = Context.GetLogger();
        _work = new PatrolWork(_tools, new PatrolNotes(self, () => State, _tools.Time, logger), logger);
        Task.Run(() => _work.RunAsync(cancel), cancel).ContinueWith(
            ended => self.Tell(new Ended(ended.Exception)), CancellationToken.None,
            TaskContinuationOptions.NotOnCanceled, TaskScheduler.Default);
    }

    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        base.PostStop();
    }

    /// <summary>One order at a time. The same again while it is carried out is the same order.</summary>
    private void Take(OrderPatrol order)
    {
        if (_run is not { Running: true })
        {
            _run = new PatrolRun((_run?.Number ?? 0) + 1, order.Order, order.MegabytesPerSecond);
            _work!.Orders.Writer.TryWrite(_run);
        }
        Sender.Tell(Standing);
    }

    private sealed record Ended(Exception? Cause) : INoSerializationVerificationNeeded;
}
