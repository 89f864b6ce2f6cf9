using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Messages;

namespace Pipeline.Actors.Projections;

/// <summary>
/// Keeps one sequencing loop alive. A loop that ends for whatever reason ends this actor, and the backoff starts a new
/// one, which takes over from what the database says: recovery is the normal path. A halt stays down.
/// </summary>
public sealed class SequencerDaemon : ReceiveActor
{
    private readonly LogKeeping _log;
    private readonly JournalTail _journal;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _logger = Context.GetLogger();

    public SequencerDaemon(LogKeeping log, JournalTail journal)
    {
        _log = log;
        _journal = journal;
        Receive<FactsPersisted>(_ => _log.Changes.Signal());
        Receive<LoopEnded>(ended =>
        {
            if (ended.Why is { } why)
            {
                _logger.Warning(ended.Cause, "Sequencing stopped and starts again: {Why}", why);
            }
            Context.Stop(Self);
        });
        Receive<LogHaltedMessage>(halt => _logger.Error("The log is halted: {Why}", halt.Why));
    }

    public static Props Props(LogKeeping log, JournalTail journal) => Restarted.Forever(
        Akka.Actor.Props.Create(() => new SequencerDaemon(log, journal)), "sequencer");

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(FactsPersisted));
        var cancel = _stopping.Token;
        Task.Run(() => new SequencingLoop(_log, _journal, TimeProvider.System).RunAsync(cancel), cancel).PipeTo(
            Self,
            success: halted => halted is null ? new LoopEnded(null, null) : new LogHaltedMessage(halted),
            failure: error => new LoopEnded(error.Message, error));
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private sealed record LoopEnded(string? Why, Exception? Cause) : INoSerializationVerificationNeeded;

    private sealed record LogHaltedMessage(string Why) : INoSerializationVerificationNeeded;
}
