using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Facts;

// The life of a release, in the order of its stages. A revision is one input: a message with its files.

/// <summary>What the release calls itself.</summary>
public sealed record ReleaseDetails(string Title, string Artist, string Sender, string MessageId);

/// <summary>Why somebody answered a quarantine or withdrew a release.</summary>
public sealed record Reason(string Text);

public abstract record ReleaseFact : Fact
{
    public required EntityId Release { get; init; }

    public required int Revision { get; init; }

    public override string GetAsset() => Release.Text;
}

public abstract record ReleaseFactWithPrivatePart<T> : FactWithPrivatePart<T>
    where T : class
{
    public required EntityId Release { get; init; }

    public required int Revision { get; init; }

    public override string GetAsset() => Release.Text;
}

/// <summary>The release took a delivery as its input; the stages begin.</summary>
public sealed record ReleaseReceived : ReleaseFactWithPrivatePart<ReleaseDetails>
{
    public required EntityId Delivery { get; init; }

    public required int Round { get; init; }

    public required Sha256Digest Contents { get; init; }

    public required Sha256Digest Message { get; init; }

    /// <summary>The sender's MessageCreatedDateTime in milliseconds since 1970 UTC: what orders messages.</summary>
    public required long Created { get; init; }

    /// <summary>The day the rules are asked about, <c>YYYY-MM-DD</c>.</summary>
    public required string AsOf { get; init; }
}

/// <summary>Written before a stage runs, so that a file that kills a node is counted and stops after five.</summary>
public sealed record StageAttempted : ReleaseFact
{
    public required string Stage { get; init; }

    public required int Attempt { get; init; }

    public required Sha256Digest Input { get; init; }
}

/// <summary>A stage passed. <see cref="Result"/> is the vault document with what was measured.</summary>
public abstract record StagePassed : ReleaseFactWithPrivatePart<FindingList>
{
    public required Sha256Digest Input { get; init; }

    public required Sha256Digest Result { get; init; }
}

public sealed record ChecksumsVerified : StagePassed;

public sealed record AudioInspected : StagePassed;

public sealed record MetadataVerified : StagePassed;

public sealed record RightsCleared : StagePassed;

/// <summary>A fate: every object was read back and bound in the archive document <see cref="StagePassed.Result"/>.</summary>
public sealed record ReleaseArchived : StagePassed;

/// <summary>Open, not a fate: waits for the sender or the label.</summary>
public sealed record ReleaseQuarantined : ReleaseFactWithPrivatePart<FindingList>
{
    public required string Stage { get; init; }

    public required IReadOnlyList<string> Rules { get; init; }
}

/// <summary>A quarantine found its answer: a completed or corrected delivery, or a person's word.</summary>
public sealed record QuarantineResolved : ReleaseFactWithPrivatePart<Reason>;

/// <summary>A fate: this revision is refused.</summary>
public sealed record ReleaseRejected : ReleaseFactWithPrivatePart<FindingList>
{
    public required string Stage { get; init; }

    public required IReadOnlyList<string> Rules { get; init; }
}

/// <summary>A fate: its sender took it back.</summary>
public sealed record ReleaseWithdrawn : ReleaseFactWithPrivatePart<Reason>;

/// <summary>After a rejection or withdrawal: every claim of this release is free again.</summary>
public sealed record ReleaseClaimsFreed : ReleaseFact;
