using Pipeline.Actors.Messages;
using Pipeline.Actors.Splits;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Splits;

/// <summary>How a split comes into force, by example.</summary>
public sealed class SplitDeciderTests
{
    private const long Day = 24L * 60 * 60 * 1000;

    private static readonly Principal Proposer = new(Some.Tenant, Some.Person, Role.Label);

    private static readonly Principal Second = new(Some.Tenant, Some.Other, Role.Label);

    private SplitBook _book = SplitBook.Empty;

    private int _commands;

    private SplitsStanding Tell(Decision decision)
    {
        _book = decision.Facts.Aggregate(_book, SplitBook.Apply);
        return (SplitsStanding)decision.Reply!;
    }

    private CommandId Fresh() => CommandId.Parse($"command-{++_commands}");

    private SplitsStanding Propose(SplitDocument document, CommandId? command = null, Principal? by = null, long at = Some.Time, long days = 30) =>
        Tell(SplitDecider.Decide(_book, new ProposeSplit(Some.Recording(), by ?? Proposer, command ?? Fresh(), at, document, at + (days * Day)), Some.Salts));

    private SplitsStanding Accept(int proposal, string? party, Principal? by = null, CommandId? command = null, long at = Some.Time, SplitConsent? consent = null) =>
        Tell(SplitDecider.Decide(_book, new AcceptSplit(
            Some.Recording(), by ?? Second, command ?? Fresh(), at, proposal, consent ?? new SplitConsent(party, null, null)), Some.Salts));

    private SplitsStanding Refuse(int proposal, string party) =>
        Tell(SplitDecider.Decide(_book, new RefuseSplit(Some.Recording(), Second, Fresh(), Some.Time, proposal, new SplitRefusal(party, "no")), Some.Salts));

    private string Holders(long knownAt = long.MaxValue) => string.Join(
        ' ', InForce.At(_book.Versions, new DateOnly(2026, 9, 1), "GB", knownAt).SelectMany(o => o.Holders).Select(h => $"{h.Party}={h.Share}"));

    private static string Rule(SplitsStanding standing) => Assert.Single(standing.Refusal).Rule;

    [Fact]
    public void A_sheet_comes_into_force_when_the_last_of_its_parties_says_yes()
    {
        Assert.Equal(["anna", "bo"], Propose(SomeSplits.Document("anna 1 bo 2")).Proposals[0].Silent);
        Assert.Equal("open", Accept(1, "anna").Proposals[0].State);
        Assert.Equal("", Holders());
        Assert.Equal("in-force", Accept(1, "bo").Proposals[0].State);
        Assert.Equal("anna=1/3 bo=2/3", Holders());
    }

    [Fact]
    public void While_one_is_silent_the_old_split_stays_in_force()
    {
        Propose(SomeSplits.Document("anna 1"));
        Accept(1, "anna");
        Assert.Equal(["anna", "bo"], Propose(SomeSplits.Document("bo 1", from: "2026-06-01")).Proposals[1].Silent);
        Accept(2, "bo");
        Assert.Equal("anna=1/1", Holders());
        Accept(2, "anna");
        Assert.Equal("bo=1/1", Holders());
    }

    [Fact]
    public void Who_holds_nothing_any_more_is_not_asked()
    {
        Propose(SomeSplits.Document("anna 1"));
        Accept(1, "anna");
        Propose(SomeSplits.Document("bo 1"));
        Accept(2, "anna");
        Accept(2, "bo");
        Assert.Equal(["bo", "cai"], Propose(SomeSplits.Document("cai 1")).Proposals[2].Silent);
    }

    [Fact]
    public void A_change_of_the_past_needs_the_word_of_everybody_whose_share_falls()
    {
        Propose(SomeSplits.Document("anna 1 bo 1"));
        Accept(1, "anna");
        Accept(1, "bo");
        var years = Propose(SomeSplits.Document("cai 1", "2020-01-01", "2026-02-01")).Proposals[1];
        Assert.Equal(["anna", "bo", "cai"], years.Silent);
        Assert.Equal(["cai"], Propose(SomeSplits.Document("cai 1", "2020-01-01", "2026-01-01")).Proposals[2].Silent);
    }

