using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Messages;

namespace Pipeline.Actors.Liveness;

/// <summary>Counts every message that found nobody. A message of ours among them is logged: its sender will repeat it.</summary>
public sealed class DeadLetterWatch : ReceiveActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public DeadLetterWatch()
    {
        Receive<AllDeadLetters>(letter => Count(letter.Message));
        Receive<UnhandledMessage>(letter => Count(letter.Message));
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(AllDeadLetters));
        Context.System.EventStream.Subscribe(Self, typeof(UnhandledMessage));
    }

    private void Count(object message)
    {
        Metrics.DeadLetters.WithLabels(message is IPipelineMessage ? "ours" : "akka").Inc();
        if (message is IEntityMessage ours)
        {
            _log.Warning("{Message} for {Entity} found nobody; whoever sent it repeats it", message.GetType().Name, ours.EntityKey);
        }
    }
}
