using Akka.Actor;
using Akka.Event;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Uploads;

/// <summary>
/// Looks through this node's spool, at start and from time to time: what is over or whole is brought to its fate, what is
/// open is counted against its owner. Nothing leaves the spool but through the upload's own actor.
/// </summary>
public sealed class SpoolSweeper : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly UploadHouse _house;
    private readonly Func<IActorRef> _uploads;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public SpoolSweeper(UploadHouse house, Func<IActorRef> uploads)
    {
        (_house, _uploads) = (house, uploads);
        ReceiveAsync<Sweep>(_ => SweepAsync());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() =>
        Timers.StartPeriodicTimer(nameof(Sweep), Sweep.Instance, TimeSpan.FromSeconds(1), Interval);

    private async Task SweepAsync()
    {
        try
        {
            var now = _house.Time.GetUtcNow().ToUnixTimeMilliseconds();
            var due = await Task.Run(() => Due(now));
            foreach (var id in due)
            {
                _uploads().Tell(new NudgeUpload(id));
            }
        }
        catch (IOException e)
        {
            _log.Warning("The spool could not be looked through: {Why}", e.Message);
        }
    }

    private List<EntityId> Due(long now)
    {
        var due = new List<EntityId>();
        foreach (var id in _house.Spool.List())
        {
            if (_house.Spool.Look(id) is not { } upload || upload.Expires <= now || (upload.IsWhole && !upload.IsPartial))
            {
                due.Add(id);
            }
            else
            {
                _house.Use.Opened(upload);
            }
        }
        return due;
    }

    private sealed class Sweep : INoSerializationVerificationNeeded
    {
        public static readonly Sweep Instance = new();
    }
}
