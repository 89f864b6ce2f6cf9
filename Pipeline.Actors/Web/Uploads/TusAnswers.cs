using System.Globalization;
using System.Text.Json;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Uploads;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Web.Uploads;

/// <summary>Answers of the upload protocol: headers, and findings in JSON for people.</summary>
public static class TusAnswers
{
    public const string Version = "1.0.0";
    public const string Extensions =
        "creation,creation-with-upload,creation-defer-length,checksum,checksum-trailer,expiration,termination,concatenation";

    public static async Task RefuseAsync(HttpContext context, int status, Finding finding)
    {
        context.Response.StatusCode = status;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            context.Response.Body, new ProblemAnswer([finding]), AnswerJson.Default.ProblemAnswer, context.RequestAborted);
    }

    public static Task RefuseAsync(HttpContext context, UploadRefusal refusal) => RefuseAsync(context, refusal.Status, refusal.Finding);

    /// <summary>What every answer about an upload that stands says of it.</summary>
    public static void Describe(HttpResponse response, UploadStanding standing)
    {
        response.Headers["Upload-Offset"] = Number(standing.Offset);
        if (standing.Expires > 0 && standing.LengthBytes != standing.Offset)
        {
            response.Headers["Upload-Expires"] = DateTimeOffset.FromUnixTimeMilliseconds(standing.Expires).ToString("R", CultureInfo.InvariantCulture);
        }
        if (standing.Digest is { } digest)
        {
            // RFC 9530: what the server holds, in the server's own words.
            response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(digest.ToArray())}:";
        }
    }

    /// <summary>What HEAD says besides.</summary>
    public static void DescribeWhole(HttpResponse response, UploadStanding standing)
    {
        Describe(response, standing);
        response.Headers.CacheControl = "no-store";
        if (standing.LengthBytes is { } length)
        {
            response.Headers["Upload-Length"] = Number(length);
        }
        else
        {
            response.Headers["Upload-Defer-Length"] = "1";
        }
        if (standing.Metadata.Length > 0)
        {
            response.Headers["Upload-Metadata"] = standing.Metadata;
        }
        if (standing.Concat.Length > 0)
        {
            response.Headers["Upload-Concat"] = standing.Concat;
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
