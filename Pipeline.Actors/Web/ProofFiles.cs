using System.Text;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Web.Api;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Web;

/// <summary>
/// The two files that <c>mp log verify-proof</c> takes, as downloads of a release's owner. Their names bear the log
/// index: a pair that was fetched around a new fact shows that it is none.
/// </summary>
public static class ProofFiles
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/releases/{id}/entry", (HttpContext context, LogReading log, string id) => SendAsync(
            context, log, id, p => Convert.FromBase64String(p.Entry), "application/octet-stream", i => $"entry-{i}")).ForPrincipals();
        app.MapGet("/releases/{id}/proof", (HttpContext context, LogReading log, string id) => SendAsync(
            context, log, id, p => Encoding.UTF8.GetBytes(p.Proof), "text/plain; charset=utf-8", i => $"proof-{i}.tlog-proof")).ForPrincipals();
    }

    private static async Task<IResult> SendAsync(
        HttpContext context, LogReading log, string id, Func<ProofAnswer, byte[]> part, string type, Func<long, string> name)
    {
        context.Response.Headers.CacheControl = "no-store";
        return EntityId.TryParse(id, out var release) && release.Kind == "release" && release.Tenant == WhoAsks.Of(context)!.Tenant
            && await log.ProveAsync(release, context.RequestAborted) is { } proof
                ? Results.File(part(proof), type, name(proof.Index))
                : Results.NotFound();
    }
}
