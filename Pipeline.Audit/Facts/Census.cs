using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Facts;

/// <summary>
/// What the journal holds, counted from the journal and not from the log, written into the log: whoever has the log alone
/// counts its entries and compares. A fact that was kept out of the log would be missed here.
/// </summary>
public sealed record Census : Fact
{
    /// <summary>Entries it speaks of: those with an index below this.</summary>
    public required long AsOf { get; init; }

    /// <summary>Sources that had written by then.</summary>
    public required long Sources { get; init; }

    /// <summary>The sum of their last numbers, which is the number of their facts.</summary>
    public required long Facts { get; init; }

    /// <summary>Sources that are deliveries; likewise <see cref="Releases"/> and <see cref="Uploads"/> that came to an end.</summary>
    public required long Deliveries { get; init; }

    public required long Releases { get; init; }

    public required long Uploads { get; init; }

    /// <summary>Merkle root over the sources and their last numbers; <c>Evidence/CensusCount</c> says how.</summary>
    public required Sha256Digest Root { get; init; }

    public override string GetAsset() => "";
}
