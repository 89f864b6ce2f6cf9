using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Patrol;

// What the tables of the vault hold. Column names are these, in small letters; instants are milliseconds since 1970 UTC.

/// <summary>A copy that is to be read.</summary>
/// <param name="Expected">1 when the copy was proven once, so that its absence is damage and not merely a copy to be made.</param>
public sealed record CopyToRead(string Digest, string Store, string State, long Expected, long Checked, long Size)
{
    public Sha256Digest Id => Sha256Digest.Parse(Digest);
}

/// <summary>A copy that is not as it should be.</summary>
public sealed record BadCopyRow(string Digest, string Store, string State, long Expected, string Blocks, string Problem, long Checked);

/// <summary>How many copies of a store stand how.</summary>
/// <remarks>Properties, not a constructor: counted columns of an empty result have no type that one could match.</remarks>
public sealed record StoreCountRow
{
    public string Store { get; init; } = "";

    public string State { get; init; } = "";

    public long Copies { get; init; }

    public long Bytes { get; init; }
}

/// <summary>The vault in numbers.</summary>
/// <param name="BelowWanted">Objects with proven copies in fewer failure domains than wanted.</param>
/// <param name="Unread">Copies that were never read by the patrol.</param>
/// <param name="OldestCheckOrNone">Of any copy that was read; <see cref="None"/> when none was.</param>
public sealed record VaultCounts(long Objects, long Bytes, long BelowWanted, long Unread, long OldestCheckOrNone)
{
    /// <summary>No instant.</summary>
    public const long None = -1;

    public long? OldestCheck => OldestCheckOrNone == None ? null : OldestCheckOrNone;
}

/// <summary>The words for <c>vault_copy.state</c> beside those of a read.</summary>
public static class CopyWords
{
    /// <summary>Should be there; nobody has said or seen that it is.</summary>
    public const string Unread = "unread";

    public const string Ok = "ok";
}
