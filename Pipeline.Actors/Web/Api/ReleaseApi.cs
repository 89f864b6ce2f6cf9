using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Web.Api;

/// <summary>
/// <c>POST /api/v1/releases</c>: multipart with one part <c>message</c> and a part <c>file</c> for each file, the relative
/// path as file name (percent-encoded UTF-8 in <c>filename*</c>). Never a path on the server. 202 after all of it is
/// durable and recorded; 200 when these very bytes were received before.
/// </summary>
public static class ReleaseApi
{
    /// <summary>Parts of one request.</summary>
    public const int MaxParts = 5000;

    /// <summary>One file; the audio stage has its own, tighter bounds.</summary>
    public const long MaxFileBytes = 16L * 1024 * 1024 * 1024;

    /// <summary>A list of uploads: 5,000 paths of 1,000 characters fit.</summary>
    private const long MaxListBytes = 16 * 1024 * 1024;

    /// <summary>Rule of the refusal while the log is halted; reading stays up.</summary>
    public const string LogHalted = "LOG_HALTED";

    /// <summary>Rule of the refusal while too few stores take their copy.</summary>
    public const string CopiesUnproven = "COPIES_UNPROVEN";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    public static void Map(WebApplication app)
    {
        app.MapPost("/api/v1/releases", SubmitOrRefuseAsync).ForPrincipals()
            // The one place where bodies may be large; everywhere else Kestrel's limit holds.
            .WithMetadata(new Microsoft.AspNetCore.Mvc.DisableRequestSizeLimitAttribute());
        app.MapGet("/api/v1/deliveries/{id}", (HttpContext c, PipelineGateway g, string id, int? round, int? wait, bool? duplicate) =>
            AnswerAsync(c, id, (p, e) => g.SettledAsync(p, e, round ?? 0, duplicate ?? false, Wait(wait), c.RequestAborted))).ForPrincipals();
        app.MapGet("/api/v1/releases/{id}", (HttpContext c, PipelineGateway g, string id) =>
            AnswerAsync(c, id, (p, e) => g.ReleaseAsync(p, e, c.RequestAborted))).ForPrincipals();
        app.MapPost("/api/v1/releases/{id}/resolve", (HttpContext c, PipelineGateway g, string id, string note) =>
            AnswerAsync(c, id, (p, e) => g.ResolveAsync(p, e, note, c.RequestAborted))).ForPrincipals();
        app.MapGet("/api/v1/releases", async (HttpContext c, PipelineGateway g, Projections.ReadModel reads) =>
        {
            var rows = await reads.ReleasesAsync(WhoAsks.Of(c)!.TenantId());
            return Results.Json<IReadOnlyList<ReleaseAnswer>>([.. rows.Select(Row)], AnswerJson.Default.IReadOnlyListReleaseAnswer);
        }).ForPrincipals();
        app.MapGet("/api/v1/find", async (HttpContext c, PipelineGateway g, string q) => Results.Json(
            await g.FindAsync(WhoAsks.Of(c)!, q, c.RequestAborted), AnswerJson.Default.IReadOnlyListFoundAnswer)).ForPrincipals();
    }

    /// <summary>A row of the read model as the API shows it.</summary>
    public static ReleaseAnswer Row(Projections.ReleaseRow row) => new(
        row.ReleaseId, row.DeliveryId, "applied", row.State, (int)row.Revision, row.Title, row.Artist,
        [.. row.Lights.Select(l => new StageAnswer(l.Stage, l.Light))], row.FindingList, null);

    private static TenantId TenantId(this Principal principal) => principal.Tenant;

    private static TimeSpan Wait(int? seconds) => seconds is > 0 and var s ? TimeSpan.FromSeconds(Math.Min(s, LongestWait.TotalSeconds)) : TimeSpan.Zero;

    private static async Task<IResult> AnswerAsync(HttpContext context, string id, Func<Principal, EntityId, Task<ReleaseAnswer?>> ask) =>
        EntityId.TryParse(id, out var entity) && await ask(WhoAsks.Of(context)!, entity) is { } answer
            ? Results.Json(answer, AnswerJson.Default.ReleaseAnswer)
            : Results.NotFound();

