namespace Pipeline.Actors.Patrol;

// What the API answers about the vault and `mp vault` prints. Objects are named by digest; no answer names a tenant's files.

/// <summary>One store.</summary>
/// <param name="Domain">What fails together.</param>
/// <param name="Access"><c>read-write</c>, <c>write-only</c> or <c>write-only-with-reader</c>.</param>
/// <param name="Copies">That should be there.</param>
/// <param name="Proven">That were read back whole, or proven when they were received.</param>
/// <param name="Unread">Never read by the patrol.</param>
/// <param name="Bad">Missing, other bytes, or unreadable.</param>
/// <param name="Offers">What the store does beyond keeping bytes, as far as it was found out: <c>versioning</c>, …</param>
/// <param name="Away">Why it does not answer now; absent when it does.</param>
public sealed record StoreAnswer(
    string Store, string Domain, string Access, long Copies, long Bytes, long Proven, long Unread, long Bad,
    IReadOnlyList<string> Offers, string? Away);

/// <summary>How the vault stands.</summary>
/// <param name="Wanted">Failure domains in which each object should have a proven copy.</param>
/// <param name="BelowWanted">Objects that have fewer.</param>
/// <param name="Bad">Copies that are bad or still to be made.</param>
/// <param name="Unread">Copies that the patrol never read.</param>
/// <param name="OldestCheck">Instant of the oldest read among the copies that were read, ISO 8601 UTC; absent when none was.</param>
public sealed record VaultAnswer(
    IReadOnlyList<StoreAnswer> Stores, long Objects, long Bytes, int Wanted, long BelowWanted, long Bad, long Unread, string? OldestCheck)
{
    /// <summary>True when nobody needs to do anything.</summary>
    public bool Well => BelowWanted == 0 && Bad == 0 && Stores.All(s => s.Away is null);
}

/// <summary>One copy that is not as it should be.</summary>
/// <param name="State"><c>missing</c>, <c>mismatch</c>, <c>unreadable</c>; <c>wanted</c> for a copy that was never made.</param>
/// <param name="Blocks">Numbers of the broken blocks of 1 MiB, from 0; empty when not known.</param>
/// <param name="Owners">Ids of the releases, deliveries and uploads it belongs to.</param>
/// <param name="Problem">What the medium said.</param>
/// <param name="Remedy">What to do.</param>
public sealed record BadCopyAnswer(
    string Digest, string Store, string State, IReadOnlyList<long> Blocks, IReadOnlyList<string> Owners, string Problem, string Remedy);

/// <summary>An order and how far it is.</summary>
/// <param name="Patrol">Another one after a restart: its runs are not this one's.</param>
/// <param name="Order"><c>scrub</c> or <c>repair</c>.</param>
/// <param name="Problem">Why it ended before its end; absent otherwise.</param>
public sealed record VaultRunAnswer(
    long Patrol, long Run, string Order, bool Running, long Copies, long CopiesRead, long Bytes, long BytesRead, string? Problem);
