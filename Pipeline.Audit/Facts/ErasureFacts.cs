namespace Pipeline.Audit.Facts;

// Erasure destroys what lies behind a commitment: the private part and its salt. The leaf stays to the byte, so that the log
// proves what was recorded, that it was erased, when and why, and no more.

/// <summary>These private parts are to be destroyed. Durable before the first of them is.</summary>
public sealed record ErasureOrdered : Fact
{
    /// <summary>Positions of the entries in the log, ascending.</summary>
    public required IReadOnlyList<long> Entries { get; init; }

    /// <summary>One of <see cref="ErasureReason"/>.</summary>
    public required string Reason { get; init; }

    public override string GetAsset() => "";
}

/// <summary>
/// They are destroyed: neither the journal nor anything derived from it holds them. Said again by a database that was
/// restored from before the erasure, once it has repeated it.
/// </summary>
public sealed record ErasureDone : Fact
{
    /// <summary>Which fact of this source ordered it, counted from 1.</summary>
    public required long Order { get; init; }

    /// <summary>Positions of the entries in the log, as they were ordered.</summary>
    public required IReadOnlyList<long> Entries { get; init; }

    /// <summary>How many of them still had their private part.</summary>
    public required long Destroyed { get; init; }

    public override string GetAsset() => "";
}

/// <summary>Why something was erased, in words of the public part: no free text, for a person could stand in it.</summary>
public static class ErasureReason
{
    /// <summary>The person whom it is about asked for it (GDPR, article 17).</summary>
    public const string Request = "request";

    /// <summary>The time for which it had to be kept is over.</summary>
    public const string Expired = "expired";

    /// <summary>A court or an authority ordered it.</summary>
    public const string Order = "order";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Request, Expired, Order];
}

/// <summary>What people are shown where a private part was.</summary>
public static class ErasedText
{
    public const string Shown = "(erased)";
}