    private static async Task<IResult> SubmitOrRefuseAsync(HttpContext context, PipelineGateway gateway, IVault vault, LogKeeping log)
    {
        try
        {
            return await SubmitAsync(context, gateway, vault, log);
        }
        catch (CopiesUnprovenException e)
        {
            return Problem(503, CopiesUnproven, "vault", "", $"Nothing was received: copies are proven in fewer failure domains than required ({e.Required}).", "Keep your files and send the same again later; the operator follows ops/docs/runbooks/copies-unproven.md.");
        }
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, PipelineGateway gateway, IVault vault, LogKeeping log)
    {
        if (log.Halted is { } why)
        {
            // What is taken now could not be proven, nor its fate shown: the sender is told before it sends its bytes.
            return Problem(503, LogHalted, "log", "", $"The log is halted and takes nothing new: {why}", "The operator follows the runbook; send the same again afterwards.");
        }
        if (context.Request.HasJsonContentType())
        {
            return await SubmitUploadsAsync(context, gateway);
        }
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
        {
            return Problem(415, "CONTENT_TYPE", "Content-Type", context.Request.ContentType, "A release is sent as multipart/form-data.", "Send the message as part 'message' and each file as part 'file'.");
        }
        var reader = new MultipartReader(boundary, context.Request.Body);
        DeliveredFile? message = null;
        var files = new List<DeliveredFile>();
        for (var parts = 0; await reader.ReadNextSectionAsync(context.RequestAborted) is { } section; parts++)
        {
            if (parts >= MaxParts)
            {
                return Problem(413, "TOO_MANY_FILES", "request", $"{parts}", $"A delivery has at most {MaxParts} files.", "Split it into several releases.");
            }
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || PathOf(disposition) is not { Length: > 0 and <= 1000 } path)
            {
                return Problem(400, "PART_WITHOUT_NAME", $"part {parts + 1}", section.ContentDisposition, "Every part needs a file name of at most 1,000 characters: its path inside the release folder.", "Name it in Content-Disposition.");
            }
            var isMessage = HeaderUtilities.RemoveQuotes(disposition.Name).Value == "message";
            var limit = isMessage ? CatalogueLimits.MaxMessageBytes : MaxFileBytes;
            StoredObject stored;
            try
            {
                // If we crash here, objects without an owner lie in the vault; nobody was told they were received.
                stored = await vault.StoreAsync(new BoundedStream(section.Body, limit), context.RequestAborted);
            }
            catch (TooManyBytesException)
            {
                return Problem(413, isMessage ? "MESSAGE_TOO_LARGE" : "FILE_TOO_LARGE", path, $"more than {limit} bytes", $"At most {limit} bytes are read.", isMessage ? "Send a message within the limit; a release of 2,000 tracks stays below it." : "Ask the operator for another way.");
            }
            var file = new DeliveredFile(path, stored.Id, stored.SizeBytes);
            if (isMessage && message is not null)
            {
                return Problem(400, "MESSAGE_TWICE", path, path, "A delivery has one message.", "Send each message with its own files.");
            }
            if (isMessage)
            {
                message = file;
            }
            else
            {
                files.Add(file);
            }
        }
        if (message is null)
        {
            return Problem(400, "MESSAGE_MISSING", "request", "", "A delivery has one part named 'message'.", "Send release.json or the ERN message as part 'message'.");
        }
        return await HandInAsync(context, gateway, message, files, []);
    }

    /// <summary>The files came before, as uploads of the same owner.</summary>
    private static async Task<IResult> SubmitUploadsAsync(HttpContext context, PipelineGateway gateway)
    {
        UploadedRelease? release;
        try
        {
            release = await JsonSerializer.DeserializeAsync(new BoundedStream(context.Request.Body, MaxListBytes), AnswerJson.Default.UploadedRelease, context.RequestAborted);
        }
        catch (Exception e) when (e is JsonException or TooManyBytesException)
        {
            return Problem(400, "JSON", "request", "", $"Not a list of uploads: {e.Message}", "Send {\"message\": {\"path\", \"upload\"}, \"files\": [{\"path\", \"upload\"}]}.");
        }
        if (release?.Message is not { } message)
        {
            return Problem(400, "MESSAGE_MISSING", "message", "", "A delivery has one message.", "Name release.json or the ERN message, and the upload that holds it, as 'message'.");
        }
        if (release.Files?.Count > MaxParts)
        {
            return Problem(413, "TOO_MANY_FILES", "files", $"{release.Files.Count}", $"A delivery has at most {MaxParts} files.", "Split it into several releases.");
        }
        var uploads = context.RequestServices.GetRequiredService<UploadGateway>();
        var delivered = new List<DeliveredFile>();
        var named = new List<EntityId>();
        foreach (var file in new[] { message }.Concat(release.Files ?? []))
        {
            if (file.Path is not { Length: > 0 and <= 1000 } || !EntityId.TryParse(file.Upload, out var id)
                || await uploads.StandingAsync(WhoAsks.Of(context)!, id, context.RequestAborted) is not { Digest: { } digest } standing)
            {
                return Problem(400, "UPLOAD_NOT_RECEIVED", file.Path ?? "", file.Upload, "This is no received upload of yours.", "Upload the file first; its last answer must be 204.");
            }
            delivered.Add(new DeliveredFile(file.Path, digest, standing.Offset));
            named.Add(id);
        }
        return delivered[0].SizeBytes > CatalogueLimits.MaxMessageBytes
            ? Problem(413, "MESSAGE_TOO_LARGE", message.Path, $"{delivered[0].SizeBytes} bytes", $"At most {CatalogueLimits.MaxMessageBytes} bytes are read.", "Send a message within the limit; a release of 2,000 tracks stays below it.")
            : await HandInAsync(context, gateway, delivered[0], delivered[1..], named);
    }

    private static async Task<IResult> HandInAsync(HttpContext context, PipelineGateway gateway, DeliveredFile message, List<DeliveredFile> files, List<EntityId> uploads)
    {
        if (files.GroupBy(f => f.Path, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return Problem(400, "FILE_TWICE", twice.Key, twice.Key, "Two parts have one path.", "Send each file once.");
        }
        try
        {
            var standing = await gateway.SubmitAsync(WhoAsks.Of(context)!, message, files, context.RequestAborted);
            foreach (var upload in uploads)
            {
                // If we crash here, the sender has no answer: it sends the same again, and the rest is told then.
                await context.RequestServices.GetRequiredService<UploadGateway>().DeliveredAsync(WhoAsks.Of(context)!, upload, standing.Delivery, context.RequestAborted);
            }
            var answer = await gateway.DeliveryAsync(WhoAsks.Of(context)!, standing.Delivery, standing.Round, standing.Duplicate, context.RequestAborted);
            context.Response.Headers.Location = $"/api/v1/deliveries/{standing.Delivery.Text}?round={standing.Round}";
            return Results.Json(
                answer! with { Findings = standing.Fate == DeliveryFate.Rejected ? standing.Findings : answer.Findings, Delivery = standing.Fate == DeliveryFate.Rejected && !standing.Duplicate ? "rejected" : answer.Delivery },
                AnswerJson.Default.ReleaseAnswer, statusCode: standing.Duplicate ? 200 : 202);
        }
        catch (TimeoutException e)
        {
            return Problem(503, "CLUSTER_SILENT", "cluster", "", e.Message, "Send the same again; nothing is done twice.");
        }
    }

    private static string? PathOf(ContentDispositionHeaderValue disposition) =>
        disposition.FileNameStar.HasValue ? disposition.FileNameStar.Value : HeaderUtilities.RemoveQuotes(disposition.FileName).Value;

    private static IResult Problem(int status, string rule, string place, string? value, string message, string remedy) => Results.Json(
        new ProblemAnswer([Finding.Reject(rule, place, value, message, remedy)]), AnswerJson.Default.ProblemAnswer, statusCode: status);
}
