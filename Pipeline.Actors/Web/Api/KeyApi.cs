using Pipeline.Actors.Hosting;
using Pipeline.Actors.People;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Web.Api;

/// <summary>Keys are made by the machine's administrator only, over the data directory's socket.</summary>
public static class KeyApi
{
    public static void Map(WebApplication app) => app.MapPost("/api/v1/keys", async (HttpContext context, KeyRequest request, ApiKeys keys) =>
    {
        if (WhoAsks.Of(context) != WhoAsks.LocalAdministrator)
        {
            return Results.StatusCode(WhoAsks.Of(context) is null ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden);
        }
        if (!TenantId.TryParse(request.Tenant, out var tenant))
        {
            return Refused("TENANT_SHAPE", "tenant", request.Tenant, "A tenant is 1 to 32 of a-z, 0-9 and _, beginning with a letter.", "Choose such a name.");
        }
        if (!Enum.TryParse<Role>(request.Role, ignoreCase: true, out var role) || !Enum.IsDefined(role))
        {
            return Refused("ROLE_UNKNOWN", "role", request.Role, "Roles are artist, label, operator and auditor.", "Name one of them.");
        }
        if (request.Name is not { Length: >= 1 and <= 100 })
        {
            return Refused("KEY_NAME", "name", request.Name, "A key has a name of 1 to 100 characters.", "Name it after who will hold it.");
        }
        return await keys.AddAsync(request.Name, tenant, role) is { } key
            ? Results.Json(new KeyAnswer(request.Name, tenant.Text, role.ToString().ToLowerInvariant(), key), AnswerJson.Default.KeyAnswer, statusCode: 201)
            : Refused("KEY_EXISTS", "name", request.Name, "This tenant has a key of this name; keys are printed once and cannot be shown again.", "Choose another name.");
    });

    private static IResult Refused(string rule, string place, string? value, string message, string remedy) => Results.Json(
        new ProblemAnswer([Finding.Reject(rule, place, value, message, remedy)]), AnswerJson.Default.ProblemAnswer, statusCode: 400);
}
