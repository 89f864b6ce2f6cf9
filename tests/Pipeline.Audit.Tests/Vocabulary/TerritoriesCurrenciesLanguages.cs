using FsCheck;
using FsCheck.Xunit;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Tests.Vocabulary;

public class TerritoriesCurrenciesLanguages
{
    [Theory]
    [InlineData("DE", TerritoryStanding.Current, "DE")]
    [InlineData("XK", TerritoryStanding.Current, "XK")]
    [InlineData("ES-CN", TerritoryStanding.Current, "ES-CN")]
    [InlineData("ES", TerritoryStanding.Current, "ES,ES-CE,ES-CN,ES-ML")]
    [InlineData("Worldwide", TerritoryStanding.Current, "Worldwide")]
    [InlineData("AN", TerritoryStanding.Withdrawn, "")]
    [InlineData("CS", TerritoryStanding.Withdrawn, "")]
    [InlineData("SUHH", TerritoryStanding.Withdrawn, "")]
    [InlineData("UK", TerritoryStanding.Unknown, "")]
    [InlineData("EU", TerritoryStanding.Unknown, "")]
    [InlineData("WW", TerritoryStanding.Unknown, "")]
    [InlineData("de", TerritoryStanding.Unknown, "")]
    [InlineData("840", TerritoryStanding.Unknown, "")]
    [InlineData("", TerritoryStanding.Unknown, "")]
    public void A_code_is_a_set_of_territories_or_none(string code, TerritoryStanding standing, string set)
    {
        var resolved = TerritoryTable.Resolve(code);
        Assert.Equal((standing, set), (resolved.Standing, resolved.Set.ToString()));
    }

    [Theory]
    [InlineData("840", TerritoryStanding.Current, "US")]
    [InlineData("0840", TerritoryStanding.Current, "US")]
    [InlineData("4", TerritoryStanding.Current, "AF")]
    [InlineData("2136", TerritoryStanding.Current, "Worldwide")]
    [InlineData("2110", TerritoryStanding.Current, "BE,LU,NL")]
    [InlineData("2120", TerritoryStanding.GroupNotKnown, "")]
    [InlineData("2135", TerritoryStanding.Unknown, "")]
    [InlineData("810", TerritoryStanding.Withdrawn, "")]
    [InlineData("US", TerritoryStanding.Unknown, "")]
    [InlineData("00840", TerritoryStanding.Unknown, "")]
    public void A_number_of_TIS_is_a_set_of_territories_or_none(string code, TerritoryStanding standing, string set)
    {
        var resolved = TerritoryTable.ResolveTis(code);
        Assert.Equal((standing, set), (resolved.Standing, resolved.Set.ToString()));
    }

    [Fact]
    public void The_world_is_every_country_once_and_an_ordered_list_is_read_in_its_order()
    {
        Assert.Equal(249 + 4, TerritorySet.Everywhere.Count);
        var (world, us) = (TerritorySet.Everywhere, TerritoryTable.Resolve("US").Set);
        Assert.Equal(world.Except(us), TerritorySet.Ordered([(true, world), (false, us)]));
        Assert.Equal(world, TerritorySet.Ordered([(false, us), (true, world)]));
        Assert.True(world.Contains(us) && !us.Contains(world) && !world.Except(us).Overlaps(us));
    }

    [Property]
    public bool Sets_follow_the_laws_of_sets(int[] one, int[] other)
    {
        var (a, b) = (Set(one), Set(other));
        return a.Union(b) == b.Union(a) && a.Intersect(b) == b.Intersect(a) && a.Except(b).Union(a.Intersect(b)) == a
            && !a.Except(b).Overlaps(b) && a.Union(b).Count == a.Count + b.Count - a.Intersect(b).Count
            && a.Codes.All(c => TerritoryTable.Resolve(c).Set.Overlaps(a)) && a.Codes.Count() == a.Count
            && a.Overlaps(b) == !a.Intersect(b).IsEmpty;
    }

    private static TerritorySet Set(int[] indexes)
    {
        var all = TerritorySet.Everywhere.Codes.ToList();
        return TerritorySet.UnionOf(indexes.Select(i => TerritoryTable.Resolve(all[(i & int.MaxValue) % all.Count]).Set));
    }

    [Theory]
    [InlineData("EUR", "2026-10-01", true)]
    [InlineData("HRK", "2022-12-31", true)]
    [InlineData("HRK", "2023-02-01", false)]
    [InlineData("BGN", "2025-12-31", true)]
    [InlineData("BGN", "2026-03-01", false)]
    [InlineData("XCG", "2025-01-01", false)]
    [InlineData("XCG", "2026-01-01", true)]
    [InlineData("DEM", "1999-12-31", true)]
    [InlineData("EUR", "1998-12-31", false)]
    public void A_currency_is_money_from_a_day_to_a_day(string code, string day, bool valid)
    {
        Assert.True(Currency.TryParse(code, out var currency));
        Assert.Equal(valid, currency.IsValidOn(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("JPY", 0)]
    [InlineData("USD", 2)]
    [InlineData("KWD", 3)]
    [InlineData("CLF", 4)]
    public void A_currency_knows_its_smallest_unit(string code, int digits)
    {
        Assert.True(Currency.TryParse(code, out var currency));
        Assert.Equal(digits, currency.MinorUnits);
    }

    [Theory]
    [InlineData("XTS")]
    [InlineData("XAU")]
    [InlineData("eur")]
    [InlineData("")]
    [InlineData("EURO")]
    public void What_is_no_money_is_no_currency(string code) => Assert.False(Currency.TryParse(code, out _));

    [Theory]
    [InlineData("en", "en", true)]
    [InlineData("eng", "eng", true)]
    [InlineData("zh-Hant", "zh", true)]
    [InlineData("ZXX", "zxx", true)]
    [InlineData("yue", "yue", false)]
    public void A_language_is_its_first_part(string text, string primary, bool listed)
    {
        Assert.True(Language.TryParse(text, out var language));
        Assert.Equal((primary, listed, text), (language.Primary, language.IsListed, language.ToString()));
    }

    [Theory]
    [InlineData("english")]
    [InlineData("xq")]
    [InlineData("e1")]
    [InlineData("en_GB")]
    [InlineData("en-")]
    [InlineData("")]
    public void What_has_not_the_form_of_ISO_639_is_no_language(string text) => Assert.False(Language.TryParse(text, out _));

    [Property(MaxTest = 500)]
    public bool No_text_at_all_throws(NonNull<string> text)
    {
        _ = (TerritoryTable.Resolve(text.Get), TerritoryTable.ResolveTis(text.Get));
        return (!Currency.TryParse(text.Get, out var c) || c.Text == text.Get) && (!Language.TryParse(text.Get, out var l) || l.Text == text.Get);
    }
}
