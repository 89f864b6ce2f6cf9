using Pipeline.Actors.Hosting;
using Pipeline.Actors.Patrol;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Web.Api;

/// <summary>The vault as its operators see it: objects belong to the installation, so no tenant is asked.</summary>
public static class VaultApi
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/api/v1/vault", async (HttpContext context, VaultReading vault) =>
            Results.Json(await vault.StandingAsync(context.RequestAborted), AnswerJson.Default.VaultAnswer)).ForOperators();
        app.MapGet("/api/v1/vault/bad", async (VaultReading vault) =>
            Results.Json(await vault.BadAsync(), AnswerJson.Default.IReadOnlyListBadCopyAnswer)).ForOperators();
        app.MapGet("/api/v1/vault/run", (HttpContext context, VaultReading vault) =>
            AnswerAsync(() => vault.RunAsync(context.RequestAborted))).ForOperators();
        app.MapPost("/api/v1/vault/{order:regex(^(scrub|repair)$)}", (HttpContext context, VaultReading vault, string order, int? limit) =>
            limit is < FixityLimits.MinMegabytesPerSecond or > FixityLimits.MaxMegabytesPerSecond
                ? Task.FromResult(Refused(400, "LIMIT_RANGE", $"{limit}", $"A limit is {FixityLimits.MinMegabytesPerSecond} to {FixityLimits.MaxMegabytesPerSecond} megabytes a second.", "Give such a limit, or none."))
                : AnswerAsync(() => vault.OrderAsync(order == "scrub" ? PatrolOrder.Scrub : PatrolOrder.Repair, limit ?? 0, context.RequestAborted))).ForOperators();
    }

    private static async Task<IResult> AnswerAsync(Func<Task<VaultRunAnswer>> ask)
    {
        try
        {
            return Results.Json(await ask(), AnswerJson.Default.VaultRunAnswer);
        }
        catch (TimeoutException)
        {
            return Refused(503, "PATROL_SILENT", "", "The patrol does not answer; it may be moving to another node.", "Ask again.");
        }
    }

    private static IResult Refused(int status, string rule, string value, string message, string remedy) => Results.Json(
        new ProblemAnswer([Finding.Reject(rule, "vault", value, message, remedy)]), AnswerJson.Default.ProblemAnswer, statusCode: status);
}
