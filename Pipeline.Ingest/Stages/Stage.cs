using System.Text.Json.Serialization;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Stages;

/// <summary>The stages of a release in their order. Names are written into facts and never change.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Stage>))]
public enum Stage
{
    /// <summary>Every file the message names is there and has the declared hash.</summary>
    [JsonStringEnumMemberName("checksum")] Checksum,

    /// <summary>Every recording decodes, the cover decodes, and what they really are is written down.</summary>
    [JsonStringEnumMemberName("audio")] Audio,

    /// <summary>The rules on what the message says, against what the audio is.</summary>
    [JsonStringEnumMemberName("metadata")] Metadata,

    /// <summary>The claims on identifiers and on the sound itself: decided between entities, not by a function.</summary>
    [JsonStringEnumMemberName("rights")] Rights,

    /// <summary>Everything is read back from the vault once more and bound in an archive document.</summary>
    [JsonStringEnumMemberName("archive")] Archive,
}

/// <summary>
/// All a stage depends on. Two runs with one <see cref="Digest"/> are the same run, so its conclusive outcome may be
/// kept and a run after a crash is a read.
/// </summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Stage">Which.</param>
/// <param name="Delivery">The vault document that lists the delivery's files (<see cref="DeliveryContents"/>).</param>
/// <param name="Earlier">Result documents of the stages before this one, in stage order.</param>
/// <param name="AsOf">The day the rules are asked about, from the delivery's receipt: never the clock of the run.</param>
/// <param name="Rules">Version of rules and tools, see <see cref="StageVersions"/>.</param>
public sealed record StageInput(
    TenantId Tenant, Stage Stage, Sha256Digest Delivery, IReadOnlyList<Sha256Digest> Earlier, DateOnly AsOf, string Rules)
{
    /// <summary>SHA-256 over all of it in canonical JSON.</summary>
    [JsonIgnore]
    public Sha256Digest Digest => Sha256Digest.Of(Pipeline.Audit.Facts.CanonicalJson.Encode(this, StageJson.Default.StageInput));
}

/// <summary>How a stage ended.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(Passed), "passed")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(Inconclusive), "inconclusive")]
public abstract record StageOutcome
{
    private StageOutcome()
    {
    }

    /// <summary>Goes on. <paramref name="Result"/> is the vault document with what was measured.</summary>
    public sealed record Passed(Sha256Digest Result, IReadOnlyList<Finding> Findings) : StageOutcome;

    /// <summary>The input is at fault: at least one finding blocks or rejects.</summary>
    public sealed record Failed(IReadOnlyList<Finding> Findings) : StageOutcome;

    /// <summary>We are at fault (a tool died, the disk failed): tried again, a bounded number of times, never kept.</summary>
    public sealed record Inconclusive(string Why) : StageOutcome;
}

/// <summary>One file of a delivery.</summary>
/// <param name="Path">Relative path as delivered, with <c>/</c>; checked by the catalogue rules, never used on a disk of ours.</param>
/// <param name="Sha256">What we computed while receiving.</param>
/// <param name="SizeBytes">Length.</param>
public sealed record DeliveredFile(string Path, Sha256Digest Sha256, long SizeBytes);

/// <summary>
/// The vault document that says what was handed in: the message and every file, by path in ordinal order. Its digest is
/// the delivery digest.
/// </summary>
public sealed record DeliveryContents(DeliveredFile Message, IReadOnlyList<DeliveredFile> Files)
{
    /// <summary>Ordinal order, so that one folder has one digest whatever order its files came in.</summary>
    public static DeliveryContents From(DeliveredFile message, IEnumerable<DeliveredFile> files) =>
        new(message, [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)]);

    public byte[] Encode() => Pipeline.Audit.Facts.CanonicalJson.Encode(this, StageJson.Default.DeliveryContents);

    public static DeliveryContents Decode(ReadOnlySpan<byte> document) =>
        System.Text.Json.JsonSerializer.Deserialize(document, StageJson.Default.DeliveryContents)
            ?? throw new InvalidDataException("an empty delivery document");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StageInput))]
[JsonSerializable(typeof(StageOutcome))]
[JsonSerializable(typeof(DeliveryContents))]
[JsonSerializable(typeof(ChecksumResult))]
[JsonSerializable(typeof(AudioResult))]
[JsonSerializable(typeof(MetadataResult))]
[JsonSerializable(typeof(ArchiveResult))]
public sealed partial class StageJson : JsonSerializerContext;
