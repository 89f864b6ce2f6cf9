using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Ingest.Tests.Vault;

public sealed class CopyPolicyTests
{
    private static PlacedStore Store(string name, string domain, StoreAccess access = StoreAccess.ReadWrite) => new(name, domain, access);

    private static CopyPolicy Policy(int? copies, params PlacedStore[] stores) =>
        CopyPolicy.For(stores, copies) is ({ } policy, _) ? policy : throw new InvalidOperationException("no policy");

    [Fact]
    public void A_store_alone_is_all_there_is()
    {
        var policy = Policy(null, Store("primary", "a"));
        Assert.Equal((1, 1), (policy.Required, policy.Wanted));
        Assert.True(policy.IsEnough(["primary"]));
        Assert.False(policy.IsEnough([]));
    }

    [Fact]
    public void Two_domains_are_required_by_default_and_a_third_is_wanted()
    {
        var policy = Policy(null, Store("primary", "a"), Store("replica-1", "b"), Store("replica-2", "c"));
        Assert.Equal((2, 3), (policy.Required, policy.Wanted));
        var custody = policy.Judge(Sha256Digest.Of("x"u8), 1, ["replica-2", "primary"]);
        Assert.Equal((2, 3), (custody.Domains, custody.Wanted));
        Assert.Equal(["primary", "replica-2"], custody.Copies);
    }

    [Fact]
    public void Copies_in_one_domain_count_once()
    {
        var policy = Policy(null, Store("primary", "a"), Store("replica-1", "a"), Store("replica-2", "b"));
        Assert.Equal((2, 2), (policy.Required, policy.Wanted));
        Assert.False(policy.IsEnough(["primary", "replica-1"]));
        Assert.True(policy.IsEnough(["replica-1", "replica-2"]));
    }

    [Fact]
    public void A_replica_in_the_domain_of_the_primary_adds_nothing() =>
        Assert.Equal(1, Policy(null, Store("primary", "a"), Store("replica-1", "a")).Required);

    [Fact]
    public void A_copy_that_nobody_can_read_back_counts_for_nothing()
    {
        var policy = Policy(null, Store("primary", "a"), Store("replica-1", "b", StoreAccess.WriteOnly));
        Assert.Equal((1, 1), (policy.Required, policy.Wanted));
        Assert.Equal(0, policy.DomainsOf(["replica-1"]));
        Assert.Equal(2, Policy(null, Store("primary", "a"), Store("replica-1", "b", StoreAccess.WriteOnlyWithReader)).Required);
    }

    [Fact]
    public void A_policy_that_nothing_could_meet_is_refused()
    {
        Assert.Null(CopyPolicy.For([Store("primary", "a"), Store("replica-1", "a")], 2).Policy);
        Assert.Null(CopyPolicy.For([Store("primary", "a"), Store("replica-1", "b", StoreAccess.WriteOnly)], 2).Policy);
        Assert.Null(CopyPolicy.For([Store("primary", "a", StoreAccess.WriteOnly)], null).Policy);
        Assert.Null(CopyPolicy.For([Store("primary", "a")], 0).Policy);
    }

    private static readonly Gen<PlacedStore[]> Stores =
        from count in Gen.Choose(1, 6)
        from domains in Gen.Choose(0, 3).ArrayOf(count)
        from accesses in Gen.Elements(Enum.GetValues<StoreAccess>()).ArrayOf(count)
        select domains.Select((d, i) => Store($"s{i}", $"d{d}", accesses[i])).ToArray();

    private static Gen<(PlacedStore[] Stores, int? Copies, string[] Proven)> Cases =>
        from stores in Stores
        from copies in Gen.Choose(0, 4)
        from proven in Gen.SubListOf(stores.Select(s => s.Name).Append("a stranger").ToArray())
        select (stores, copies == 0 ? (int?)null : copies, proven.ToArray());

    [Property(MaxTest = 1000)]
    public Property Domains_are_counted_as_a_set_and_every_policy_can_be_met_and_missed() =>
        Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            // The definition once more, by brute force.
            var provable = c.Stores.Where(s => s.Access != StoreAccess.WriteOnly).ToList();
            var all = provable.GroupBy(s => s.Domain).Count();
            var (policy, problem) = CopyPolicy.For(c.Stores, c.Copies);
            if (policy is null)
            {
                return problem.Length > 0 && (all == 0 || c.Copies > all);
            }
            var domains = provable.Where(s => c.Proven.Contains(s.Name)).GroupBy(s => s.Domain).Count();
            return policy.DomainsOf(c.Proven) == domains
                && policy.DomainsOf(c.Proven.Concat(c.Proven)) == domains
                && policy.IsEnough(c.Proven) == (domains >= policy.Required)
                && policy.Required >= 1 && policy.Required <= policy.Wanted && policy.Wanted == all
                && policy.Required == (c.Copies ?? Math.Min(2, all))
                && policy.IsEnough(c.Stores.Select(s => s.Name)) && !policy.IsEnough([]);
        });

    [Property(MaxTest = 1000)]
    public Property A_further_proven_copy_never_makes_an_object_less_safe() =>
        Prop.ForAll(Cases.ToArbitrary(), c => CopyPolicy.For(c.Stores, c.Copies).Policy is not { } policy
            || c.Stores.All(s => policy.DomainsOf(c.Proven.Append(s.Name)) - policy.DomainsOf(c.Proven) is 0 or 1));
}
