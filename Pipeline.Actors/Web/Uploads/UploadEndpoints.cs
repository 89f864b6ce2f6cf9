using System.Globalization;
using System.Security.Cryptography;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Uploads;
using Pipeline.Actors.Web.Api;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Web.Uploads;

/// <summary>
/// tus 1.0.0 at <c>/files/</c>: core, creation, creation-with-upload, creation-defer-length, checksum, checksum-trailer,
/// expiration, termination, concatenation. 204 means held; the 204 of the last byte means received.
/// </summary>
public sealed class UploadEndpoints(UploadGateway uploads, UploadAppending appending, UploadAssembly assembly, UploadForwarding forwarding, IVault vault, LogKeeping log)
{
    private const string Root = "/files";
    private const string OverrideHeader = "X-HTTP-Method-Override";

    public static void Map(WebApplication app)
    {
        foreach (var pattern in new[] { Root, Root + "/{id}" })
        {
            app.Map(pattern, (HttpContext context, UploadEndpoints endpoints) => endpoints.HandleAsync(context))
                .WithMetadata(new Microsoft.AspNetCore.Mvc.DisableRequestSizeLimitAttribute());
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers["Tus-Resumable"] = TusAnswers.Version;
        var method = HttpMethods.IsPost(request.Method) && request.Headers[OverrideHeader].ToString() is { Length: > 0 } meant
            ? meant.ToUpperInvariant() : request.Method.ToUpperInvariant();
        if (method == "OPTIONS")
        {
            Offer(response);
            return;
        }
        if (WhoAsks.Of(context) is not { } principal)
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        if (method != "GET" && request.Headers["Tus-Resumable"] != TusAnswers.Version)
        {
            response.Headers["Tus-Version"] = TusAnswers.Version;
            await TusAnswers.RefuseAsync(context, 412, Finding.Reject("TUS_VERSION", "Tus-Resumable", request.Headers["Tus-Resumable"], "This server speaks tus 1.0.0.", "Send Tus-Resumable: 1.0.0."));
            return;
        }
        try
        {
            await (request.RouteValues["id"] is not string text
                ? method == "POST" ? CreateAsync(context, principal) : NotAllowedAsync(context, "OPTIONS, POST")
                : !EntityId.TryParse(text, out var id) || id.Kind != "upload"
                    ? TusAnswers.RefuseAsync(context, 404, Finding.Reject("UPLOAD_UNKNOWN", "upload", text.Length <= 100 ? text : text[..100], "There is no such upload.", "Start a new upload."))
                    : OneAsync(context, principal, id, method));
        }
        catch (UploadMovedException e) when (!context.Response.HasStarted)
        {
            await TusAnswers.RefuseAsync(context, UploadFailures.Of(e));
        }
        catch (TimeoutException e)
        {
            await TusAnswers.RefuseAsync(context, 503, Finding.Reject("CLUSTER_SILENT", "cluster", "", e.Message, "Ask with HEAD and go on from the Upload-Offset it answers."));
        }
    }

    private Task OneAsync(HttpContext context, Principal principal, EntityId id, string method) => method switch
    {
        "HEAD" => HeadAsync(context, principal, id),
        "PATCH" => PatchAsync(context, principal, id),
        "DELETE" => DeleteAsync(context, principal, id),
        "GET" => GetAsync(context, principal, id),
        _ => NotAllowedAsync(context, "OPTIONS, HEAD, GET, PATCH, DELETE"),
    };

    private void Offer(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers["Tus-Version"] = TusAnswers.Version;
        response.Headers["Tus-Extension"] = TusAnswers.Extensions;
        response.Headers["Tus-Max-Size"] = uploads.House.Limits.MaxUploadBytes.ToString(CultureInfo.InvariantCulture);
        response.Headers["Tus-Checksum-Algorithm"] = string.Join(',', ChunkChecksum.Algorithms);
    }

    private static Task NotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return TusAnswers.RefuseAsync(context, 405, Finding.Reject("METHOD", "request", context.Request.Method, "Nothing is done here by this method.", $"Use one of {allowed}."));
    }

