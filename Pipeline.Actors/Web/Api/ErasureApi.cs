using Pipeline.Actors.Erasure;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Web.Api;

/// <summary>Destroying private parts is for the machine's administrator only, over the data directory's socket.</summary>
public static class ErasureApi
{
    public static void Map(WebApplication app) => app.MapPost("/api/v1/erasures", async (HttpContext context, ErasureGateway gateway, string id, string reason, bool? commit) =>
    {
        if (WhoAsks.Of(context) is not { } principal || principal != WhoAsks.LocalAdministrator)
        {
            return Results.StatusCode(WhoAsks.Of(context) is null ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden);
        }
        if (!EntityId.TryParse(id, out var thing))
        {
            return Refused(400, Finding.Reject("ERASURE_KIND", "id", id, "Erasure takes a release, a delivery or an upload.", "Give the id of one."));
        }
        if (!ErasureReason.All.Contains(reason))
        {
            return Refused(400, Finding.Reject("ERASURE_REASON", "reason", reason, $"The log keeps the reason for ever, so it is one of {string.Join(", ", ErasureReason.All)}.", "Give one of them."));
        }
        try
        {
            var (answer, refusal) = await gateway.EraseAsync(principal, thing, reason, commit == true, context.RequestAborted);
            return refusal is not null ? Refused(409, refusal)
                : answer is null ? Results.NotFound()
                : Results.Json(answer, ErasureJson.Default.ErasureAnswer);
        }
        catch (TimeoutException e)
        {
            return Refused(503, Finding.Reject("CLUSTER_SILENT", "cluster", "", e.Message, "Send the same again; nothing is done twice."));
        }
    });

    private static IResult Refused(int status, Finding finding) =>
        Results.Json(new ProblemAnswer([finding]), AnswerJson.Default.ProblemAnswer, statusCode: status);
}
