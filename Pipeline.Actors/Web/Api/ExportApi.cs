using Pipeline.Actors.Hosting;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Web.Api;

/// <summary>What an owner takes along of a release: what it consists of, each object, and its facts with their proofs.</summary>
public static class ExportApi
{
    /// <summary>Rule of the refusal when the vault does not give an object it should have: the operator's matter.</summary>
    public const string ObjectUnavailable = "OBJECT_UNAVAILABLE";

    public static void Map(WebApplication app)
    {
        app.MapGet("/api/v1/releases/{id}/contents", (HttpContext c, ReleaseExports exports, string id) => AnswerAsync(id, async release =>
            await exports.ContentsAsync(WhoAsks.Of(c)!, release, c.RequestAborted) is { } contents
                ? Results.Json(contents, AnswerJson.Default.ReleaseContentsAnswer)
                : Results.NotFound())).ForPrincipals();
        app.MapGet("/api/v1/releases/{id}/facts", (HttpContext c, ReleaseExports exports, string id, long? from) => AnswerAsync(id, async release =>
            await exports.FactsAsync(WhoAsks.Of(c)!, release, Math.Max(0, from ?? 0), c.RequestAborted) is { } facts
                ? Results.Json(facts, AnswerJson.Default.ReleaseFactsAnswer)
                : Results.NotFound())).ForPrincipals();
        app.MapGet("/api/v1/releases/{id}/objects/{digest}", (HttpContext c, ReleaseExports exports, string id, string digest) => AnswerAsync(id, async release =>
            Sha256Digest.TryParse(digest, out var wanted) && await exports.OpenAsync(WhoAsks.Of(c)!, release, wanted, c.RequestAborted) is { } bytes
                ? Send(c, wanted, bytes)
                : Results.NotFound())).ForPrincipals();
    }

    /// <summary>A damaged object ends in a broken connection, never in a clean end: the length is not stated, the digest is.</summary>
    private static IResult Send(HttpContext context, Sha256Digest id, Stream bytes)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(id.ToArray())}:";
        return Results.Stream(bytes, "application/octet-stream");
    }

    private static async Task<IResult> AnswerAsync(string id, Func<EntityId, Task<IResult>> answer)
    {
        if (!EntityId.TryParse(id, out var release) || release.Kind != "release")
        {
            return Results.NotFound();
        }
        try
        {
            return await answer(release);
        }
        catch (ObjectMissingException missing)
        {
            return Results.Json(
                new ProblemAnswer([Finding.Reject(ObjectUnavailable, "vault", missing.Id.ToString(), "The vault does not have this object though a fact names it.",
                    "The operator runs 'mp vault status' and repairs it from another copy; ask again afterwards.")]),
                AnswerJson.Default.ProblemAnswer, statusCode: 500);
        }
    }
}
