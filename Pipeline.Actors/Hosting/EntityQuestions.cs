using Akka.Actor;
using Pipeline.Actors.Messages;

namespace Pipeline.Actors.Hosting;

/// <summary>How the gateways ask an entity: again after silence, for the command id makes asking twice asking once.</summary>
internal static class EntityQuestions
{
    /// <summary>A cluster that lost a node is back within half a minute; callers wait that long with the same command.</summary>
    internal static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(60);

    /// <summary>One ask; a shard that moves drops messages without a word.</summary>
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <exception cref="TimeoutException">The cluster did not answer; send the same again.</exception>
    internal static async Task<T> AskAgainAsync<T>(this IActorRef region, IEntityMessage message, TimeProvider time, CancellationToken cancel)
    {
        var until = time.GetUtcNow() + GiveUpAfter;
        while (true)
        {
            try
            {
                return await region.Ask<T>(message, AskTimeout, cancel);
            }
            catch (AskTimeoutException e)
            {
                if (time.GetUtcNow() >= until)
                {
                    throw new TimeoutException("The cluster did not answer for a minute. Nothing is lost: send the same again.", e);
                }
            }
        }
    }
}
