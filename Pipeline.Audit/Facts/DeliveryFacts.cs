using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Facts;

// The life of a delivery: a message with its files, handed in. Rounds count the times one message came with other files.

/// <summary>What a delivery says of itself that is nobody else's business.</summary>
public sealed record DeliveryDetails(string Sender, string MessageId, string FileName, string Title, string Artist);

/// <summary>The findings behind an outcome.</summary>
public sealed record FindingList(IReadOnlyList<Finding> Findings)
{
    public static readonly FindingList None = new([]);
}

/// <summary>All bytes are durable and hashed; this is what "202 Accepted" means.</summary>
public sealed record DeliveryReceived : FactWithPrivatePart<DeliveryDetails>
{
    public required EntityId Delivery { get; init; }

    public required int Round { get; init; }

    /// <summary>The release it speaks of; null when the message could not be read that far.</summary>
    public EntityId? Release { get; init; }

    /// <summary>The vault document that lists message and files: the delivery digest.</summary>
    public required Sha256Digest Contents { get; init; }

    /// <summary>SHA-256 of the message.</summary>
    public required Sha256Digest Message { get; init; }

    /// <summary>The sender's creation instant, ms since 1970 UTC; 0 when the message could not be read that far.</summary>
    public required long Created { get; init; }

    public required int Files { get; init; }

    public required long TotalBytes { get; init; }

    public override string GetAsset() => Release?.Text ?? "";
}

/// <summary>The release took it over: from here its fate is the release's.</summary>
public sealed record DeliveryApplied : Fact
{
    public required EntityId Delivery { get; init; }

    public required int Round { get; init; }

    public required EntityId Release { get; init; }

    public required int Revision { get; init; }

    public override string GetAsset() => Release.Text;
}

/// <summary>Older than what the release already knows: kept, without effect.</summary>
public sealed record DeliverySuperseded : Fact
{
    public required EntityId Delivery { get; init; }

    public required int Round { get; init; }

    public required EntityId Release { get; init; }

    public override string GetAsset() => Release.Text;
}

/// <summary>Refused, nothing applied; the bytes are kept with the findings.</summary>
public sealed record DeliveryRejected : FactWithPrivatePart<FindingList>
{
    public required EntityId Delivery { get; init; }

    public required int Round { get; init; }

    public EntityId? Release { get; init; }

    /// <summary>The rules that spoke; rule ids name no person.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    public override string GetAsset() => Release?.Text ?? "";
}
