using FsCheck;
using FsCheck.Xunit;
using Pipeline.Audit.Splits;

namespace Pipeline.Audit.Tests.Splits;

/// <summary>The words of splits: shares, sets, days, parties.</summary>
public sealed class ShareWordsTests
{
    [Property]
    public bool Taking_away_what_was_added_leaves_what_was(NonNegativeInt parts, PositiveInt of, NonNegativeInt more, PositiveInt moreOf)
    {
        var (left, right) = (Share.From(parts.Get, of.Get), Share.From(more.Get, moreOf.Get));
        return left + right - right == left && left + right >= left;
    }

    [Fact]
    public void Equal_shares_are_equal_however_they_are_written()
    {
        Assert.Equal(Share.From(1, 3), Share.From(3333, 9999));
        Assert.Equal(Share.None, Share.From(0, 7));
        Assert.NotEqual(Share.From(1, 3), Share.From(3333, 10_000));
    }

    [Theory]
    [InlineData("Worldwide")]
    [InlineData("GB IE")]
    [InlineData("Worldwide -GB -IE")]
    [InlineData("XK")]
    public void A_territory_set_is_written_as_it_is_read(string text) => Assert.Equal(text, SplitTerritories.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("UK")]
    [InlineData("EU")]
    [InlineData("WW")]
    [InlineData("gb")]
    [InlineData("GB  IE")]
    [InlineData("GB -IE")]
    [InlineData("Worldwide GB")]
    [InlineData("-GB")]
    [InlineData("Worldwide ")]
    [InlineData("GBR")]
    public void What_is_no_set_of_territories_is_refused(string text) => Assert.False(SplitTerritories.TryParse(text, out _, out _));

    [Fact]
    public void A_country_that_is_not_founded_yet_belongs_to_the_world_and_to_no_list()
    {
        Assert.True(SplitTerritories.Worldwide.Contains("QQ"));
        Assert.True(SplitTerritories.Parse("Worldwide -GB").Contains("QQ"));
        Assert.False(SplitTerritories.Parse("GB IE").Contains("QQ"));
    }

    [Fact]
    public void A_set_and_what_is_missing_from_it_make_the_world()
    {
        var set = SplitTerritories.Parse("GB IE US");
        var rest = SplitTerritories.Worldwide.Except(set);
        Assert.False(set.Overlaps(rest));
        Assert.Equal(SplitTerritories.Worldwide, set.Union(rest));
        Assert.Equal("Worldwide -GB -IE -US", rest.ToString());
        Assert.True(set.Intersect(rest).IsEmpty);
    }

    [Theory]
    [InlineData("Stream", "OnDemandStream NonInteractiveStream ContentInfluencedStream TimeInfluencedStream")]
    [InlineData("All -Download", "All -PermanentDownload -ConditionalDownload -TetheredDownload -KioskDownload")]
    [InlineData("Broadcast OnDemandStream", "OnDemandStream Broadcast")]
    [InlineData("All", "All")]
    public void A_use_set_is_written_in_one_way(string text, string written) => Assert.Equal(written, UseSet.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("Streaming")]
    [InlineData("All Stream")]
    [InlineData("-Stream")]
    public void What_is_no_use_is_refused(string text) => Assert.False(UseSet.TryParse(text, out _, out _));

    [Fact]
    public void An_interval_without_a_day_is_refused()
    {
        var day = new DateOnly(2026, 1, 1);
        Assert.False(DateInterval.TryCreate(day, day, out _));
        Assert.False(DateInterval.TryCreate(day.AddDays(1), day, out _));
        Assert.True(DateInterval.TryCreate(day, day.AddDays(1), out var one));
        Assert.True(one.Contains(day));
        Assert.False(one.Contains(day.AddDays(1)));
    }

    [Theory]
    [InlineData("2026-1-1")]
    [InlineData("2026-02-30")]
    [InlineData("01/02/2026")]
    [InlineData("")]
    [InlineData(null)]
    public void A_day_has_one_form(string? text) => Assert.False(DateInterval.TryParseDay(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("Anna")]
    [InlineData("-anna")]
    [InlineData("anna b")]
    [InlineData("änna")]
    public void What_is_no_party_id_is_refused(string text) => Assert.False(PartyId.TryParse(text, out _));

    [Fact]
    public void A_party_id_may_have_64_characters_and_no_more()
    {
        Assert.True(PartyId.TryParse(new string('a', 64), out _));
        Assert.False(PartyId.TryParse(new string('a', 65), out _));
    }

    [Fact]
    public void Every_right_is_written_and_read_by_the_same_word() =>
        Assert.All(Enum.GetValues<Right>(), right => Assert.True(RightWords.TryParse(right.Word(), out var read) && read == right));
}
