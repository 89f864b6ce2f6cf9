using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Releases;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Releases;

/// <summary>The order of things in the life of a release.</summary>
public sealed class ReleaseDeciderTests
{
    private const string Versions = "rules-1 tools-1";

    private static SubmitRelease Submit(string delivery = "message", int round = 1, long created = 100, string contents = "contents") => new(
        Some.Release(), Some.Tenant, Some.Person, Some.Command, Some.Delivery(delivery), round, Some.Digest(contents), Some.Digest(delivery),
        created, Some.Time, new ReleaseDetails("Title", "Artist", "S", "M"));

    private static Release After(Release state, Decision decision) => decision.Facts.Aggregate(state, Release.Apply);

    private static Release On(Release state, SubmitRelease c) => After(state, ReleaseDecider.Decide(state, c, Some.Salts));

    private static Release Begun(Release state) => After(state, ReleaseDecider.BeginStage(state, Versions, Some.Time, Some.Salts));

    private static StageDone Done(Release state, StageOutcome outcome) =>
        new(Some.Release(), state.Revision, state.Stage, state.StageInput(Versions).Digest, outcome);

    private static Release Ended(Release state, StageOutcome outcome) =>
        After(state, ReleaseDecider.Decide(state, Done(state, outcome), Versions, Some.Salts, Some.Time));

    private static StageOutcome.Passed Passed(Release state) => new(Some.Digest($"result of {state.Stage}"), []);

    private static Release Archived()
    {
        var state = On(Release.Unknown, Submit());
        while (state.Phase == Phase.Running)
        {
            state = Ended(Begun(state), Passed(state));
        }
        return state;
    }

    private static HandedOver Answer(Release state, SubmitRelease c) => (HandedOver)ReleaseDecider.Decide(state, c, Some.Salts).Reply!;

    [Fact]
    public void A_release_passes_its_five_stages_in_order_and_is_archived()
    {
        var state = On(Release.Unknown, Submit());
        var order = new List<Stage>();
        while (state.Phase == Phase.Running)
        {
            order.Add(state.Stage);
            state = Ended(Begun(state), Passed(state));
        }
        Assert.Equal(Release.Stages, order);
        Assert.Equal(Phase.Archived, state.Phase);
        Assert.Equal(5, state.Results.Count);
    }

    [Fact]
    public void An_attempt_is_counted_before_the_stage_runs() =>
        Assert.IsType<StageAttempted>(Assert.Single(
            ReleaseDecider.BeginStage(On(Release.Unknown, Submit()), Versions, Some.Time, Some.Salts).Facts));

    [Fact]
    public void A_stage_that_never_ends_is_quarantined_after_five_attempts_and_says_why()
    {
        var state = On(Release.Unknown, Submit());
        for (var i = 0; i < ReleaseDecider.MaxAttempts; i++)
        {
            state = Begun(state);
            Assert.Equal(Phase.Running, state.Phase);
        }
        state = Begun(state);
        Assert.Equal(Phase.Quarantined, state.Phase);
        Assert.Equal("STAGE_EXHAUSTED", Assert.Single(state.Findings).Rule);
    }

    [Fact]
    public void A_blocking_finding_quarantines_and_a_rejecting_one_rejects()
    {
        var state = Begun(On(Release.Unknown, Submit()));
        Assert.Equal(Phase.Quarantined, Ended(state, new StageOutcome.Failed([Some.Blocking()])).Phase);
        Assert.Equal(Phase.Rejected, Ended(state, new StageOutcome.Failed([Some.Blocking(), Some.Rejecting()])).Phase);
    }

    [Fact]
    public void An_inconclusive_run_writes_nothing()
    {
        var state = Begun(On(Release.Unknown, Submit()));
        Assert.Equal(state, Ended(state, new StageOutcome.Inconclusive("the disk failed")));
    }

    [Fact]
    public void The_end_of_another_run_is_not_taken_for_this_one()
    {
        var state = Begun(On(Release.Unknown, Submit()));
        var done = Done(state, Passed(state));
        foreach (var other in new[] { done with { Revision = 2 }, done with { Stage = Stage.Audio }, done with { Input = Some.Digest("other tools") } })
        {
            Assert.Empty(ReleaseDecider.Decide(state, other, Versions, Some.Salts, Some.Time).Facts);
        }
        var next = Ended(state, Passed(state));
        Assert.Empty(ReleaseDecider.Decide(next, done, Versions, Some.Salts, Some.Time).Facts);
    }

