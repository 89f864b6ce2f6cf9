using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Actors.Erasure;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Erasure;

/// <summary>What is written of an erasure.</summary>
public sealed class ErasureDeciderTests
{
    private static OrderErasure Order(string command, params long[] entries) =>
        new(Some.Tenant, Some.Person, CommandId.Parse(command), Some.Time, entries, ErasureReason.Request);

    private static ErasureState After(ErasureState state, OrderErasure order) =>
        ErasureDecider.Decide(state, order, Some.Salts).Facts.Aggregate(state, ErasureState.Apply);

    private static ErasureState After(ErasureState state, long order, long destroyed) =>
        ErasureDecider.Decide(state, new NoteErased(order, destroyed, Some.Time), Some.Salts).Facts.Aggregate(state, ErasureState.Apply);

    [Fact]
    public void The_same_command_again_orders_nothing_twice_and_tells_how_far_it_is()
    {
        var state = After(ErasureState.Initial, Order("one", 3, 5));
        Assert.Equal(new ErasureStanding(true, false, 0), ErasureDecider.Decide(state, Order("one", 3, 5), Some.Salts).Reply);
        state = After(state, 1, 2);
        var again = ErasureDecider.Decide(state, Order("one", 3, 5), Some.Salts);
        Assert.Empty(again.Facts);
        Assert.Equal(new ErasureStanding(true, true, 2), again.Reply);
        Assert.Equal(new ErasureStanding(false, false, 0), state.Standing(CommandId.Parse("other")));
    }

    [Fact]
    public void What_came_back_and_was_erased_again_is_told_and_what_did_not_is_not()
    {
        var state = After(After(ErasureState.Initial, Order("one", 3, 5)), 1, 2);
        Assert.Empty(ErasureDecider.Decide(state, new NoteErased(1, 0, Some.Time), Some.Salts).Facts);
        var again = Assert.IsType<ErasureDone>(Assert.Single(ErasureDecider.Decide(state, new NoteErased(1, 1, Some.Time), Some.Salts).Facts));
        Assert.Equal((1L, 1L), (again.Order, again.Destroyed));
        Assert.Equal([3L, 5L], again.Entries);
    }

    [Fact]
    public void A_large_order_is_several_facts_and_each_fits_a_leaf()
    {
        var entries = Enumerable.Range(0, 1000).Select(i => (1L << 53) - 1000 + i).ToArray();
        var facts = ErasureDecider.Decide(ErasureState.Initial, Order("large", entries), Some.Salts).Facts;
        Assert.Equal(4, facts.Count);
        Assert.Equal(entries, facts.Cast<ErasureOrdered>().SelectMany(f => f.Entries));
        Assert.All(facts, f => Assert.True(FactCodec.PublicBytes(f).Length <= FactCodec.MaxPublicBytes));
        var state = facts.Aggregate(ErasureState.Initial, ErasureState.Apply);
        Assert.False(After(After(After(state, 1, 1), 2, 1), 3, 1).Standing(CommandId.Parse("large")).Done);
        Assert.True(After(After(After(After(state, 1, 1), 2, 1), 3, 1), 4, 1).Standing(CommandId.Parse("large")).Done);
    }

    [Property]
    public Property Whatever_is_ordered_repeated_and_carried_out_in_any_order_every_order_is_done_by_the_facts_that_stand(NonEmptyArray<(byte Command, byte Order, byte Destroyed)> steps)
    {
        var (state, facts) = (ErasureState.Initial, new List<Fact>());
        void Take(IReadOnlyList<Fact> written)
        {
            state = written.Aggregate(state, ErasureState.Apply);
            facts.AddRange(written);
        }
        foreach (var (command, order, destroyed) in steps.Get)
        {
            var of = Order($"c-{command % 4}", command % 4, 10 + (command % 4));
            Take(ErasureDecider.Decide(state, of, Some.Salts).Facts);
            Take(ErasureDecider.Decide(state, new NoteErased(1 + (order % 8), destroyed % 3, Some.Time), Some.Salts).Facts);
        }
        foreach (var open in state.Orders.Values.ToList())
        {
            Take(ErasureDecider.Decide(state, new NoteErased(open.Number, 0, Some.Time), Some.Salts).Facts);
        }
        var replayed = facts.Select(f => FactCodec.FromJournal(FactManifest.Of(f), FactCodec.ToJournal(f))).Aggregate(ErasureState.Initial, ErasureState.Apply);
        var commands = steps.Get.Select(s => s.Command % 4).Distinct().Count();
        return (replayed.Orders.Count == commands && replayed.Orders.Values.All(o => o.Destroyed is not null)
            && replayed.Facts == facts.Count && facts.Select(f => f.Command.Text).Where(c => c.StartsWith("erasure/", StringComparison.Ordinal)).Distinct().Count() == facts.OfType<ErasureDone>().Count())
            .ToProperty();
    }
}
