using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Deliveries;

/// <summary>A delivery recognises repeats, refuses a reused message id, and always ends in one recorded outcome.</summary>
public sealed class DeliveryDeciderTests
{
    private static SubmitDelivery Submit(string contents = "contents", string message = "message", params IReadOnlyList<Finding> refusal) => new(
        Some.Delivery(), Some.Artist, Some.Command, Some.Time, Some.Digest(contents), Some.Digest(message), 3, 99,
        new DeliveryDetails("S", "M", "release.json", "Title", "Artist"), Some.Release(), Some.Time - 1, refusal);

    private static Delivery After(Delivery state, Decision decision) => decision.Facts.Aggregate(state, Delivery.Apply);

    private static Delivery Submitted(params IEnumerable<SubmitDelivery> commands) =>
        commands.Aggregate(Delivery.Unknown, (s, c) => After(s, DeliveryDecider.Decide(s, c, Some.Salts)));

    private static DeliveryStanding Reply(Decision decision) => (DeliveryStanding)decision.Reply!;

    [Fact]
    public void What_is_acknowledged_is_written_first()
    {
        var decision = DeliveryDecider.Decide(Delivery.Unknown, Submit(), Some.Salts);
        Assert.IsType<DeliveryReceived>(Assert.Single(decision.Facts));
        Assert.Equal(DeliveryFate.Open, Reply(decision).Fate);
    }

    [Fact]
    public void The_same_bytes_again_are_a_duplicate_and_write_nothing()
    {
        var decision = DeliveryDecider.Decide(Submitted(Submit()), Submit(), Some.Salts);
        Assert.Empty(decision.Facts);
        Assert.True(Reply(decision).Duplicate);
    }

    [Fact]
    public void The_same_message_with_other_files_is_a_new_round() =>
        Assert.Equal(2, Submitted(Submit("incomplete"), Submit("complete")).Last!.Number);

    [Fact]
    public void A_message_id_with_another_message_is_refused_by_name_and_kept()
    {
        var state = Submitted(Submit());
        var decision = DeliveryDecider.Decide(state, Submit("other", "another message"), Some.Salts);
        Assert.Equal("MESSAGE_ID_REUSED", Assert.Single(Reply(decision).Findings).Rule);
        Assert.Collection(decision.Facts, f => Assert.IsType<DeliveryReceived>(f), f => Assert.IsType<DeliveryRejected>(f));
    }

    [Fact]
    public void A_refused_message_sent_again_is_answered_with_the_same_findings()
    {
        var state = Submitted(Submit("x", "m", Some.Rejecting()));
        var again = Reply(DeliveryDecider.Decide(state, Submit("x", "m", Some.Rejecting()), Some.Salts));
        Assert.True(again.Duplicate);
        Assert.Equal(DeliveryFate.Rejected, again.Fate);
        Assert.Equal(Some.Rejecting(), Assert.Single(again.Findings));
    }

    [Theory]
    [InlineData(HandOver.Applied, DeliveryFate.Applied)]
    [InlineData(HandOver.Superseded, DeliveryFate.Superseded)]
    [InlineData(HandOver.Refused, DeliveryFate.Rejected)]
    public void The_release_s_answer_is_its_fate_and_is_written_once(HandOver answer, DeliveryFate fate)
    {
        var state = Submitted(Submit());
        var handed = new HandedOver(Some.Delivery(), 1, answer, 1, [Some.Rejecting()]);
        state = After(state, DeliveryDecider.Decide(state, handed, Some.Salts, Some.Time));
        Assert.Equal(fate, state.Last!.Fate);
        Assert.Empty(DeliveryDecider.Decide(state, handed, Some.Salts, Some.Time).Facts);
    }

    [Fact]
    public void A_refused_reuse_of_the_id_does_not_hide_what_was_applied()
    {
        var state = Submitted(Submit());
        state = After(state, DeliveryDecider.Decide(state, new HandedOver(Some.Delivery(), 1, HandOver.Applied, 1, []), Some.Salts, Some.Time));
        state = After(state, DeliveryDecider.Decide(state, Submit("other", "another message"), Some.Salts));
        Assert.Equal(DeliveryFate.Applied, Reply(DeliveryDecider.Decide(state, new GetDelivery(Some.Delivery()), Some.Salts)).Fate);
        Assert.Equal(DeliveryFate.Rejected, Reply(DeliveryDecider.Decide(state, new GetDelivery(Some.Delivery(), 2), Some.Salts)).Fate);
        var again = Reply(DeliveryDecider.Decide(state, Submit(), Some.Salts));
        Assert.Equal((true, DeliveryFate.Applied), (again.Duplicate, again.Fate));
    }

    [Fact]
    public void A_late_answer_to_an_earlier_round_settles_that_round_only()
    {
        var state = Submitted(Submit("incomplete"), Submit("complete"));
        state = After(state, DeliveryDecider.Decide(state, new HandedOver(Some.Delivery(), 1, HandOver.Applied, 1, []), Some.Salts, Some.Time));
        Assert.Equal(DeliveryFate.Applied, state.Rounds[0].Fate);
        Assert.Equal(DeliveryFate.Open, state.Last!.Fate);
    }
}
