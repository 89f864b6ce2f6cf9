using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Web.Uploads;

/// <summary>From HTTP's headers to the parsed requests of the rules.</summary>
public static class TusHeaders
{
    public const string ChecksumHeader = "Upload-Checksum";

    /// <summary>Null when absent. A header that is sent and empty is not absent.</summary>
    public static string? One(IHeaderDictionary headers, string name) => headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <param name="offset">0 for the body of a creation.</param>
    /// <param name="length">Upload-Length where it may come with bytes.</param>
    public static Parsed<AppendRequest> Append(HttpRequest request, string? offset, string? length, UploadLimits limits)
    {
        var follows = request.Headers.Trailer.ToString()
            .Split(',', StringSplitOptions.TrimEntries)
            .Contains(ChecksumHeader, StringComparer.OrdinalIgnoreCase);
        return AppendRequest.Parse(
            request.ContentType?.Split(';')[0].Trim(), offset, length, One(request.Headers, ChecksumHeader), follows,
            request.ContentLength, limits);
    }
}
