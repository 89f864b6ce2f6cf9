using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Audit.Splits;

namespace Pipeline.Audit.Tests.Splits;

/// <summary>What must hold of slices whatever is claimed.</summary>
public sealed class SlicingProperties
{
    private static Property ForClaims(Func<ShareClaim[], bool> holds) =>
        Prop.ForAll(SomeClaims.Several.ToArbitrary(), holds);

    [Property(MaxTest = 200)]
    public Property Slices_tile_the_space_without_overlap_and_without_a_hole() => ForClaims(claims =>
    {
        var slices = Slicing.Cut(claims).Slices;
        return SomeClaims.Points.All(p => slices.Count(s => s.Covers(p.Territory, p.Use, p.Day)) == 1);
    });

    [Property(MaxTest = 200)]
    public Property At_every_point_the_slice_says_what_the_claims_say() => ForClaims(claims =>
    {
        var slices = Slicing.Cut(claims).Slices;
        return SomeClaims.Points.All(p =>
        {
            var slice = slices.Single(s => s.Covers(p.Territory, p.Use, p.Day));
            var wanted = SomeClaims.At(claims, p.Territory, p.Use, p.Day);
            return slice.Claimed.Select(h => (h.Party.Text, h.Share)).SequenceEqual(wanted.Select(w => (w.Key, Share.From(w.Value, 60))))
                && slice.Verdict == (wanted.Values.Sum() switch { 60 => SliceVerdict.Whole, < 60 => SliceVerdict.Gap, _ => SliceVerdict.OverClaimed });
        });
    });

    [Property(MaxTest = 200)]
    public Property What_is_paid_and_what_waits_is_exactly_the_whole_in_every_slice() => ForClaims(claims =>
        Slicing.Cut(claims).Slices.All(s => s.Payees.Aggregate(s.Suspended, (sum, p) => sum + p.Share) == Share.Whole));

    [Property(MaxTest = 200)]
    public Property The_order_of_claims_never_matters(int seed) => ForClaims(claims =>
    {
        var shuffled = claims.ToArray();
        new Random(seed).Shuffle(shuffled);
        return Told(claims) == Told(shuffled);
    });

    [Property(MaxTest = 500)]
    public Property Splitting_a_claim_in_two_never_matters(byte which, byte how) => ForClaims(claims =>
    {
        var at = which % claims.Length;
        return Told(claims) == Told([.. claims[..at], .. InTwo(claims[at], how), .. claims[(at + 1)..]]);
    });

    [Property(MaxTest = 200)]
    public Property Two_neighbouring_slices_never_say_the_same() => ForClaims(claims =>
    {
        var slices = Slicing.Cut(claims).Slices;
        return !(
            from a in slices
            from b in slices
            where a.Days.UntilDay == b.Days.FromDay && a.Territories == b.Territories && a.Uses == b.Uses && a.Claimed.SequenceEqual(b.Claimed)
            select a).Any();
    });

    private static ShareClaim[] InTwo(ShareClaim c, byte how)
    {
        var (territories, uses, middle) = (SplitTerritories.Parse("GB"), UseSet.Parse("OnDemandStream"), c.Days.From.AddDays(1 + (how / 4 % 5)));
        return (how % 4) switch
        {
            0 when c.Territories.Overlaps(territories) && !c.Territories.Except(territories).IsEmpty =>
                [With(c, c.Share, c.Territories.Intersect(territories), c.Uses, c.Days), With(c, c.Share, c.Territories.Except(territories), c.Uses, c.Days)],
            1 when c.Uses.Overlaps(uses) && !c.Uses.Except(uses).IsEmpty =>
                [With(c, c.Share, c.Territories, c.Uses.Intersect(uses), c.Days), With(c, c.Share, c.Territories, c.Uses.Except(uses), c.Days)],
            2 when c.Days.Contains(middle) =>
                [
                    With(c, c.Share, c.Territories, c.Uses, DateInterval.Create(c.Days.From, middle)),
                    With(c, c.Share, c.Territories, c.Uses, DateInterval.Create(middle, c.Days.Until)),
                ],
            _ =>
                [
                    With(c, Share.From(c.Share.Parts, c.Share.Of * 3), c.Territories, c.Uses, c.Days),
                    With(c, Share.From(c.Share.Parts * 2, c.Share.Of * 3), c.Territories, c.Uses, c.Days),
                ],
        };
    }

    private static ShareClaim With(ShareClaim c, Share share, SplitTerritories territories, UseSet uses, DateInterval days) =>
        new(c.Subject, c.Right, c.Party, share, territories, uses, days);

    private static string Told(IEnumerable<ShareClaim> claims) => string.Join('\n', Slicing.Cut(claims).Slices.Select(s =>
        $"{s.Subject} {s.Right} {s.Territories} {s.Uses} {s.Days} {string.Join(' ', s.Claimed)} {s.Total}"));
}
