using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Projections;
using Pipeline.Actors.Web.Api;
using Pipeline.Actors.Web.Pages;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Web;

/// <summary>
/// <c>GET /events</c>: the reader's own list, or one release of theirs, as a fragment of HTML each time it may have
/// changed. The id of an event says what it shows, so that a browser that comes back is sent nothing it has.
/// </summary>
public sealed class LiveEvents(ReadModel reads, LogReading log, Fragments fragments, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Open streams of one node; more get 503 and a page that is still right when it is loaded again.</summary>
    public const int MaxStreams = 1000;

    /// <summary>Between two fragments: four a second are as live as an eye needs.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Signals are of this node; a cluster's projection may run on another.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>Shorter than the patience of proxies.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Then the browser comes back and is asked who it is again.</summary>
    private static readonly TimeSpan LongestStream = TimeSpan.FromMinutes(10);

    private int _streams;

    public static void Map(WebApplication app) => app.MapGet("/events", (HttpContext context, LiveEvents events, string? release) =>
        events.Open(context, WhoAsks.Of(context)!.Tenant, release)).ForPrincipals();

    private IResult Open(HttpContext context, TenantId tenant, string? release)
    {
        if (Volatile.Read(ref _streams) >= MaxStreams)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
        context.Response.Headers.CacheControl = "no-store";
        // nginx holds events back otherwise.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(StreamAsync(context, tenant, release, context.RequestAborted));
    }

    private async IAsyncEnumerable<SseItem<string>> StreamAsync(
        HttpContext context, TenantId tenant, string? release, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
        ended.CancelAfter(LongestStream);
        Interlocked.Increment(ref _streams);
        try
        {
            var shown = context.Request.Headers["Last-Event-ID"].ToString();
            // Headers must reach the browser even when there is nothing new.
            yield return Beat();
            var said = time.GetTimestamp();
            while (!ended.IsCancellationRequested)
            {
                var standing = log.Standing();
                var now = $"{await reads.PositionAsync()}.{standing.PublishedSize}{(standing.Halted is null ? "" : ".halted")}";
                if (now != shown)
                {
                    shown = now;
                    said = time.GetTimestamp();
                    yield return new SseItem<string>(await FragmentAsync(context, tenant, release, standing)) { EventId = now };
                    await PassesAsync(Task.Delay(Pause, time, ended.Token));
                }
                else if (time.GetElapsedTime(said) >= Heartbeat)
                {
                    said = time.GetTimestamp();
                    yield return Beat();
                }
                else
                {
                    await PassesAsync(log.ChangedAsync(Poll, ended.Token));
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async Task<string> FragmentAsync(HttpContext context, TenantId tenant, string? release, LogAnswer standing)
    {
        if (release is null)
        {
            return await fragments.RenderAsync(context, "_Releases.cshtml", new ReleasesView(await reads.ReleasesAsync(tenant), standing));
        }
        return await reads.ReleaseAsync(tenant, release) is { } row
            ? await fragments.RenderAsync(context, "_Release.cshtml", new ReleaseView(row, standing))
            : "";
    }

    /// <summary>A named event changes no page.</summary>
    private static SseItem<string> Beat() => new("", "beat");

    /// <summary>The end of a stream is no error.</summary>
    private static async Task PassesAsync(Task wait)
    {
        try
        {
            await wait;
        }
        catch (OperationCanceledException)
        {
            // The loop looks at the token.
        }
    }
}
