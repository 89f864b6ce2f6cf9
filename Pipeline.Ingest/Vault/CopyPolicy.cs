using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>A store as the policy sees it.</summary>
/// <param name="Name">As in <see cref="IObjectStore.Name"/>.</param>
/// <param name="Domain">What fails together.</param>
public sealed record PlacedStore(string Name, string Domain, StoreAccess Access)
{
    public static PlacedStore Of(IObjectStore store) => new(store.Name, store.Domain, store.Access);

    /// <summary>Can anybody here read a copy back? Without that no copy in it is ever proven.</summary>
    public bool IsProvable => Access is not StoreAccess.WriteOnly;
}

/// <summary>
/// When an object is safe: in how many failure domains its copies are proven. Copies in one domain count once, since
/// one fire takes them together; a copy nobody has read back counts for nothing.
/// </summary>
/// <remarks>Pure. <see cref="Required"/> never exceeds what can be proven: a policy that nothing could ever meet is
/// refused where it is made, not met by nobody.</remarks>
public sealed record CopyPolicy
{
    /// <summary>Domains that are required by default where there is more than one.</summary>
    public const int DefaultRequiredDomains = 2;

    private readonly Dictionary<string, PlacedStore> _stores;

    private CopyPolicy(IReadOnlyList<PlacedStore> stores, int required, int wanted)
    {
        _stores = stores.ToDictionary(s => s.Name, StringComparer.Ordinal);
        (Required, Wanted) = (required, wanted);
    }

    /// <summary>Domains that must be proven before anybody is told "received"; at least 1.</summary>
    public int Required { get; }

    /// <summary>Domains that the installation wants in the end: every one that can be proven. Fewer is shown everywhere.</summary>
    public int Wanted { get; }

    /// <param name="copies">Domains to require; null for the default: 1 alone, else 2 where two can be proven.</param>
    /// <returns>The policy, or why there can be none.</returns>
    public static (CopyPolicy? Policy, string Problem) For(IReadOnlyList<PlacedStore> stores, int? copies)
    {
        Invariant.Require(stores.Count > 0, "a vault has at least one store");
        Invariant.Require(
            stores.Select(s => s.Name).Distinct(StringComparer.Ordinal).Count() == stores.Count, "every store has a name of its own");
        var provable = stores.Where(s => s.IsProvable).Select(s => s.Domain).Distinct(StringComparer.Ordinal).Count();
        if (provable == 0)
        {
            return (null, "no store can be read back, so no copy could ever be proven");
        }
        if (copies < 1)
        {
            return (null, $"{copies} copies are asked for: at least 1");
        }
        if (copies > provable)
        {
            return (null, $"{copies} copies are asked for, and the stores stand in {provable} failure domains whose copies can be proven: nothing could ever be received");
        }
        return (new CopyPolicy(stores, copies ?? Math.Min(DefaultRequiredDomains, provable), provable), "");
    }

    /// <summary>Distinct domains of the named stores. A name that is not ours counts for nothing.</summary>
    /// <param name="proven">Names of stores whose copy is proven.</param>
    public int DomainsOf(IEnumerable<string> proven) =>
        proven.Select(name => _stores.GetValueOrDefault(name))
            .Where(store => store is { IsProvable: true })
            .Select(store => store!.Domain)
            .Distinct(StringComparer.Ordinal)
            .Count();

    /// <summary>May somebody be told "received"?</summary>
    public bool IsEnough(IEnumerable<string> proven) => DomainsOf(proven) >= Required;

    /// <summary>What is proven of an object, in the words of a fact: store names in ordinal order.</summary>
    public Custody Judge(Sha256Digest id, long sizeBytes, IReadOnlyCollection<string> proven) =>
        new(id, sizeBytes, [.. proven.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], DomainsOf(proven), Wanted);
}
