using Microsoft.Net.Http.Headers;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Web.Api;

/// <summary>
/// The log over HTTP (C2SP tlog-tiles): checkpoint, hash tiles, keys and history for everybody; entry bundles for the
/// auditor.
/// </summary>
public static class LogApi
{
    /// <summary>Largest file of the log that is served: a full entry bundle.</summary>
    private const int MaxFileBytes = 256 * (65_535 + 2);

    public static void Map(WebApplication app)
    {
        app.MapGet("/log/checkpoint", (HttpContext context, LogReading log) =>
        {
            context.Response.Headers.CacheControl = "no-cache";
            return log.Checkpoint() is { } note ? Results.Bytes(note, "text/plain; charset=utf-8") : Results.NotFound();
        });
        app.MapGet("/log/vkey", (HttpContext context, LogKeeping log) => Keys(context, LogVkeys.Lines([log.Keys.Current])));
        app.MapGet("/log/vkeys", (HttpContext context, LogKeeping log) => Keys(context, log.Keys.Format()));
        app.MapGet("/log/history", (LogKeeping log) => File(log, LogLayout.History, "text/plain"));
        app.MapGet("/log/tile/entries/{**path}", (HttpContext context, LogKeeping log, string path) => Tile(context, log, $"tile/entries/{path}")).ForAuditors();
        app.MapGet("/log/tile/{level:int}/{**path}", (HttpContext context, LogKeeping log, int level, string path) => Tile(context, log, $"tile/{level}/{path}"));
        app.MapGet("/api/v1/log", (LogReading log) => Results.Json(log.Standing(), AnswerJson.Default.LogAnswer)).ForPrincipals();
    }

    private static IResult Tile(HttpContext context, LogKeeping log, string path)
    {
        // Only paths that the format knows reach the disk.
        if (!TilePath.TryParse(path, out _))
        {
            return Results.NotFound();
        }
        context.Response.GetTypedHeaders().CacheControl = new CacheControlHeaderValue
        {
            Public = !path.StartsWith("tile/entries/", StringComparison.Ordinal),
            MaxAge = TimeSpan.FromDays(365),
            Extensions = { new NameValueHeaderValue("immutable") },
        };
        return File(log, path, "application/octet-stream");
    }

    /// <summary>A key changes once in a long while; a reader who meets an unknown one asks again.</summary>
    private static IResult Keys(HttpContext context, byte[] lines)
    {
        context.Response.GetTypedHeaders().CacheControl = new CacheControlHeaderValue { Public = true, MaxAge = TimeSpan.FromMinutes(5) };
        return Results.Bytes(lines, "text/plain");
    }

    private static IResult File(LogKeeping log, string path, string type) =>
        new LogDirectory(log.Directory).Read(path, MaxFileBytes) is { } bytes ? Results.Bytes(bytes, type) : Results.NotFound();
}
