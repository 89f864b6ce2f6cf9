using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Uploads;

/// <summary>A request that is answered no: the HTTP status that tus asks for, and what the sender should know.</summary>
/// <param name="Status">HTTP status code; 460 is tus's own for a checksum that does not match.</param>
public sealed record UploadRefusal(int Status, Finding Finding)
{
    public const int ChecksumMismatch = 460;

    public static UploadRefusal Of(int status, string rule, string place, string? value, string message, string remedy) =>
        new(status, Finding.Reject(rule, place, value, message, remedy));
}

/// <summary>What was parsed, or why it was not.</summary>
public readonly record struct Parsed<T>(T? Value, UploadRefusal? Refusal)
    where T : class
{
    public static implicit operator Parsed<T>(T value) => new(value, null);

    public static implicit operator Parsed<T>(UploadRefusal refusal) => new(null, refusal);
}
