using Pipeline.Actors.Hosting;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Web.Api;

/// <summary>
/// Proofs for people: by what they know a thing by. An owner gets its own entries with what lies behind them, the auditor
/// any entry without.
/// </summary>
public static class ProofApi
{
    /// <summary>An upload's first fact is its fate.</summary>
    private const long FateNumber = 1;

    /// <summary>What has a fact of its own that somebody may want proven.</summary>
    private static readonly string[] Provable = ["release", "delivery", "recording", "payout"];

    public static void Map(WebApplication app)
    {
        app.MapGet("/api/v1/proofs/{id}", OfThingAsync).ForPrincipals();
        app.MapGet("/api/v1/proofs/hash/{hash}", OfHashAsync).ForPrincipals();
        app.MapGet("/api/v1/log/entries/{index:long}", async (HttpContext context, LogReading log, long index) =>
            await log.ProveAsync(index, context.RequestAborted) is { } proof ? Results.Json(Closed(proof), AnswerJson.Default.ProofAnswer) : Results.NotFound()).ForAuditors();
        app.MapGet("/api/v1/openings", async (HttpContext context, LogReading log, long? from) =>
            Results.Json(await log.OpeningsAsync(WhoAsks.Of(context)!.Tenant, Math.Max(0, from ?? 0), context.RequestAborted), AnswerJson.Default.OpeningsAnswer))
            .ForLabels();
    }

    private static async Task<IResult> OfThingAsync(HttpContext context, LogReading log, string id) =>
        EntityId.TryParse(id, out var entity) && Provable.Contains(entity.Kind)
        && entity.Tenant == WhoAsks.Of(context)!.Tenant && await log.ProveAsync(entity, context.RequestAborted) is { } proof
            ? Results.Json(proof, AnswerJson.Default.ProofAnswer)
            : Results.NotFound();

    /// <summary>The SHA-256 of a file that the asker uploaded or delivered, or the leaf hash of an entry.</summary>
    private static async Task<IResult> OfHashAsync(HttpContext context, LogReading log, ReadModel reads, string hash)
    {
        var asker = WhoAsks.Of(context)!;
        if (!Sha256Digest.TryParse(hash, out var digest))
        {
            return Results.NotFound();
        }
        if (await reads.UploadOfAsync(asker.Tenant, asker.Pseudonym.Text, digest) is { } upload
            && EntityId.TryParse(upload, out var id)
            && await log.ProveAsync(id, FateNumber, context.RequestAborted) is { } received)
        {
            return Results.Json(received, AnswerJson.Default.ProofAnswer);
        }
        if (await OfFileAsync(asker.Tenant, log, reads, digest, context.RequestAborted) is { } named)
        {
            return Results.Json(named, AnswerJson.Default.ProofAnswer);
        }
        if (log.IndexOf(digest) is not { } index || await log.ProveAsync(index, context.RequestAborted) is not { } proof)
        {
            return Results.NotFound();
        }
        var own = LeafEnvelope.TryDecode(Convert.FromBase64String(proof.Entry), out var envelope, out _) && envelope.Tenant == asker.Tenant;
        return own ? Results.Json(proof, AnswerJson.Default.ProofAnswer)
            : asker.Role == Role.Auditor ? Results.Json(Closed(proof), AnswerJson.Default.ProofAnswer)
            : Results.NotFound();
    }

    /// <summary>A file of a release by its edition, a message or whole delivery by the delivery.</summary>
    private static async Task<ProofAnswer?> OfFileAsync(TenantId tenant, LogReading log, ReadModel reads, Sha256Digest digest, CancellationToken cancel)
    {
        foreach (var target in await reads.FindAsync(tenant, digest.ToString()))
        {
            if (!EntityId.TryParse(target, out var thing))
            {
                continue;
            }
            foreach (var entity in (await reads.RecordingsOfAsync(thing)).Prepend(thing))
            {
                if (await log.ProveNamingAsync(entity, digest, cancel) is { } proof)
                {
                    return proof;
                }
            }
        }
        return null;
    }

    private static ProofAnswer Closed(ProofAnswer proof) => proof with { Opening = null, Salt = null };
}
