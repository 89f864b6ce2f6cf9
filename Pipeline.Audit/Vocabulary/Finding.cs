using System.Text.Json.Serialization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>What follows from a finding, mildest first. The order is used: the worst finding decides.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>Said, no consequence.</summary>
    [JsonStringEnumMemberName("info")] Info,

    /// <summary>Applied and shown.</summary>
    [JsonStringEnumMemberName("warn")] Warn,

    /// <summary>Accepted and kept; the release is quarantined until somebody answers.</summary>
    [JsonStringEnumMemberName("block")] Block,

    /// <summary>The message is refused, nothing of it is applied; the bytes are kept.</summary>
    [JsonStringEnumMemberName("reject")] Reject,
}

/// <summary>
/// What a rule says of an input, complete enough that the sender can act on it without asking us.
/// </summary>
/// <param name="Rule">Stable id in capitals, e.g. <c>ISRC_SHAPE</c>. Never renamed or reused.</param>
/// <param name="Severity">What follows.</param>
/// <param name="Place">Where: a file with a line, an XPath, a JSON pointer or a byte offset.</param>
/// <param name="Value">The value as it was found, shortened to 200 characters; empty when something is missing.</param>
/// <param name="Message">What is wrong and why it matters, in one or two sentences.</param>
/// <param name="Remedy">What the sender should do.</param>
public sealed record Finding(
    [property: JsonPropertyName("rule")] string Rule,
    [property: JsonPropertyName("severity")] Severity Severity,
    [property: JsonPropertyName("place")] string Place,
    [property: JsonPropertyName("value")] string Value,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("remedy")] string Remedy)
{
    /// <summary>Longest value quoted back; a hostile file must not fill our journal with itself.</summary>
    public const int MaxValueCharacters = 200;

    public static Finding Reject(string rule, string place, string? value, string message, string remedy) =>
        new(rule, Severity.Reject, place, Shorten(value), message, remedy);

    public static Finding Block(string rule, string place, string? value, string message, string remedy) =>
        new(rule, Severity.Block, place, Shorten(value), message, remedy);

    public static Finding Warn(string rule, string place, string? value, string message, string remedy) =>
        new(rule, Severity.Warn, place, Shorten(value), message, remedy);

    public static Finding Info(string rule, string place, string? value, string message, string remedy) =>
        new(rule, Severity.Info, place, Shorten(value), message, remedy);

    private static string Shorten(string? value) =>
        value is null ? "" : value.Length <= MaxValueCharacters ? value : string.Concat(value.AsSpan(0, MaxValueCharacters - 1), "…");
}

/// <summary>Questions asked of a list of findings.</summary>
public static class Findings
{
    /// <summary>Does any finding stop the release (block or reject)?</summary>
    public static bool Stop(this IEnumerable<Finding> findings) => findings.Any(f => f.Severity >= Severity.Block);

    /// <summary>Does any finding refuse the message?</summary>
    public static bool Refuse(this IEnumerable<Finding> findings) => findings.Any(f => f.Severity == Severity.Reject);
}
