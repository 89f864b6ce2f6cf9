namespace Pipeline.Ingest.Catalogue;

// What a message says, before any rule has judged it: every value as text, exactly as found, with its place. The rules
// turn these into the types of the vocabulary; until then nothing here is trusted.

/// <summary>A value and where it stood.</summary>
public sealed record Stated(string Value, Place Place);

/// <summary>One release as one message states it: ERN of any version we read, or <c>release.json</c>.</summary>
/// <param name="Format"><c>ern/381</c> to <c>ern/432</c>, or <c>release.json/1</c>.</param>
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
    Place Place)
{
    /// <summary>ERN: the party in whose name the sender speaks (SentOnBehalfOf), by DPID.</summary>
    public Stated? OnBehalfOf { get; init; }

    /// <summary>ParentalWarningType of the release.</summary>
    public Stated? ParentalWarning { get; init; }

    /// <summary>The C-lines; the year may be empty.</summary>
    public IReadOnlyList<UnvalidatedLine> CLines { get; init; } = [];

    /// <summary>
    /// Identifiers beside those above: of related releases, discs and tracks, of works, parties and recipients. What
    /// they name is not this release, but a wrong one is wrong all the same.
    /// </summary>
    public IReadOnlyList<UnvalidatedIdentifier> Identifiers { get; init; } = [];

    /// <summary>Under what terms, where and when. None for <c>release.json</c>, which is no offer.</summary>
    public IReadOnlyList<UnvalidatedDeal> Deals { get; init; } = [];

    /// <summary>Every claim on a share in the message, of its tracks and of whatever else it describes.</summary>
    public IReadOnlyList<UnvalidatedShare> Shares { get; init; } = [];

    /// <summary>Elements that are not part of this model, kept by their place in the message.</summary>
    public IReadOnlyList<UnreadElement> Unread { get; init; } = [];

    /// <summary>True for any version of ERN.</summary>
    public bool IsErn => Format.StartsWith("ern/", StringComparison.Ordinal);

    /// <summary>True for versions 3.x, whose roles and flags differ.</summary>
    public bool IsErn3 => Format.StartsWith("ern/3", StringComparison.Ordinal);
}

/// <param name="Role"><c>MainArtist</c>, <c>FeaturedArtist</c>, … (DisplayArtistRole; 3.x: ArtistRole).</param>
public sealed record UnvalidatedArtist(Stated Name, Stated Role);

/// <param name="Reference">ERN ResourceReference; release.json: <c>T1</c>, <c>T2</c>, … by position.</param>
/// <param name="Number">1-based position in the release.</param>
/// <param name="Duration">ISO 8601 duration as stated.</param>
/// <param name="Splits">How many claims on the recording the message brings.</param>
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
    Place Place)
{
    /// <summary>True for a video: its sound is not looked at, so it never passes for a recording.</summary>
    public bool IsVideo { get; init; }

    /// <summary>The line of PLineYear as a whole; null when only the year was stated, or nothing.</summary>
    public Stated? PLineText { get; init; }

    /// <summary>ParentalWarningType of the recording.</summary>
    public Stated? ParentalWarning { get; init; }

    /// <summary>LanguageOfPerformance.</summary>
    public IReadOnlyList<Stated> Languages { get; init; } = [];

    public bool IsInstrumental { get; init; }

    /// <summary>ISWCs of the works that the recording performs.</summary>
    public IReadOnlyList<Stated> Iswcs { get; init; } = [];

    /// <summary>What the message claims of the recording or of its works.</summary>
    public IReadOnlyList<UnvalidatedShare> Shares { get; init; } = [];

    /// <summary>Every edition of the recording; the values above are of one of them.</summary>
    public IReadOnlyList<UnvalidatedEdition> Editions { get; init; } = [];
}

/// <summary>One edition of a recording (stereo, immersive, …): each has its own ISRC and file.</summary>
public sealed record UnvalidatedEdition(Stated? Isrc, UnvalidatedLine? PLine, UnvalidatedFile? File, Place Place);

public sealed record UnvalidatedImage(string Reference, UnvalidatedFile? File, Place Place);

/// <summary>A file a message names, with the hashes it declares.</summary>
public sealed record UnvalidatedFile(Stated Path, IReadOnlyList<UnvalidatedHash> Hashes);

/// <param name="Encoding"><c>hex</c> or <c>base64</c>, as stated (DDEX DataType); null when not stated.</param>
public sealed record UnvalidatedHash(Stated Algorithm, Stated Value, string? Encoding);
