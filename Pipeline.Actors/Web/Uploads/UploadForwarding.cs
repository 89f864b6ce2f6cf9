using System.Net.Http.Headers;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Web.Uploads;

/// <summary>
/// Passes a request on to the node that owns the upload, body and all, and its answer back. The caller's credentials
/// travel with it: the owner decides for itself who asks.
/// </summary>
public sealed class UploadForwarding(IHttpClientFactory clients)
{
    /// <summary>The id that the first node drew; a node is asked at most once removed.</summary>
    public const string IdHeader = "X-Mp-Upload";

    public const string ClientName = "uploads";

    private const string HopHeader = "X-Mp-Forwarded-By-Node";

    private static readonly string[] Credentials = ["Authorization", "Cookie"];

    private static readonly string[] Request =
    [
        "Authorization", "Cookie", "Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Defer-Length", "Upload-Metadata",
        "Upload-Concat", "Upload-Checksum", "X-HTTP-Method-Override", "Origin", "Sec-Fetch-Site",
    ];

    private static readonly string[] Response =
    [
        "Tus-Resumable", "Tus-Version", "Location", "Upload-Offset", "Upload-Length", "Upload-Expires", "Repr-Digest", "Allow",
        "Cache-Control", "Content-Disposition",
    ];

    /// <summary>The bytes of a finished part from the node that has it.</summary>
    /// <remarks>Also for a request that came from another node: the one that is asked here asks nobody else.</remarks>
    /// <exception cref="UploadMovedException">It does not give them.</exception>
    public async Task<Stream> FetchAsync(HttpRequest original, string ownerUrl, EntityId part, CancellationToken cancel)
    {
        if (ownerUrl.Length == 0)
        {
            throw new UploadMovedException(part.Text, "it is with a node that cannot be reached from here");
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{ownerUrl}/files/{part.Text}");
        foreach (var name in Credentials.Where(original.Headers.ContainsKey))
        {
            request.Headers.TryAddWithoutValidation(name, original.Headers[name].ToString());
        }
        request.Headers.TryAddWithoutValidation(HopHeader, "1");
        try
        {
            var client = clients.CreateClient(ClientName);
            var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadAsStreamAsync(cancel)
                : throw new UploadMovedException(part.Text, $"the node that has it answered {(int)answer.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            throw new UploadMovedException(part.Text, $"the node that has it does not answer: {e.Message}");
        }
    }

    /// <param name="id">Drawn here, for a creation.</param>
    public async Task ForwardAsync(HttpContext context, string ownerUrl, EntityId? id)
    {
        if (ownerUrl.Length == 0 || context.Request.Headers.ContainsKey(HopHeader))
        {
            await TusAnswers.RefuseAsync(context, 503, Finding.Reject("UPLOAD_MOVED", "upload", id?.Text, "The upload is with a node that cannot be reached from here just now.", "Ask with HEAD and go on from the Upload-Offset it answers."));
            return;
        }
        if (context.Request.Headers.Trailer.Count > 0)
        {
            await TusAnswers.RefuseAsync(context, 400, Finding.Reject("UPLOAD_CHECKSUM", "Trailer", "", "This upload is with another node, and trailers do not reach it from here.", "Send Upload-Checksum as a header."));
            return;
        }
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), $"{ownerUrl}{context.Request.Path}");
        foreach (var name in Request.Where(context.Request.Headers.ContainsKey))
        {
            request.Headers.TryAddWithoutValidation(name, context.Request.Headers[name].ToString());
        }
        request.Headers.TryAddWithoutValidation(HopHeader, "1");
        if (id is { } drawn)
        {
            request.Headers.TryAddWithoutValidation(IdHeader, drawn.Text);
        }
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.ContentLength = context.Request.ContentLength;
            if (context.Request.ContentType is { } type)
            {
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            }
        }
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var name in Response)
            {
                if (answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values))
                {
                    context.Response.Headers[name] = values.ToArray();
                }
            }
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            if (answer.StatusCode != System.Net.HttpStatusCode.NoContent)
            {
                await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
            }
        }
        catch (HttpRequestException e) when (!context.Response.HasStarted)
        {
            await TusAnswers.RefuseAsync(context, 503, Finding.Reject("UPLOAD_MOVED", "upload", id?.Text, $"The node that owns the upload does not answer: {e.Message}", "Ask with HEAD and go on from the Upload-Offset it answers."));
        }
    }
}
