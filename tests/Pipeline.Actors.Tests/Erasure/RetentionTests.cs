using Pipeline.Actors.Erasure;
using Pipeline.Audit.Facts;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Erasure;

/// <summary>What may be erased at all.</summary>
public sealed class RetentionTests
{
    [Fact]
    public void Of_all_facts_with_a_private_part_splits_and_claims_are_kept_and_the_rest_may_go()
    {
        var sealedFacts = SomeFacts.OfEveryKind.Where(f => FactCodec.ReadOpening(FactCodec.ToJournal(f)).Opening is not null).Select(FactManifest.Of).ToList();
        Assert.Equal(
            sealedFacts.Where(m => m.Split('.')[0] is "split" or "identifier" or "claim"), sealedFacts.Where(m => Retention.KeptBecause(m) is not null));
        Assert.Contains("release.received.1", sealedFacts);
    }

    [Theory, InlineData("payout.approved.1"), InlineData("statement.received.1"), InlineData("released.something.1")]
    public void A_family_that_nobody_named_is_kept(string manifest) => Assert.NotNull(Retention.KeptBecause(manifest));
}
