using Pipeline.Actors.Projections;
using Pipeline.Audit.Evidence;
using Pipeline.Audit.Facts;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Projections;

/// <summary>When the journal is counted, and what is written of it.</summary>
public sealed class CensusDeciderTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly CensusCount Count = new(3, 40, 1, 1, 0, Some.Digest("root"));

    private static readonly CensusState Once = new(1, Some.Time, 40);

    private static long After(TimeSpan time) => Some.Time + (long)time.TotalMilliseconds;

    [Fact]
    public void The_first_is_due_a_day_after_the_first_fact_and_not_at_a_start()
    {
        Assert.False(CensusDecider.IsDue(CensusState.Initial, 40, Some.Time, After(Day) - 1, Day));
        Assert.True(CensusDecider.IsDue(CensusState.Initial, 40, Some.Time, After(Day), Day));
    }

    [Fact]
    public void The_next_is_due_a_day_after_the_last()
    {
        Assert.False(CensusDecider.IsDue(Once, 99, 0, After(Day) - 1, Day));
        Assert.True(CensusDecider.IsDue(Once, 99, 0, After(Day), Day));
    }

    [Theory]
    [InlineData(40, false)]
    [InlineData(41, false)] // the census itself
    [InlineData(42, true)]
    public void A_log_that_only_grew_by_the_last_census_is_not_counted_again(long size, bool due)
    {
        Assert.Equal(due, CensusDecider.IsDue(Once, size, 0, After(10 * Day), Day));
        Assert.Equal(due ? 1 : 0, CensusDecider.Decide(Once, new NoteCensus(size, Count, After(Day)), Some.Salts).Facts.Count);
    }

    [Fact]
    public void A_census_says_what_was_counted_and_is_the_state_of_the_next()
    {
        var census = Assert.IsType<Census>(Assert.Single(CensusDecider.Decide(Once, new NoteCensus(90, Count, After(Day)), Some.Salts).Facts));
        Assert.Equal((90, 3, 40, 1, 1, 0), (census.AsOf, census.Sources, census.Facts, census.Deliveries, census.Releases, census.Uploads));
        Assert.Equal((Count.Root, "census/2"), (census.Root, census.Command.Text));
        Assert.Equal(new CensusState(2, After(Day), 90), CensusState.Apply(Once, census));
        Assert.Equal(census, FactCodec.FromJournal(FactManifest.Of(census), FactCodec.ToJournal(census)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(CensusConfig.MaxEverySeconds + 1)]
    public void An_interval_that_cannot_be_meant_is_refused(int seconds) =>
        Assert.Throws<InvalidDataException>(() => new CensusConfig(seconds).Checked());
}
