using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Splits;

/// <summary>Who owned what, when, where, as known at a position of the log.</summary>
public sealed class InForceTests
{
    private static readonly DateOnly Day = new(2026, 9, 1);

    private static string Told(IEnumerable<Ownership> owned) => string.Join(
        "; ", owned.Select(o => $"{o.Right.Word()} {o.Uses}: {(o.Version is { } v ? $"v{v.Number}" : "nobody")} {string.Join(' ', o.Holders.Select(h => $"{h.Party}={h.Share}"))}".TrimEnd()));

    private static string At(IReadOnlyList<SplitVersion> versions, long knownAt = 100, string territory = "GB", DateOnly? day = null) =>
        Told(InForce.At(versions, day ?? Day, territory, knownAt));

    [Fact]
    public void A_later_version_counts_within_its_scope_and_the_earlier_one_beyond()
    {
        SplitVersion[] versions =
        [
            new(1, 10, 1, SomeSplits.Sheet("anna 1 bo 2")),
            new(2, 20, 2, SomeSplits.Sheet("cai 1", from: "2026-06-01", until: "2027-01-01", territories: "GB IE", uses: "Dub")),
        ];
        Assert.Equal("master Dub: v2 cai=1/1; master All -Dub: v1 anna=1/3 bo=2/3", At(versions));
        Assert.Equal("master All: v1 anna=1/3 bo=2/3", At(versions, territory: "US"));
        Assert.Equal("master All: v1 anna=1/3 bo=2/3", At(versions, day: new DateOnly(2026, 5, 31)));
        Assert.Equal("master All: v1 anna=1/3 bo=2/3", At(versions, day: new DateOnly(2027, 1, 1)));
    }

    [Fact]
    public void What_was_not_in_the_log_yet_was_not_known()
    {
        SplitVersion[] versions = [new(1, 10, 1, SomeSplits.Sheet("anna 1")), new(2, 20, 2, SomeSplits.Sheet("bo 1"))];
        Assert.Equal("", At(versions, knownAt: 9));
        Assert.Equal("master All: v1 anna=1/1", At(versions, knownAt: 10));
        Assert.Equal("master All: v1 anna=1/1", At(versions, knownAt: 19));
        Assert.Equal("master All: v2 bo=1/1", At(versions, knownAt: 20));
    }

    [Fact]
    public void Where_no_version_speaks_everything_waits_in_suspense()
    {
        SplitVersion[] versions = [new(1, 10, 1, SomeSplits.Sheet("anna 1", territories: "GB", right: "pr"))];
        Assert.Equal("pr All: nobody", At(versions, territory: "US"));
        Assert.Equal(Share.Whole, Assert.Single(InForce.At(versions, Day, "US", 100)).Suspended);
        Assert.Equal(Share.None, Assert.Single(InForce.At(versions, Day, "GB", 100)).Suspended);
    }

    [Fact]
    public void An_erased_version_leaves_everything_it_may_have_spoken_of_in_suspense()
    {
        SplitVersion[] versions =
            [new(1, 10, 1, SomeSplits.Sheet("anna 1")), new(2, 20, 2, null), new(3, 30, 3, SomeSplits.Sheet("bo 1", uses: "Dub"))];
        Assert.Equal("master Dub: v3 bo=1/1; master All -Dub: v2; pr All: v2; mr All: v2; sr All: v2", At(versions));
        Assert.Equal("master All: v1 anna=1/1", At(versions, knownAt: 19));
    }

    private static Gen<SplitVersion[]> Histories { get; } =
        SomeClaims.One.ArrayOf(5).Select(claims => claims.Select((c, i) => new SplitVersion(
            i + 1, (i + 1) * 10, i + 1,
            SomeSplits.Sheet($"{c.Party} 1 zed {c.Share.Of}", DateInterval.Write(c.Days.From), c.Days.Until is { } until ? DateInterval.Write(until) : null, c.Territories.ToString(), c.Uses.ToString()))).ToArray());

