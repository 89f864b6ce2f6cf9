using System.Net;
using Pipeline.Actors.Witness;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Web.Witness;

/// <summary>
/// A witness on HTTP (C2SP tlog-witness): <c>POST /add-checkpoint</c>, and <c>GET /SHA256-OF-ORIGIN/checkpoint</c> for
/// monitors. Nothing else is served, and nobody needs a key: a checkpoint's signature is what counts.
/// </summary>
public static class WitnessServer
{
    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(10);

    private const int MaxConnections = 256;
    private const int NameLength = 64;

    /// <summary>Listens until it is disposed.</summary>
    public static async Task<WebApplication> StartAsync(WitnessBook book, IPEndPoint listen, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(listen);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = AddCheckpoint.MaxBytes;
            kestrel.Limits.RequestHeadersTimeout = HeaderPatience;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        });
        var app = builder.Build();
        app.MapPost("/add-checkpoint", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            // A commit waits for the disk: not on a thread that others wait for.
            await WriteAsync(context, await Task.Run(() => book.Add(body.GetBuffer().AsSpan(0, (int)body.Length))));
        });
        app.MapGet("/{origin}/checkpoint", (HttpContext context, string origin) =>
        {
            context.Response.Headers.CacheControl = "no-cache";
            return origin.Length == NameLength && book.Shown(origin) is { } note
                ? Results.Bytes(note, "text/plain; charset=utf-8")
                : Results.NotFound();
        });
        await app.StartAsync(cancel);
        return app;
    }

    private static async Task WriteAsync(HttpContext context, WitnessReply reply)
    {
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.ContentType;
        await context.Response.Body.WriteAsync(reply.Body, context.RequestAborted);
    }
}
