using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Facts;

// Recordings, and the claims on what must be unique: ISRC, barcode, and the sound itself.

/// <summary>How an edition calls itself; compared when one ISRC comes with other audio.</summary>
public sealed record EditionDetails(string Title, string Artist, string Isrc);

/// <summary>The contested or claimed identifier in the clear.</summary>
public sealed record ClaimedIdentifier(string Identifier);

/// <summary>A recording has one more form: first seen, or other bytes or another release of the same recording.</summary>
public sealed record EditionAdded : FactWithPrivatePart<EditionDetails>
{
    public required EntityId Recording { get; init; }

    public required EntityId Release { get; init; }

    public required int Revision { get; init; }

    /// <summary>The message's reference of the track.</summary>
    public required string Reference { get; init; }

    public required Sha256Digest File { get; init; }

    public required Sha256Digest Pcm { get; init; }

    public required long Samples { get; init; }

    public required int RateHz { get; init; }

    public override string GetAsset() => Recording.Text;
}

/// <summary>An identifier is held, or held by one more release of the same holder.</summary>
public sealed record IdentifierClaimed : FactWithPrivatePart<ClaimedIdentifier>
{
    /// <summary><c>isrc</c>, <c>gtin</c> or <c>pcm</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>(tenant, sender) as an id.</summary>
    public required EntityId Holder { get; init; }

    /// <summary>The recording (isrc, pcm) or release (gtin) the identifier stands for.</summary>
    public required EntityId Subject { get; init; }

    public required EntityId Release { get; init; }

    public override string GetAsset() => Subject.Text;
}

/// <summary>Somebody else, or another recording, holds it: a case for people. Nobody waits.</summary>
public sealed record ClaimConflicted : FactWithPrivatePart<ClaimedIdentifier>
{
    public required string Kind { get; init; }

    public required EntityId Case { get; init; }

    public required EntityId Holder { get; init; }

    public required EntityId Subject { get; init; }

    public required EntityId Release { get; init; }

    public override string GetAsset() => Subject.Text;
}

/// <summary>A release gave its claim back.</summary>
public sealed record IdentifierReleased : Fact
{
    public required string Kind { get; init; }

    public required EntityId Holder { get; init; }

    public required EntityId Subject { get; init; }

    public required EntityId Release { get; init; }

    public override string GetAsset() => Subject.Text;
}