    [Property(MaxTest = 200)]
    public Property At_every_point_the_newest_version_that_speaks_of_it_counts(byte known) => Prop.ForAll(Histories.ToArbitrary(), versions =>
        SomeClaims.Points.All(p =>
        {
            var wanted = versions.LastOrDefault(v => v.Position <= known && v.Sheet!.Scope.Covers(p.Territory, p.Day) && v.Sheet.Scope.Uses.Overlaps(p.Use));
            var answers = InForce.At(versions, p.Day, p.Territory, known).Where(o => o.Uses.Overlaps(p.Use)).ToList();
            return known < 10 ? answers.Count == 0 : answers.Count == 1 && answers[0].Version == wanted && (wanted is null || answers[0].Holders.SequenceEqual(wanted.Sheet!.Shares));
        }));

    [Property(MaxTest = 200)]
    public Property What_counts_within_a_scope_is_what_counts_at_each_of_its_points() => Prop.ForAll(Histories.ToArbitrary(), SomeClaims.One.ToArbitrary(), (versions, claim) =>
    {
        var within = InForce.Within(versions, Right.Master, new Scope(claim.Territories, claim.Uses, claim.Days)).ToList();
        return SomeClaims.Points
            .Where(p => claim.Territories.Contains(p.Territory) && claim.Uses.Overlaps(p.Use) && claim.Days.Contains(p.Day))
            .All(p => within.Where(w => w.Where.Any(s => s.Covers(p.Territory, p.Day) && s.Uses.Overlaps(p.Use))).Select(w => w.Version)
                .SequenceEqual(InForce.At(versions, p.Day, p.Territory, 100).Where(o => o.Uses.Overlaps(p.Use) && o.Version is not null).Select(o => o.Version!)));
    });

    private static SplitProposed Proposed(string song, int number, SplitDocument document) => new()
    {
        Tenant = Some.Tenant,
        By = Some.Person,
        Command = Some.Command,
        At = Some.Time,
        Subject = Some.Recording(song),
        Proposal = number,
        Parties = 2,
        Expires = Some.Time + 1,
        Private = Sealed<SplitDocument>.Close(document, Some.Salts[0], FactJson.Default.SplitDocument),
    };

    private static SplitInForce Agreed(string song, int number, int version) => new()
    {
        Tenant = Some.Tenant,
        By = Some.Other,
        Command = Some.Command,
        At = Some.Time,
        Subject = Some.Recording(song),
        Proposal = number,
        Version = version,
        Document = Some.Digest("sheet"),
        Accepted = 2,
    };

    [Fact]
    public void A_history_of_facts_answers_for_each_recording_by_itself()
    {
        var history = new OwnershipHistory();
        history.Follow(1, Proposed("song", 1, SomeSplits.Document("anna 1")));
        history.Follow(2, Proposed("other", 1, SomeSplits.Document("bo 1")));
        history.Follow(3, Agreed("other", 1, 1));
        history.Follow(4, Proposed("song", 2, SomeSplits.Document("cai 1")));
        history.Follow(5, Agreed("song", 1, 1));
        Assert.Equal("", Told(history.At(Some.Recording("song"), Day, "GB", 4)));
        Assert.Equal("master All: v1 anna=1/1", Told(history.At(Some.Recording("song"), Day, "GB", 5)));
        Assert.Equal("master All: v1 bo=1/1", Told(history.At(Some.Recording("other"), Day, "GB", 5)));
        Assert.Empty(history.At(Some.Recording("third"), Day, "GB", 5));
    }

    [Fact]
    public void A_proposal_that_nobody_agreed_to_owns_nothing()
    {
        var history = new OwnershipHistory();
        history.Follow(1, Proposed("song", 1, SomeSplits.Document("anna 1")));
        Assert.Empty(history.At(Some.Recording("song"), Day, "GB", 100));
        Assert.Equal(0, history.Count);
    }

    [Fact]
    public void A_fact_read_from_the_log_alone_says_that_something_is_in_force_and_not_what()
    {
        var history = new OwnershipHistory();
        history.Follow(1, FactCodec.Decode("split.proposed.1", FactCodec.PublicBytes(Proposed("song", 1, SomeSplits.Document("anna 1")))));
        history.Follow(2, Agreed("song", 1, 1));
        Assert.All(history.At(Some.Recording("song"), Day, "GB", 2), o => Assert.Equal(Share.Whole, o.Suspended));
        Assert.NotEmpty(history.At(Some.Recording("song"), Day, "GB", 2));
    }
}
