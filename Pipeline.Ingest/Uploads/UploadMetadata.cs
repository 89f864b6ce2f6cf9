using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Uploads;

/// <summary>
/// <c>Upload-Metadata</c>: pairs of a key and base64, separated by commas (tus 1.0.0, creation). Keys are unique and
/// hold no space or comma. Values are hostile bytes: kept, shown, never a name on a disk.
/// </summary>
public sealed record UploadMetadata
{
    /// <summary>Longest header that is read, in characters.</summary>
    public const int MaxCharacters = 4096;

    /// <summary>Longest value that means something to us, in bytes.</summary>
    public const int MaxValueBytes = 1024;

    public static readonly UploadMetadata None = new();

    private UploadMetadata()
    {
    }

    /// <summary>As sent, and as HEAD gives it back; empty when nothing was sent.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Key <c>filename</c>; empty when absent or not UTF-8.</summary>
    public string FileName { get; private init; } = "";

    /// <summary>Key <c>client_upload_id</c>: the sender's own id of this upload, which makes creating it again harmless.</summary>
    public string? ClientUploadId { get; private init; }

    /// <summary>Key <c>sha256</c>, hex or base64: what all bytes together must hash to.</summary>
    public Sha256Digest? Sha256 { get; private init; }

    /// <param name="text">The header's value; null when there was none.</param>
    public static Parsed<UploadMetadata> Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return None;
        }
        if (text.Length > MaxCharacters)
        {
            return Bad($"{text.Length} characters", $"Upload-Metadata is longer than the {MaxCharacters} characters that are read.");
        }
        var values = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var pair in text.Split(','))
        {
            var parts = pair.Trim(' ').Split(' ');
            // HTTP takes a leading space away: a value without its key would pass for a key, but for its padding.
            if (parts.Length > 2 || parts[0].Length == 0 || pair.StartsWith("  ", StringComparison.Ordinal) || !parts[0].All(c => c is > ' ' and <= '~' and not '='))
            {
                return Bad(pair, "Each pair of Upload-Metadata is a key and, after one space, its value in base64.");
            }
            if (DecodeBase64(parts.Length == 2 ? parts[1] : "") is not { } value)
            {
                return Bad(pair, "This value of Upload-Metadata is not base64.");
            }
            if (!values.TryAdd(parts[0], value))
            {
                return Bad(parts[0], "This key stands twice in Upload-Metadata.");
            }
        }
        var metadata = new UploadMetadata
        {
            Text = text,
            FileName = TextOf(values.GetValueOrDefault("filename")) ?? "",
            ClientUploadId = TextOf(values.GetValueOrDefault("client_upload_id")) is { Length: > 0 } id ? id : null,
        };
        if (!values.TryGetValue("sha256", out var declared))
        {
            return metadata;
        }
        return Digest(declared) is { } digest
            ? metadata with { Sha256 = digest }
            : Bad("sha256", "The declared sha256 is neither 64 hex digits, nor base64 of 32 bytes, nor those bytes themselves.");
    }

    private static UploadRefusal Bad(string? value, string message) => UploadRefusal.Of(
        400, "UPLOAD_METADATA", "Upload-Metadata", value, message, "Send key and base64 value pairs, separated by commas, each key once.");

    private static byte[]? DecodeBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) && text.Length % 4 == 0 ? bytes[..written] : null;
    }

    private static string? TextOf(byte[]? value)
    {
        if (value is null || value.Length > MaxValueBytes)
        {
            return null;
        }
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static Sha256Digest? Digest(byte[] value)
    {
        if (value.Length == Sha256Digest.SizeBytes)
        {
            return new Sha256Digest(value);
        }
        var text = TextOf(value) ?? "";
        if (Sha256Digest.TryParse(text.ToLowerInvariant(), out var hex))
        {
            return hex;
        }
        return DecodeBase64(text) is { Length: Sha256Digest.SizeBytes } bytes ? new Sha256Digest(bytes) : null;
    }
}
