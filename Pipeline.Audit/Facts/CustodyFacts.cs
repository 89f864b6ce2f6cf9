using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Facts;

// What the patrol saw of the bytes themselves. Objects belong to the installation, not to a tenant: several may own one.

/// <summary>Every copy of every object was read in full once since the last such fact.</summary>
public sealed record PatrolRound : Fact
{
    /// <summary>Counts from 1.</summary>
    public required int Round { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public required long Started { get; init; }

    public required long Objects { get; init; }

    /// <summary>Copies read, or looked for in vain.</summary>
    public required long Copies { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Copies that were missing, unreadable, or not their name's bytes.</summary>
    public required long Damaged { get; init; }

    public required long Repaired { get; init; }

    /// <summary>Objects with fewer proven copies than wanted, at the end.</summary>
    public required long BelowWanted { get; init; }

    public override string GetAsset() => "";
}

/// <summary>A copy is not what its name says.</summary>
public sealed record CopyDamaged : Fact
{
    public required Sha256Digest Digest { get; init; }

    /// <summary>Name of the store.</summary>
    public required string Store { get; init; }

    /// <summary><c>missing</c>, <c>mismatch</c> or <c>unreadable</c>.</summary>
    public required string State { get; init; }

    /// <summary>What the bytes hash to; absent when there were none to read.</summary>
    public Sha256Digest? Found { get; init; }

    /// <summary>Numbers of the broken blocks of 1 MiB, counted from 0, the first hundred; empty when not known.</summary>
    public required IReadOnlyList<long> Blocks { get; init; }

    public override string GetAsset() => "";
}

/// <summary>A damaged copy was replaced from a freshly proven one, and read again.</summary>
public sealed record CopyRepaired : Fact
{
    public required Sha256Digest Digest { get; init; }

    public required string Store { get; init; }

    /// <summary>
    /// The store whose copy was proven by a fresh read and copied; the same as <see cref="Store"/> where somebody else
    /// restored the copy and it was found whole.
    /// </summary>
    public required string Source { get; init; }

    public override string GetAsset() => "";
}

/// <summary>Bytes that nothing owned were moved to <c>unclaimed/</c>, where they stay.</summary>
public sealed record BytesUnclaimed : Fact
{
    /// <summary>Name of the store or spool they were found in.</summary>
    public required string Store { get; init; }

    /// <summary>Their name there; never a name given by a user.</summary>
    public required string Name { get; init; }

    public required long SizeBytes { get; init; }

    public override string GetAsset() => "";
}
