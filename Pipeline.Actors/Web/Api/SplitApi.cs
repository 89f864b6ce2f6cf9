using Pipeline.Actors.Hosting;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Rights;

namespace Pipeline.Actors.Web.Api;

/// <summary>
/// Splits: <c>POST /api/v1/splits/import</c> (CSV; <c>?commit=true</c> proposes), <c>POST /api/v1/splits/ID/accept</c>,
/// <c>/refuse</c>, <c>/withdraw</c> and <c>GET /api/v1/splits</c>. <c>Idempotency-Key</c> makes a repeat harmless.
/// </summary>
public static class SplitApi
{
    private const int MaxReasonCharacters = 500;

    public static void Map(WebApplication app)
    {
        app.MapPost("/api/v1/splits/import", ImportAsync).ForPrincipals();
        app.MapPost("/api/v1/splits/{id}/accept", (HttpContext c, SplitGateway g, string id) =>
            AnswerAsync(c, id, (p, proposal, command) => g.AcceptAsync(p, proposal, command, c.RequestAborted))).ForPrincipals();
        app.MapPost("/api/v1/splits/{id}/refuse", (HttpContext c, SplitGateway g, string id, string reason) =>
            AnswerAsync(c, id, (p, proposal, command) => g.RefuseAsync(p, proposal, command, Bounded(reason), c.RequestAborted))).ForPrincipals();
        app.MapPost("/api/v1/splits/{id}/withdraw", (HttpContext c, SplitGateway g, string id, string reason) =>
            AnswerAsync(c, id, (p, proposal, command) => g.WithdrawAsync(p, proposal, command, Bounded(reason), c.RequestAborted))).ForPrincipals();
        app.MapGet("/api/v1/splits", ShowAsync).ForPrincipals();
    }

    private static async Task<IResult> ImportAsync(HttpContext context, SplitGateway gateway, bool? commit)
    {
        var principal = WhoAsks.Of(context)!;
        if (principal.Role == Role.Auditor)
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }
        // One byte beyond the limit is enough for the reader to say so.
        var file = new byte[SplitCsv.MaxFileBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(file, file.Length, throwOnEndOfStream: false, context.RequestAborted);
        // Without a key the same file is the same command; another file is another.
        if (CommandOf(context, $"import/{Sha256Digest.Of(file.AsSpan(0, length))}") is not { } command)
        {
            return BadKey();
        }
        return await WithinReachAsync(async () =>
        {
            var answer = await gateway.ImportAsync(principal, file[..length], commit ?? false, command, context.RequestAborted);
            return Results.Json(answer, SplitJson.Default.SplitImportAnswer);
        });
    }

    private static Task<IResult> ShowAsync(HttpContext context, SplitGateway gateway, string isrc, string at, string territory, long? knownAt)
    {
        if (!Isrc.TryParse(Isrc.Normalise(isrc), out var code))
        {
            return Task.FromResult(Problem(400, "SPLIT_ISRC", "isrc", isrc, "This is no ISRC.", "Write two letters, three letters or digits, and seven digits."));
        }
        if (!DateInterval.TryParseDay(at, out var day))
        {
            return Task.FromResult(Problem(400, "SPLIT_DATE", "at", at, "This is no day.", "Write YYYY-MM-DD."));
        }
        if (!SplitTerritories.IsTerritory(territory))
        {
            return Task.FromResult(Problem(400, "SPLIT_TERRITORY", "territory", territory, "This is no ISO 3166-1 alpha-2 code.", "Write two capital letters, e.g. GB."));
        }
        return WithinReachAsync(async () => await gateway.ShowAsync(WhoAsks.Of(context)!, code, day, territory, knownAt, context.RequestAborted) is { } answer
            ? Results.Json(answer, SplitJson.Default.OwnershipAnswer)
            : Results.NotFound());
    }

    private static Task<IResult> AnswerAsync(
        HttpContext context, string id, Func<Principal, ProposalId, CommandId, Task<(ProposalAnswer? Answer, IReadOnlyList<Finding> Refusal)>> act)
    {
        var principal = WhoAsks.Of(context)!;
        if (!ProposalId.TryParse(id, out var proposal))
        {
            return Task.FromResult(Results.NotFound());
        }
        if (CommandOf(context, $"answer/{proposal.Number}/{principal.Pseudonym.Text}/{context.Request.Path.Value![^6..]}") is not { } command)
        {
            return Task.FromResult(BadKey());
        }
        return WithinReachAsync(async () =>
        {
            var (answer, refusal) = await act(principal, proposal, command);
            return refusal.Count > 0
                ? Results.Json(new ProblemAnswer(refusal), AnswerJson.Default.ProblemAnswer, statusCode: 409)
                : answer is null ? Results.NotFound() : Results.Json(answer, SplitJson.Default.ProposalAnswer);
        });
    }

    /// <summary>The caller's key, or one that says what is asked; null for a key that is no command id.</summary>
    private static CommandId? CommandOf(HttpContext context, string otherwise) =>
        context.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } key
            ? key.Length <= 80 && CommandId.TryParse(key, out var given) ? given : null
            : CommandId.Parse(otherwise);

    private static string Bounded(string reason) => reason.Length <= MaxReasonCharacters ? reason : reason[..MaxReasonCharacters];

    private static async Task<IResult> WithinReachAsync(Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (TimeoutException e)
        {
            return Problem(503, "CLUSTER_SILENT", "cluster", "", e.Message, "Send the same again; nothing is done twice.");
        }
    }

    private static IResult BadKey() => Problem(400, "IDEMPOTENCY_KEY", "Idempotency-Key", "", "A key is 1 to 80 printable ASCII characters.", "Send such a key, or none.");

    private static IResult Problem(int status, string rule, string place, string? value, string message, string remedy) => Results.Json(
        new ProblemAnswer([Finding.Reject(rule, place, value, message, remedy)]), AnswerJson.Default.ProblemAnswer, statusCode: status);
}
