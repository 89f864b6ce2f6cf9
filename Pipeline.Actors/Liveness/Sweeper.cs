using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Projections;
using Pipeline.Actors.Releases;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Liveness;

/// <summary>
/// Wakes what has not reached its fate: at start all of it, then whatever stays open. It replaces remember-entities,
/// and is one in the cluster, so that a waking costs each entity one message.
/// </summary>
public sealed class Sweeper : ReceiveActor, IWithTimers
{
    /// <summary>Between sweeps. An entity that runs ignores a nudge, so often is harmless and seldom is slow.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Woken in one sweep: recovering a hundred thousand entities at once would help none of them.</summary>
    private const int MaxWoken = 500;

    private readonly ReadModel _reads;
    private readonly IReleaseRegions _regions;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public Sweeper(ReadModel reads, IReleaseRegions regions)
    {
        _reads = reads;
        _regions = regions;
        Receive<Sweep>(_ => _reads.UnfinishedAsync(MaxWoken).PipeTo(
            Self, success: ids => new Unfinished(ids), failure: e => new Unreadable(e)));
        Receive<Unfinished>(u => Wake(u.Ids));
        Receive<Unreadable>(u => _log.Warning(u.Cause, "The sweeper could not read what is unfinished; it tries again"));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() =>
        Timers.StartPeriodicTimer(nameof(Sweep), Sweep.Instance, TimeSpan.FromMilliseconds(500), Interval);

    private void Wake(IReadOnlyList<string> ids)
    {
        foreach (var text in ids)
        {
            if (!EntityId.TryParse(text, out var id))
            {
                continue;
            }
            if (id.Kind == "delivery")
            {
                _regions.Deliveries.Tell(new NudgeDelivery(id));
            }
            else
            {
                _regions.Releases.Tell(new NudgeRelease(id));
            }
        }
    }

    private sealed class Sweep : INoSerializationVerificationNeeded
    {
        public static readonly Sweep Instance = new();
    }

    private sealed record Unfinished(IReadOnlyList<string> Ids) : INoSerializationVerificationNeeded;

    private sealed record Unreadable(Exception Cause) : INoSerializationVerificationNeeded;
}