    private async Task CreateAsync(HttpContext context, Principal principal)
    {
        var headers = context.Request.Headers;
        if (log.Halted is { } why)
        {
            await TusAnswers.RefuseAsync(context, 503, Finding.Reject(ReleaseApi.LogHalted, "log", "", $"The log is halted and nothing new is received: {why}", "The operator follows the runbook; send the same again afterwards."));
            return;
        }
        var (creation, bad) = CreationRequest.Parse(
            TusHeaders.One(headers, "Upload-Length"), TusHeaders.One(headers, "Upload-Defer-Length"),
            TusHeaders.One(headers, "Upload-Metadata"), TusHeaders.One(headers, "Upload-Concat"), uploads.House.Limits);
        if (bad is not null)
        {
            await TusAnswers.RefuseAsync(context, bad);
            return;
        }
        var hasBody = context.Request.ContentLength is null or > 0
            && (context.Request.ContentLength is not null || headers.TransferEncoding.Count > 0);
        AppendRequest? first = null;
        if (hasBody)
        {
            (first, bad) = TusHeaders.Append(context.Request, "0", null, uploads.House.Limits);
            if (bad is not null)
            {
                await TusAnswers.RefuseAsync(context, bad);
                return;
            }
        }
        var id = IdOf(context, principal, creation!);
        var parts = creation!.Concat is UploadConcat.Final final
            ? await assembly.PartsAsync(principal, final, context.Request, context.RequestAborted)
            : default;
        if (parts.Refusal is { } noParts)
        {
            await TusAnswers.RefuseAsync(context, noParts);
            return;
        }
        var length = parts.Value?.TotalBytes ?? creation.LengthBytes;
        var standing = await uploads.CreateAsync(principal, id, length, creation.Metadata.Text, creation.Concat.Text, context.RequestAborted);
        if (standing.OwnerUrl is { } owner)
        {
            await forwarding.ForwardAsync(context, owner, id);
            return;
        }
        if (standing.Status == 0 && standing.Digest is null && parts.Value is { } whole)
        {
            standing = await assembly.AssembleAsync(principal, id, whole, context.Request, context.RequestAborted);
        }
        else if (standing.Status == 0 && standing.Digest is null && (first is not null || length == 0))
        {
            // A body that breaks off, or a completion that fails, takes nothing from the creation: the sender needs its address.
            standing = await appending.AppendAsync(context, principal, id, first ?? new AppendRequest(0, null, null, false, 0)) is { Status: 0 } after ? after : standing;
        }
        if (standing.Status != 0)
        {
            await TusAnswers.RefuseAsync(context, standing.Status, standing.Finding!);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"{Root}/{id.Text}";
        TusAnswers.Describe(context.Response, standing);
    }

    /// <summary>
    /// 128 random bits; or, where the sender has an id of its own, always the same one: its repeated POST finds its upload.
    /// </summary>
    private static EntityId IdOf(HttpContext context, Principal principal, CreationRequest creation)
    {
        if (EntityId.TryParse(context.Request.Headers[UploadForwarding.IdHeader], out var given) && given.Kind == "upload" && given.Tenant == principal.Tenant)
        {
            return given;
        }
        return creation.Metadata.ClientUploadId is { } own
            ? EntityId.From("upload", principal.Tenant, "client", principal.Pseudonym.Text, own)
            : EntityId.From("upload", principal.Tenant, "random", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    }

    private async Task HeadAsync(HttpContext context, Principal principal, EntityId id)
    {
        var standing = await uploads.StandingAsync(principal, id, context.RequestAborted);
        if (standing.Status != 0)
        {
            // HEAD has no body to say why in; a refused upload is as gone as an expired one.
            context.Response.StatusCode = standing.Status == 422 ? StatusCodes.Status410Gone : standing.Status;
            context.Response.Headers.CacheControl = "no-store";
            return;
        }
        context.Response.StatusCode = StatusCodes.Status200OK;
        TusAnswers.DescribeWhole(context.Response, standing);
    }

    private async Task PatchAsync(HttpContext context, Principal principal, EntityId id)
    {
        var headers = context.Request.Headers;
        var (request, bad) = TusHeaders.Append(context.Request, TusHeaders.One(headers, "Upload-Offset"), TusHeaders.One(headers, "Upload-Length"), uploads.House.Limits);
        if (bad is not null)
        {
            await TusAnswers.RefuseAsync(context, bad);
            return;
        }
        var standing = await appending.AppendAsync(context, principal, id, request!);
        if (standing is null)
        {
            return;
        }
        if (standing.OwnerUrl is { } owner)
        {
            await forwarding.ForwardAsync(context, owner, null);
            return;
        }
        if (standing.Status != 0)
        {
            await TusAnswers.RefuseAsync(context, standing.Status, standing.Finding!);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        TusAnswers.Describe(context.Response, standing);
    }

    private async Task DeleteAsync(HttpContext context, Principal principal, EntityId id)
    {
        var before = await uploads.StandingAsync(principal, id, context.RequestAborted);
        if (before.Status is not (0 or 503))
        {
            await TusAnswers.RefuseAsync(context, before.Status == 422 ? 410 : before.Status, before.Finding!);
            return;
        }
        var after = await uploads.TerminateAsync(principal, id, context.RequestAborted);
        if (after.Status == 410)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        await TusAnswers.RefuseAsync(context, after.Status == 0 ? 503 : after.Status, after.Finding ?? UploadFailures.NotHere(id, true).Finding);
    }

    private async Task GetAsync(HttpContext context, Principal principal, EntityId id)
    {
        var standing = await uploads.StandingAsync(principal, id, context.RequestAborted);
        if (standing.Status != 0)
        {
            await TusAnswers.RefuseAsync(context, standing.Status, standing.Finding!);
            return;
        }
        TusAnswers.Describe(context.Response, standing);
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.ContentDisposition = "attachment";
        if (standing.Digest is { } digest)
        {
            context.Response.ContentLength = standing.Offset;
            await using var bytes = await vault.OpenVerifiedAsync(digest, context.RequestAborted);
            // A damaged object throws in place of its end: the reader sees a broken connection, never a whole wrong file.
            await bytes.CopyToAsync(context.Response.Body, 256 * 1024, context.RequestAborted);
            return;
        }
        if (standing.Concat != "partial" || standing.LengthBytes != standing.Offset)
        {
            context.Response.Headers.ContentDisposition = default;
            await TusAnswers.RefuseAsync(context, 409, Finding.Reject("UPLOAD_UNFINISHED", "upload", id.Text, $"This upload stands at {standing.Offset} bytes and was not received yet.", "Finish it first."));
            return;
        }
        await using var part = await assembly.OpenPartAsync(principal, id, context.Request, context.RequestAborted);
        context.Response.ContentLength = standing.Offset;
        await part.CopyToAsync(context.Response.Body, 256 * 1024, context.RequestAborted);
    }
}
