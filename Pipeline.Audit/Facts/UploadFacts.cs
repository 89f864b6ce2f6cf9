using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Facts;

// The fate of an upload. Its creation is state of the spool, not a fact: before the last byte nothing was received.

/// <summary>What an uploader says of a file that is nobody else's business.</summary>
/// <param name="FileName">As sent; never a name on our disks.</param>
/// <param name="Metadata">The whole <c>Upload-Metadata</c>, as sent.</param>
/// <param name="Concat"><c>Upload-Concat</c> as sent; absent for an upload of its own.</param>
public sealed record UploadDetails(string FileName, string Metadata, string? Concat = null);

/// <summary>All bytes are in the vault and the copies that the policy asks for are proven: what "received" means.</summary>
public sealed record UploadCompleted : FactWithPrivatePart<UploadDetails>
{
    public required EntityId Upload { get; init; }

    /// <summary>SHA-256 of the bytes: their name in the vault.</summary>
    public required Sha256Digest Digest { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>The stores that had proven their copy at that moment.</summary>
    public required IReadOnlyList<string> Copies { get; init; }

    /// <summary>In how many failure domains those stores stand.</summary>
    public required int Domains { get; init; }

    /// <summary>How many the installation wants.</summary>
    public required int Wanted { get; init; }

    public override string GetAsset() => "";
}

/// <summary>A delivery brought a received upload into a release's story: until then nothing is done with it.</summary>
public sealed record UploadDelivered : Fact
{
    public required EntityId Upload { get; init; }

    public required EntityId Delivery { get; init; }

    public override string GetAsset() => "";
}

/// <summary>All bytes came, and are not those the uploader declared. They are kept in quarantine, not in the vault.</summary>
public sealed record UploadRefused : FactWithPrivatePart<FindingList>
{
    public required EntityId Upload { get; init; }

    /// <summary>SHA-256 of the bytes that came.</summary>
    public required Sha256Digest Found { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>The rules that spoke.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    public override string GetAsset() => "";
}

/// <summary>An upload is no more: its sender ended it, or its time was over. What was received before stays received.</summary>
public sealed record UploadDiscarded : Fact
{
    public required EntityId Upload { get; init; }

    /// <summary>Bytes that had come.</summary>
    public required long HeldBytes { get; init; }

    /// <summary>
    /// <c>terminated</c> by its sender, <c>expired</c>, <c>lost</c> with the disk that held it; or <c>withdrawn</c> by its
    /// sender after it was received: then its bytes stay in the vault.
    /// </summary>
    public required string Why { get; init; }

    public override string GetAsset() => "";
}
