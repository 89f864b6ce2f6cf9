using Akka.Actor;
using Akka.Event;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Uploads;

/// <summary>
/// Looks through this node's spool, at start and from time to time: what is over or whole is brought to its fate, what is
/// open is counted against its owner. Nothing leaves the spool but through the upload's own actor.
/// </summary>
public sealed class SpoolSweeper : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>An owner that is here has ended what is over long before.</summary>
    private const long LeftBehindAfterMilliseconds = 3_600_000;

    private readonly UploadHouse _house;
    private readonly Func<IActorRef> _uploads;
    private readonly Func<bool> _mayEnd;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <param name="mayEnd">False while a restored database may not know whose an upload is: then only what is whole goes on.</param>
    public SpoolSweeper(UploadHouse house, Func<IActorRef> uploads, Func<bool> mayEnd)
    {
        (_house, _uploads, _mayEnd) = (house, uploads, mayEnd);
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
            var (due, left) = await Task.Run(() => Due(now));
            foreach (var id in due)
            {
                _uploads().Tell(new NudgeUpload(id));
            }
            foreach (var upload in left)
            {
                await LeftBehindAsync(upload);
            }
        }
        catch (IOException e)
        {
            _log.Warning("The spool could not be looked through: {Why}", e.Message);
        }
    }

    /// <summary>Its fate is recorded first; then the bytes go where nobody takes them for an upload.</summary>
    private async Task LeftBehindAsync(Upload upload)
    {
        try
        {
            await _uploads().Ask<UploadStanding>(new UploadLeftBehind(upload.Id, upload.Offset), AskTimeout);
            await Task.Run(() => _house.Spool.MoveTo("unclaimed", upload.Id));
            _log.Warning("Upload {Upload} was over and its owner is another node: its {Bytes} bytes moved to unclaimed", upload.Id.Text, upload.Offset);
        }
        catch (AskTimeoutException)
        {
            // Its owner holds it after all, or is on its way: the next sweep looks again.
        }
    }

    private (List<EntityId> Due, List<Upload> LeftBehind) Due(long now)
    {
        var due = new List<EntityId>();
        var left = new List<Upload>();
        var mayEnd = _mayEnd();
        foreach (var id in _house.Spool.List())
        {
            var upload = _house.Spool.Look(id);
            var isOver = upload is null || upload.Expires <= now;
            if (isOver ? mayEnd : upload is { IsWhole: true, IsPartial: false })
            {
                due.Add(id);
            }
            else if (upload is not null)
            {
                _house.Use.Opened(upload);
            }
            if (mayEnd && _house.Spool.Look(id) is { } over && over.Expires + LeftBehindAfterMilliseconds <= now)
            {
                left.Add(over);
            }
        }
        return (due, left);
    }

    private sealed class Sweep : INoSerializationVerificationNeeded
    {
        public static readonly Sweep Instance = new();
    }
}
