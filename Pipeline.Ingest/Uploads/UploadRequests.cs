namespace Pipeline.Ingest.Uploads;

/// <summary>A POST that creates an upload, parsed (tus 1.0.0, creation, creation-defer-length, concatenation).</summary>
/// <param name="LengthBytes">Null while the sender does not know it yet, and for a final upload.</param>
public sealed record CreationRequest(long? LengthBytes, UploadMetadata Metadata, UploadConcat Concat)
{
    /// <param name="length">Header Upload-Length.</param>
    /// <param name="defer">Header Upload-Defer-Length.</param>
    /// <param name="metadata">Header Upload-Metadata.</param>
    /// <param name="concat">Header Upload-Concat.</param>
    public static Parsed<CreationRequest> Parse(string? length, string? defer, string? metadata, string? concat, UploadLimits limits)
    {
        if (UploadMetadata.Parse(metadata) is { Refusal: { } badMetadata })
        {
            return badMetadata;
        }
        var parsedMetadata = UploadMetadata.Parse(metadata).Value!;
        var (kind, badConcat) = UploadConcat.Parse(concat);
        if (badConcat is not null)
        {
            return badConcat;
        }
        if (defer is not null and not "1")
        {
            return UploadRefusal.Of(400, "UPLOAD_DEFER_LENGTH", "Upload-Defer-Length", defer, "Its only value is 1.", "Send Upload-Defer-Length: 1, or Upload-Length.");
        }
        if (kind is UploadConcat.Final)
        {
            return length is null && defer is null
                ? new CreationRequest(null, parsedMetadata, kind)
                : UploadRefusal.Of(400, "UPLOAD_LENGTH", "Upload-Length", length, "A final upload is as long as its parts together.", "Send neither Upload-Length nor Upload-Defer-Length with it.");
        }
        if (length is null == defer is null)
        {
            return UploadRefusal.Of(400, "UPLOAD_LENGTH", "Upload-Length", length, "Exactly one of Upload-Length and Upload-Defer-Length is wanted.", "Send the file's length in bytes, or Upload-Defer-Length: 1.");
        }
        if (length is null)
        {
            return new CreationRequest(null, parsedMetadata, kind!);
        }
        return LengthOf(length, limits) is { Refusal: { } bad } ? bad : new CreationRequest(long.Parse(length, System.Globalization.CultureInfo.InvariantCulture), parsedMetadata, kind!);
    }

    internal static Parsed<string> LengthOf(string length, UploadLimits limits)
    {
        if (!TusNumber.TryParse(length, out var bytes))
        {
            // More digits than any file needs is too large rather than malformed.
            return length.Length > TusNumber.MaxDigits && length.All(char.IsAsciiDigit)
                ? TooLarge(length, limits)
                : UploadRefusal.Of(400, "UPLOAD_LENGTH", "Upload-Length", length, "Not a length: plain digits are wanted.", "Send the file's length in bytes.");
        }
        return bytes > limits.MaxUploadBytes ? TooLarge(length, limits) : length;
    }

    private static UploadRefusal TooLarge(string length, UploadLimits limits) => UploadRefusal.Of(
        413, "UPLOAD_TOO_LARGE", "Upload-Length", length, $"One upload has at most {limits.MaxUploadBytes} bytes.", "Send a shorter file, or ask the operator for another way.");
}

/// <summary>A PATCH, or the body of a POST, parsed (tus 1.0.0, core and checksum).</summary>
/// <param name="Offset">Where the sender believes the upload stands.</param>
/// <param name="LengthBytes">Set by a sender that deferred it and knows it now.</param>
/// <param name="Checksum">Of this request's bytes; null when none was sent, or it comes in the trailer.</param>
/// <param name="ChecksumFollows">The trailer was announced.</param>
/// <param name="BodyBytes">Content-Length; null when the body is chunked.</param>
public sealed record AppendRequest(long Offset, long? LengthBytes, ChunkChecksum? Checksum, bool ChecksumFollows, long? BodyBytes)
{
    public const string ContentType = "application/offset+octet-stream";

    /// <summary>Nothing of it may be kept unless all of it came and matches.</summary>
    public bool AllOrNothing => Checksum is not null || ChecksumFollows;

    public static Parsed<AppendRequest> Parse(
        string? contentType, string? offset, string? length, string? checksum, bool checksumFollows, long? bodyBytes, UploadLimits limits)
    {
        if (!string.Equals(contentType, ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return UploadRefusal.Of(415, "UPLOAD_CONTENT_TYPE", "Content-Type", contentType, "The bytes of an upload have a type of their own.", $"Send Content-Type: {ContentType}.");
        }
        if (!TusNumber.TryParse(offset, out var at))
        {
            return UploadRefusal.Of(400, "UPLOAD_OFFSET", "Upload-Offset", offset, "Not an offset: plain digits are wanted.", "Ask with HEAD and send the Upload-Offset it answers.");
        }
        if (length is not null && CreationRequest.LengthOf(length, limits) is { Refusal: { } bad })
        {
            return bad;
        }
        if (checksum is null)
        {
            return new AppendRequest(at, Optional(length), null, checksumFollows, bodyBytes);
        }
        var (sum, badSum) = ChunkChecksum.Parse(checksum);
        return badSum is not null ? badSum : new AppendRequest(at, Optional(length), sum, false, bodyBytes);
    }

    private static long? Optional(string? length) => TusNumber.TryParse(length, out var bytes) ? bytes : null;
}
