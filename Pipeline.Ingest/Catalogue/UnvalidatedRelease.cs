namespace Pipeline.Ingest.Catalogue;

// What a message says, before any rule has judged it: every value as text, exactly as found, with its place. The rules
// turn these into the types of the vocabulary; until then nothing here is trusted.

/// <summary>A value and where it stood: an XPath for ERN, a JSON pointer for release.json.</summary>
public sealed record Stated(string Value, string Place);

/// <summary>One release as one message states it (ERN 4.3 audio album or single, or <c>release.json</c>).</summary>
/// <param name="Format"><c>ern/43</c>, <c>ern/431</c>, <c>ern/432</c> or <c>release.json/1</c>.</param>
/// <param name="Sender">ERN: the sender's DPID; release.json: its <c>sender</c>.</param>
/// <param name="MessageId">ERN: MessageId; release.json: <c>id#revision</c>.</param>
/// <param name="Created">MessageCreatedDateTime; release.json: <c>created</c>. An instant.</param>
/// <param name="IsTest">MessageControlType TestMessage: validated fully, applied never.</param>
public sealed record UnvalidatedRelease(
    string Format,
    Stated? Sender,
    Stated? MessageId,
    Stated? Created,
    bool IsTest,
    Stated? Grid,
    Stated? Gtin,
    Stated? ProprietaryId,
    Stated? Title,
    Stated? DisplayArtist,
    IReadOnlyList<UnvalidatedArtist> Artists,
    Stated? ReleaseDate,
    Stated? OriginalReleaseDate,
    IReadOnlyList<UnvalidatedTrack> Tracks,
    IReadOnlyList<UnvalidatedImage> Images,
    string Place);

/// <param name="Role"><c>MainArtist</c>, <c>FeaturedArtist</c>, … (DisplayArtistRole).</param>
public sealed record UnvalidatedArtist(Stated Name, Stated Role);

/// <param name="Reference">ERN ResourceReference; release.json: <c>T1</c>, <c>T2</c>, … by position.</param>
/// <param name="Number">1-based position in the release.</param>
/// <param name="Duration">ISO 8601 duration as stated.</param>
public sealed record UnvalidatedTrack(
    string Reference,
    int Number,
    Stated? Isrc,
    Stated? Title,
    Stated? DisplayArtist,
    IReadOnlyList<UnvalidatedArtist> Artists,
    Stated? Duration,
    Stated? PLineYear,
    UnvalidatedFile? File,
    int Splits,
    string Place);

public sealed record UnvalidatedImage(string Reference, UnvalidatedFile? File, string Place);

/// <summary>A file a message names, with the hashes it declares.</summary>
public sealed record UnvalidatedFile(Stated Path, IReadOnlyList<UnvalidatedHash> Hashes);

/// <param name="Encoding"><c>hex</c> or <c>base64</c>, as stated (DDEX DataType); null when not stated.</param>
public sealed record UnvalidatedHash(Stated Algorithm, Stated Value, string? Encoding);
