using Pipeline.Audit.Facts;
using Pipeline.Tests.Support;
using static Pipeline.Audit.Tests.Evidence.Tale;

namespace Pipeline.Audit.Tests.Evidence;

/// <summary>The order of facts about splits: proposed, accepted by each, in force, by two people.</summary>
public sealed class SplitHistoryTests
{
    private static readonly SplitAccepted First = A<SplitAccepted>() with { By = Some.Person, Number = 1 };

    private static readonly SplitAccepted Second = A<SplitAccepted>() with { By = Some.Other, Number = 2, Assurance = "signed" };

    private static Tale Tells(params Fact[] facts) => Of(facts.Select(f => new Telling("split:song", f)));

    private static void IsWrong(string says, params Fact[] facts) =>
        Assert.Contains(Tells(facts).Check().Defects, d => d.What.Contains(says, StringComparison.Ordinal));

    [Fact]
    public void A_proposal_that_both_parties_accepted_comes_into_force()
    {
        var report = Tells(A<SplitProposed>(), First, Second, A<SplitInForce>()).Check();
        Assert.Empty(report.Defects);
        Assert.Empty(report.Open);
    }

    [Fact]
    public void A_proposal_without_its_answers_is_open()
    {
        var open = Assert.Single(Tells(A<SplitProposed>(), First).Check().Open);
        Assert.Equal(($"{Some.Recording().Text}.1", "waits for its parties"), (open.Id, open.State));
    }

    [Fact]
    public void Refused_withdrawn_or_expired_it_is_over()
    {
        foreach (var end in (Fact[])[A<SplitRefused>(), A<SplitWithdrawn>(), A<SplitExpired>()])
        {
            var report = Tells(A<SplitProposed>() with { Expires = Some.Time + 1 }, end).Check();
            Assert.Empty(report.Defects);
            Assert.Empty(report.Open);
            IsWrong("not open", A<SplitProposed>() with { Expires = Some.Time + 1500 }, end, First);
        }
    }

    [Fact]
    public void In_force_while_a_party_is_silent_is_wrong() =>
        IsWrong("silent", A<SplitProposed>(), Second with { Number = 1 }, A<SplitInForce>() with { Accepted = 1 });

    [Fact]
    public void In_force_by_its_proposer_alone_is_wrong() =>
        IsWrong("proposer alone", A<SplitProposed>(), First, Second with { By = Some.Person }, A<SplitInForce>());

    [Fact]
    public void Acceptances_that_do_not_count_up_are_wrong()
    {
        IsWrong("acceptance 2", A<SplitProposed>(), Second);
        IsWrong("counts 2 acceptances", A<SplitProposed>() with { Parties = 1 }, Second with { Number = 1 }, A<SplitInForce>());
    }

    [Fact]
    public void Consent_to_another_document_is_wrong()
    {
        IsWrong("another document", A<SplitProposed>(), First with { Document = Some.Digest("other") });
        IsWrong("another document", A<SplitProposed>(), First, Second, A<SplitInForce>() with { Document = Some.Digest("other") });
    }

    [Fact]
    public void What_was_never_proposed_cannot_be_accepted() => IsWrong("not open", First);

    [Fact]
    public void A_version_or_proposal_left_out_is_wrong()
    {
        IsWrong("version 2 follows 0", A<SplitProposed>(), First, Second, A<SplitInForce>() with { Version = 2 });
        IsWrong("proposal 2 follows 0", A<SplitProposed>() with { Proposal = 2 });
    }

    [Fact]
    public void Nothing_expires_before_its_time_or_is_accepted_after_it()
    {
        IsWrong("before its time", A<SplitProposed>(), A<SplitExpired>());
        IsWrong("after its time", A<SplitProposed>() with { Expires = Some.Time + 1 }, First);
    }

    [Fact]
    public void Only_its_proposer_withdraws_a_proposal() => IsWrong("somebody else", A<SplitProposed>(), A<SplitWithdrawn>() with { By = Some.Other });

    [Fact]
    public void An_acceptance_says_what_it_rests_on() => IsWrong("neither signed nor asserted", A<SplitProposed>(), First with { Assurance = "likely" });
}
