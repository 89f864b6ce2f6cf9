using FsCheck;
using FsCheck.Fluent;
using Pipeline.Audit.Splits;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Splits;

/// <summary>Claims in a space so small that every point of it can be asked.</summary>
public static class SomeClaims
{
    /// <summary>Two territories of the table, one that no claim names, and one beyond the table.</summary>
    public static readonly string[] Territories = ["GB", "IE", "FR", "??"];

    /// <summary>Two uses by name, one that no claim names, and all that have none.</summary>
    public static readonly UseSet[] Uses =
    [
        UseSet.Parse("OnDemandStream"), UseSet.Parse("PermanentDownload"), UseSet.Parse("Rent"),
        UseSet.All.Except(UseSet.Parse("OnDemandStream PermanentDownload Rent")),
    ];

    /// <summary>The days on which a claim may begin or end, with the days around them.</summary>
    public static readonly DateOnly[] Days = [DateOnly.MinValue, .. Enumerable.Range(0, 7).Select(Day), DateOnly.MaxValue];

    private static readonly string[] TerritorySets = ["Worldwide", "GB", "IE", "GB IE", "Worldwide -GB", "Worldwide -GB -IE"];

    private static readonly string[] UseSets = ["All", "OnDemandStream", "OnDemandStream PermanentDownload", "All -PermanentDownload"];

    private static readonly string[] Parties = ["anna", "bo", "cai"];

    public static DateOnly Day(int number) => new DateOnly(2026, 1, 1).AddDays(number);

    public static ShareClaim Of(
        string party, long parts, long of, string territories = "Worldwide", string uses = "All", int from = 0, int? until = null,
        string subject = "song", Right right = Right.Master) =>
        new(Some.Recording(subject), right, PartyId.Parse(party), Share.From(parts, of), SplitTerritories.Parse(territories),
            UseSet.Parse(uses), DateInterval.Create(Day(from), until is { } end ? Day(end) : null));

    /// <summary>One claim on one recording, with a denominator of up to six.</summary>
    public static Gen<ShareClaim> One { get; } =
        from party in Gen.Elements(Parties)
        from of in Gen.Choose(1, 6)
        from parts in Gen.Choose(1, of)
        from territories in Gen.Elements(TerritorySets)
        from uses in Gen.Elements(UseSets)
        from days in Days_
        select Of(party, parts, of, territories, uses, days.From, days.Until);

    public static Gen<ShareClaim[]> Several { get; } = Gen.Choose(1, 7).SelectMany(count => One.ArrayOf(count));

    private static Gen<(int From, int? Until)> Days_ =>
        from start in Gen.Choose(0, 5)
        from length in Gen.Choose(1, 6)
        select (start, start + length > 6 ? (int?)null : start + length);

    /// <summary>What the claims say at one point, added up the plain way over a denominator of 60.</summary>
    public static SortedDictionary<string, long> At(IEnumerable<ShareClaim> claims, string territory, UseSet use, DateOnly day)
    {
        var held = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var claim in claims.Where(c => c.Territories.Contains(territory) && c.Uses.Overlaps(use) && c.Days.Contains(day)))
        {
            held[claim.Party.Text] = held.GetValueOrDefault(claim.Party.Text) + (long)(claim.Share.Parts * 60 / claim.Share.Of);
        }
        return held;
    }

    /// <summary>Every point of the small space.</summary>
    public static IEnumerable<(string Territory, UseSet Use, DateOnly Day)> Points =>
        from territory in Territories from use in Uses from day in Days select (territory, use, day);
}