    [Fact]
    public void Another_version_of_rules_or_tools_is_another_input() =>
        Assert.NotEqual(Archived().StageInput("rules-1 tools-1").Digest, Archived().StageInput("rules-1 tools-2").Digest);

    [Fact]
    public void The_same_message_completed_resolves_its_quarantine()
    {
        var state = Ended(Begun(On(Release.Unknown, Submit())), new StageOutcome.Failed([Some.Blocking("FILE_MISSING")]));
        var decision = ReleaseDecider.Decide(state, Submit(round: 2, contents: "complete"), Some.Salts);
        Assert.Collection(decision.Facts, f => Assert.IsType<QuarantineResolved>(f), f => Assert.IsType<ReleaseReceived>(f));
        state = After(state, decision);
        Assert.Equal((Phase.Running, Stage.Checksum, 2), (state.Phase, state.Stage, state.Revision));
        Assert.Empty(state.Findings);
    }

    [Fact]
    public void The_same_message_with_other_files_after_the_archive_is_refused() =>
        Assert.Equal("MESSAGE_ALREADY_APPLIED", Assert.Single(Answer(Archived(), Submit(round: 2, contents: "other")).Findings).Rule);

    [Fact]
    public void An_older_message_is_superseded_whenever_it_comes() =>
        Assert.Equal(HandOver.Superseded, Answer(Archived(), Submit("older", created: 99)).Outcome);

    [Fact]
    public void A_newer_message_replaces_in_full()
    {
        var state = On(Archived(), Submit("newer", created: 101));
        Assert.Equal((Phase.Running, Stage.Checksum, 2), (state.Phase, state.Stage, state.Revision));
        Assert.Empty(state.Results);
    }

    [Fact]
    public void Two_messages_of_one_instant_are_not_ordered_by_luck() =>
        Assert.Equal("CREATED_EQUAL", Assert.Single(Answer(Archived(), Submit("twin", created: 100)).Findings).Rule);

    [Fact]
    public void A_delivery_that_asks_again_is_answered_and_nothing_is_written()
    {
        var decision = ReleaseDecider.Decide(Archived(), Submit(), Some.Salts);
        Assert.Empty(decision.Facts);
        Assert.Equal(HandOver.Applied, ((HandedOver)decision.Reply!).Outcome);
    }

    [Fact]
    public void A_withdrawn_release_gives_its_claims_back_and_says_so_once()
    {
        var state = Archived();
        state = After(state, ReleaseDecider.Decide(state, new WithdrawRelease(Some.Release(), Some.Artist, Some.Command, Some.Time, "sold"), Some.Salts));
        Assert.True(state is { Phase: Phase.Withdrawn, ClaimsHeld: true });
        var freed = new ClaimsAreFree(Some.Release(), state.Revision);
        state = After(state, ReleaseDecider.Decide(state, freed, Some.Salts, Some.Time));
        Assert.False(state.ClaimsHeld);
        Assert.Empty(ReleaseDecider.Decide(state, freed, Some.Salts, Some.Time).Facts);
    }

    [Fact]
    public void What_earlier_revisions_claimed_is_remembered_until_it_was_given_back()
    {
        var state = Archived();
        Assert.Single(state.Claimed);
        state = On(state, Submit("newer", created: 101));
        while (state.Stage != Stage.Rights)
        {
            state = Ended(Begun(state), Passed(state));
        }
        Assert.Equal(2, state.Claimed.Count);
        Assert.Single(Ended(Begun(state), Passed(state)).Claimed);
    }

    [Fact]
    public void A_refused_update_waits_and_takes_nothing_from_what_is_archived()
    {
        var state = On(Archived(), Submit("newer", created: 101));
        state = Ended(Begun(state), new StageOutcome.Failed([Some.Rejecting()]));
        Assert.Equal((Phase.Quarantined, false), (state.Phase, state.ClaimsHeld));
    }

    [Fact]
    public void Another_tenant_s_word_resolves_nothing()
    {
        var state = Ended(Begun(On(Release.Unknown, Submit())), new StageOutcome.Failed([Some.Blocking()]));
        var stranger = Some.Artist with { Tenant = TenantId.Parse("stranger") };
        Assert.Empty(ReleaseDecider.Decide(state, new ResolveQuarantine(Some.Release(), stranger, Some.Command, Some.Time, ""), Some.Salts).Facts);
    }
}
