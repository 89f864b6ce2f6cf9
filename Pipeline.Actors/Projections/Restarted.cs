using Akka.Actor;
using Akka.Pattern;

namespace Pipeline.Actors.Projections;

/// <summary>A daemon that is started again, with growing pauses, whenever it stops.</summary>
internal static class Restarted
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    internal static Props Forever(Props child, string name) => BackoffSupervisor.Props(
        Backoff.OnStop(child, name, FirstPause, LongestPause, 0.2, -1)
            .WithAutoReset(TimeSpan.FromSeconds(30))
            .WithFinalStopMessage(message => message is Messages.StopEntity));
}