    [Fact]
    public void A_change_elsewhere_needs_nobody_from_here()
    {
        Propose(SomeSplits.Document("anna 1", territories: "GB"));
        Accept(1, "anna");
        Assert.Equal(["bo"], Propose(SomeSplits.Document("bo 1", territories: "Worldwide -GB")).Proposals[1].Silent);
        Assert.Equal(["anna", "bo"], Propose(SomeSplits.Document("bo 1", territories: "GB IE")).Proposals[2].Silent);
        Assert.Equal(["bo"], Propose(SomeSplits.Document("bo 1", right: "pr")).Proposals[3].Silent);
    }

    [Fact]
    public void What_came_into_force_meanwhile_is_asked_for_too()
    {
        Propose(SomeSplits.Document("bo 1"));
        Propose(SomeSplits.Document("anna 1"));
        Accept(2, "anna");
        Assert.Equal(["anna"], Accept(1, "bo").Proposals[0].Silent);
        Assert.Equal("anna=1/1", Holders());
        Accept(1, "anna");
        Assert.Equal("bo=1/1", Holders());
    }

    [Fact]
    public void The_proposer_alone_changes_nothing()
    {
        Propose(SomeSplits.Document("anna 1"));
        var standing = Accept(1, "anna", by: Proposer);
        Assert.True(standing.Proposals[0].NeedsSecondPerson);
        Assert.Equal("open", standing.Proposals[0].State);
        Assert.Equal("SPLIT_SECOND_PERSON", Rule(Accept(1, null, by: Proposer)));
        Assert.Equal("in-force", Accept(1, null, by: Second).Proposals[0].State);
    }

    [Fact]
    public void A_refusal_ends_it_and_the_old_split_stays()
    {
        Propose(SomeSplits.Document("anna 1"));
        Accept(1, "anna");
        Propose(SomeSplits.Document("bo 1"));
        Accept(2, "bo");
        Assert.Equal("refused", Refuse(2, "anna").Proposals[1].State);
        Assert.Equal("SPLIT_NOT_OPEN", Rule(Accept(2, "anna")));
        Assert.Equal("anna=1/1", Holders());
    }

    [Fact]
    public void An_invitation_ends_and_silence_gave_nobody_anything()
    {
        Propose(SomeSplits.Document("anna 1 bo 1"), days: 30);
        Accept(1, "anna", at: Some.Time + (30 * Day) - 1);
        Assert.Equal("SPLIT_NOT_OPEN", Rule(Accept(1, "bo", at: Some.Time + (30 * Day))));
        Assert.Equal(ProposalState.Expired, _book.Find(1)!.State);
        Assert.Equal("", Holders());
    }

    [Fact]
    public void A_question_after_its_time_lets_a_proposal_expire_once()
    {
        Propose(SomeSplits.Document("anna 1"));
        var late = new GetSplits(Some.Recording(), Some.Time + (31 * Day));
        Assert.IsType<SplitExpired>(Assert.Single(SplitDecider.Decide(_book, late, Some.Salts).Facts));
        Assert.Equal("expired", Tell(SplitDecider.Decide(_book, late, Some.Salts)).Proposals[0].State);
        Assert.Empty(SplitDecider.Decide(_book, late, Some.Salts).Facts);
    }

    [Fact]
    public void A_command_that_comes_again_is_answered_and_not_done_again()
    {
        var command = Fresh();
        Propose(SomeSplits.Document("anna 1"), command);
        Assert.Equal(1, Propose(SomeSplits.Document("anna 1"), command).Proposal);
        var yes = Fresh();
        Accept(1, "anna", command: yes);
        Assert.Empty(Accept(1, "anna", command: yes).Refusal);
        Assert.Single(_book.Proposals);
        Assert.Equal(1, _book.Find(1)!.Acceptances);
    }

    [Fact]
    public void A_command_id_that_was_used_for_something_else_is_refused()
    {
        var command = Fresh();
        Propose(SomeSplits.Document("anna 1"), command);
        Assert.Equal("COMMAND_REUSED", Rule(Propose(SomeSplits.Document("bo 1"), command)));
        Assert.Equal("COMMAND_REUSED", Rule(Accept(1, "anna", command: command)));
    }

