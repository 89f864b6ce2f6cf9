using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Splits;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Splits;

/// <summary>Whatever is proposed, accepted, refused and let lie, in whatever order.</summary>
public sealed class SplitProperties
{
    private static readonly string[] Parties = ["anna", "bo", "cai"];

    private static readonly string[] Territories = ["Worldwide", "GB", "Worldwide -GB"];

    private static readonly string[] Weights = ["anna 1", "bo 1", "anna 1 bo 1", "anna 1 bo 2 cai 3", "bo 5 cai 1"];

    private static readonly string[] Froms = ["2026-01-01", "2026-06-01", "2026-10-01"];

    private static readonly (string Territory, DateOnly Day)[] Points =
    [
        ("GB", new(2026, 2, 1)), ("GB", new(2026, 7, 1)), ("GB", new(2026, 11, 1)),
        ("US", new(2026, 2, 1)), ("US", new(2026, 7, 1)), ("US", new(2026, 11, 1)),
    ];

    /// <summary>One act: the low bits say what, the others on what.</summary>
    private static Decision Act(SplitBook book, byte act, int number)
    {
        var who = new Principal(Some.Tenant, act % 2 == 0 ? Some.Person : Some.Other, Role.Label);
        var command = CommandId.Parse($"command-{number}");
        var at = Some.Time + number;
        var party = Parties[act / 4 % 3];
        var proposal = book.Proposals.Count == 0 ? 1 : 1 + (act / 12 % book.Proposals.Count);
        return (act % 8) switch
        {
            0 => SplitDecider.Decide(book, new ProposeSplit(
                Some.Recording(), who, command, at, SomeSplits.Document(Weights[act / 8 % 5], Froms[act % 3], null, Territories[act / 16 % 3]), at + 40), Some.Salts),
            1 when act > 200 => SplitDecider.Decide(book, new RefuseSplit(Some.Recording(), who, command, at, proposal, new SplitRefusal(party, "no")), Some.Salts),
            2 when act > 200 => SplitDecider.Decide(book, new WithdrawSplit(Some.Recording(), who, command, at, proposal, "no"), Some.Salts),
            3 => SplitDecider.Decide(book, new GetSplits(Some.Recording(), at), Some.Salts),
            _ => SplitDecider.Decide(book, new AcceptSplit(Some.Recording(), who, command, at, proposal, new SplitConsent(act % 31 == 0 ? null : party, null, null)), Some.Salts),
        };
    }

    private static List<(SplitBook Before, Decision Decision, SplitBook After)> Play(byte[] acts)
    {
        var (book, steps) = (SplitBook.Empty, new List<(SplitBook, Decision, SplitBook)>());
        foreach (var act in acts)
        {
            var decision = Act(book, act, steps.Count);
            var after = decision.Facts.Aggregate(book, SplitBook.Apply);
            steps.Add((book, decision, after));
            book = after;
        }
        return steps;
    }

    private static Property ForActs(Func<byte[], bool> holds) =>
        Prop.ForAll(Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf(60).ToArbitrary(), holds);

    private static Dictionary<PartyId, Share> HeldAt(SplitBook book, string territory, DateOnly day) =>
        InForce.At(book.Versions, day, territory, long.MaxValue).SelectMany(o => o.Holders).ToDictionary(h => h.Party, h => h.Share);

    [Property(MaxTest = 50)]
    public Property Nobodys_share_falls_without_their_own_yes() => ForActs(acts => Play(acts).All(step =>
        Points.All(p =>
        {
            var (before, after) = (HeldAt(step.Before, p.Territory, p.Day), HeldAt(step.After, p.Territory, p.Day));
            var fallen = before.Keys.Where(party => after.GetValueOrDefault(party) < before[party]).ToList();
            return fallen.Count == 0
                || fallen.All(step.After.Find(step.Decision.Facts.OfType<SplitInForce>().Single().Proposal)!.Accepted.Contains);
        })));

    [Property(MaxTest = 50)]
    public Property What_is_in_force_is_the_whole_and_two_people_said_yes() => ForActs(acts =>
    {
        var end = Play(acts)[^1].After;
        return end.Versions.All(v => v.Sheet!.Shares.Aggregate(Share.None, (sum, s) => sum + s.Share) == Share.Whole && end.Find(v.Proposal)!.ByAnother)
            && Points.All(p => HeldAt(end, p.Territory, p.Day).Values.Aggregate(Share.None, (sum, s) => sum + s) is { } held && (held.IsNone || held == Share.Whole));
    });

    [Property(MaxTest = 50)]
    public Property Replaying_the_facts_gives_the_same_book() => ForActs(acts =>
    {
        var steps = Play(acts);
        var facts = steps.SelectMany(s => s.Decision.Facts).Select(f => FactCodec.FromJournal(FactManifest.Of(f), FactCodec.ToJournal(f)));
        return Told(facts.Aggregate(SplitBook.Empty, SplitBook.Apply)) == Told(steps[^1].After);
    });

    [Property(MaxTest = 50)]
    public Property Replaying_erased_facts_still_counts_proposals_and_versions() => ForActs(acts =>
    {
        var steps = Play(acts);
        var erased = steps.SelectMany(s => s.Decision.Facts).Select(f => FactCodec.Decode(FactManifest.Of(f), FactCodec.PublicBytes(f)));
        var book = erased.Aggregate(SplitBook.Empty, SplitBook.Apply);
        return book.Versions.Count == steps[^1].After.Versions.Count
            && book.Proposals.Select(p => p.State).SequenceEqual(steps[^1].After.Proposals.Select(p => p.State));
    });

    private static string Told(SplitBook book) => System.Text.Json.JsonSerializer.Serialize(
        SplitsAnswer.Of(book, Some.Recording(), 0), MessageJson.Default.SplitsStanding) + book.Facts;
}
