using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Stages;

// What each stage leaves behind for the next: canonical JSON documents in the vault. Integers and strings only.

/// <summary>One file of the release that the message names, found and verified.</summary>
/// <param name="Reference">The message's own reference (ERN ResourceReference, or the track's place in release.json).</param>
/// <param name="Kind"><c>audio</c> or <c>image</c>.</param>
/// <param name="Verified">The algorithms whose declared value agreed, e.g. <c>MD5</c>; empty when none was declared.</param>
public sealed record VerifiedFile(
    string Reference, string Kind, string Path, Sha256Digest Sha256, long SizeBytes, IReadOnlyList<string> Verified);

public sealed record ChecksumResult(IReadOnlyList<VerifiedFile> Files);

/// <summary>What one recording really is, from its decoded samples.</summary>
/// <param name="Reference">As in <see cref="VerifiedFile"/>.</param>
/// <param name="Container"><c>flac</c>, <c>wav</c>, <c>rf64</c>, <c>aiff</c>, … as sniffed from the bytes.</param>
/// <param name="Codec">ffmpeg's name, e.g. <c>pcm_s24le</c>.</param>
/// <param name="SampleRateHz">Samples per second and channel.</param>
/// <param name="BitsPerSample">As stored; 0 for a lossy codec.</param>
/// <param name="SamplesPerChannel">Decoded, not claimed.</param>
/// <param name="PcmSha256">SHA-256 of the interleaved decoded samples, signed 32-bit little endian: the identity of the
/// sound whatever the container.</param>
/// <param name="Silent">1 when every sample is zero: exempt from the claim on the sound.</param>
public sealed record RecordingFacts(
    string Reference, Sha256Digest Sha256, string Container, string Codec, int SampleRateHz, int Channels,
    int BitsPerSample, long SamplesPerChannel, Sha256Digest PcmSha256, int Silent)
{
    /// <summary>From decoded samples, rounded down.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long DurationMilliseconds => SampleRateHz == 0 ? 0 : SamplesPerChannel * 1000 / SampleRateHz;
}

/// <summary>What the cover really is.</summary>
public sealed record ImageFacts(string Reference, Sha256Digest Sha256, string Container, int WidthPixels, int HeightPixels);

public sealed record AudioResult(IReadOnlyList<RecordingFacts> Recordings, IReadOnlyList<ImageFacts> Images);

/// <summary>What the later floors need of the message once the rules have passed it. Personal data: stays in the vault.</summary>
public sealed record MetadataResult(
    string Title, string DisplayArtist, string Sender, string? Grid, string? Gtin, string? ProprietaryId,
    IReadOnlyList<TrackMetadata> Tracks);

/// <summary>One track. <paramref name="Isrc"/> is null when none was given and the rules let that pass.</summary>
public sealed record TrackMetadata(string Reference, int Number, string Title, string DisplayArtist, string? Isrc);

/// <summary>What was archived: every object read back and hashed again, by id.</summary>
public sealed record ArchiveResult(Sha256Digest Delivery, IReadOnlyList<Sha256Digest> Objects, long TotalBytes);