    [Fact]
    public void The_same_sheet_is_not_proposed_twice_while_it_stands_and_may_be_when_it_does_not()
    {
        Propose(SomeSplits.Document("anna 1"));
        Assert.Equal(1, Propose(SomeSplits.Document("anna 1")).Proposal);
        Refuse(1, "anna");
        Assert.Equal(2, Propose(SomeSplits.Document("anna 1")).Proposal);
        Accept(2, "anna");
        Assert.Equal(2, Propose(SomeSplits.Document("anna 1")).Proposal);
    }

    [Fact]
    public void A_stranger_neither_accepts_nor_refuses()
    {
        Propose(SomeSplits.Document("anna 1"));
        Assert.Equal("SPLIT_NOT_A_PARTY", Rule(Accept(1, "zed")));
        Assert.Equal("SPLIT_NOT_A_PARTY", Rule(Refuse(1, "zed")));
        Assert.Equal("SPLIT_NOT_A_PARTY", Rule(Accept(1, null, by: new Principal(Some.Tenant, Some.Other, Role.Artist))));
        Assert.Equal("SPLIT_NOT_A_PARTY", Rule(Accept(1, "Not a party id")));
        Assert.Equal("SPLIT_UNKNOWN", Rule(Accept(7, "anna")));
    }

    [Fact]
    public void Only_its_proposer_takes_a_proposal_back()
    {
        Propose(SomeSplits.Document("anna 1"));
        var take = new WithdrawSplit(Some.Recording(), Second, Fresh(), Some.Time, 1, "a mistake");
        Assert.Equal("SPLIT_NOT_YOURS", Rule(Tell(SplitDecider.Decide(_book, take, Some.Salts))));
        Assert.Equal("withdrawn", Tell(SplitDecider.Decide(_book, take with { Principal = Proposer, Command = Fresh() }, Some.Salts)).Proposals[0].State);
    }

    [Fact]
    public void A_signature_makes_a_signed_acceptance_and_a_wrong_one_none()
    {
        Propose(SomeSplits.Document("anna 1"));
        var good = ConsentSignature.Sign(new byte[32], Some.Recording(), 1, _book.Find(1)!.Commitment, PartyId.Parse("anna"));
        var wrong = ConsentSignature.Sign(new byte[32], Some.Recording(), 2, _book.Find(1)!.Commitment, PartyId.Parse("anna"));
        Assert.Equal("SPLIT_SIGNATURE", Rule(Accept(1, "anna", consent: wrong)));
        var accept = new AcceptSplit(Some.Recording(), Second, Fresh(), Some.Time, 1, good);
        Assert.Equal("signed", SplitDecider.Decide(_book, accept, Some.Salts).Facts.OfType<SplitAccepted>().Single().Assurance);
        Assert.Equal("asserted", SplitDecider.Decide(_book, accept with { Consent = new SplitConsent("anna", null, null) }, Some.Salts).Facts.OfType<SplitAccepted>().Single().Assurance);
    }

    [Fact]
    public void An_invitation_without_end_or_a_sheet_that_is_none_is_refused()
    {
        Assert.Equal("SPLIT_INVITATION", Rule(Propose(SomeSplits.Document("anna 1"), days: 366)));
        Assert.Equal("SPLIT_INVITATION", Rule(Propose(SomeSplits.Document("anna 1"), days: 0)));
        Assert.Equal("SPLIT_SHEET", Rule(Propose(SomeSplits.Document("bo 1 anna 1"))));
        Assert.Empty(_book.Proposals);
    }

    [Fact]
    public void An_erased_sheet_in_force_lets_nobody_take_its_place_in_silence()
    {
        Propose(SomeSplits.Document("anna 1"));
        var erased = _book.Find(1)!.Commitment;
        _book = SplitBook.Apply(SplitBook.Empty, new SplitProposed
        {
            Tenant = Some.Tenant,
            By = Some.Person,
            Command = Fresh(),
            At = Some.Time,
            Subject = Some.Recording(),
            Proposal = 1,
            Parties = 1,
            Expires = Some.Time + Day,
            Private = Sealed<SplitDocument>.Erased(erased),
        });
        Assert.Equal("SPLIT_ERASED", Rule(Accept(1, "anna")));
    }
}
