using System.Collections.Immutable;
using System.Globalization;
using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Erasure;

/// <summary>One order as it was written.</summary>
/// <param name="Number">Which fact of the source ordered it, counted from 1.</param>
/// <param name="Destroyed">How many private parts the first time found; null until it is done.</param>
public sealed record ErasureInHand(long Number, CommandId Command, TenantId Tenant, ImmutableArray<long> Entries, long? Destroyed);

/// <summary>What was ordered and what is done. Immutable.</summary>
/// <param name="Facts">Facts of the source.</param>
public sealed record ErasureState(long Facts, ImmutableSortedDictionary<long, ErasureInHand> Orders)
{
    public static readonly ErasureState Initial = new(0, ImmutableSortedDictionary<long, ErasureInHand>.Empty);

    public static ErasureState Apply(ErasureState state, Fact fact)
    {
        var facts = state.Facts + 1;
        return fact switch
        {
            ErasureOrdered f => new ErasureState(facts, state.Orders.Add(facts, new ErasureInHand(facts, f.Command, f.Tenant, [.. f.Entries], null))),
            ErasureDone f when state.Orders.TryGetValue(f.Order, out var order) =>
                new ErasureState(facts, state.Orders.SetItem(f.Order, order with { Destroyed = (order.Destroyed ?? 0) + f.Destroyed })),
            _ => state with { Facts = facts },
        };
    }

    /// <summary>How far the command's orders are.</summary>
    public ErasureStanding Standing(CommandId command)
    {
        var orders = Orders.Values.Where(o => o.Command == command).ToList();
        return new ErasureStanding(orders.Count > 0, orders.Count > 0 && orders.All(o => o.Destroyed is not null), orders.Sum(o => o.Destroyed ?? 0));
    }
}

/// <summary>Which facts follow from an order, and from its being carried out. Pure.</summary>
public static class ErasureDecider
{
    /// <summary>Positions that one fact names: at 19 digits they stay below <see cref="FactCodec.MaxPublicBytes"/>.</summary>
    public const int MaxEntries = 300;

    /// <exception cref="InvariantBrokenException">The gateway let through what is no order.</exception>
    public static Decision Decide(ErasureState state, OrderErasure order, Salts salts)
    {
        if (state.Standing(order.Command) is { Known: true } standing)
        {
            return Decision.Answer(standing);
        }
        Invariant.Require(
            order.Entries.Count > 0 && order.Entries.Zip(order.Entries.Skip(1), (a, b) => a < b).All(ascends => ascends) && ErasureReason.All.Contains(order.Reason),
            "an erasure names entries in ascending order and a reason of the list");
        return Decision.Write(new ErasureStanding(true, false, 0), [.. order.Entries.Chunk(MaxEntries).Select(entries => new ErasureOrdered
        {
            Tenant = order.Tenant,
            By = order.By,
            Command = order.Command,
            At = order.At,
            Entries = entries,
            Reason = order.Reason,
        })]);
    }

    /// <summary>The first time always; later ones only when something had come back.</summary>
    public static Decision Decide(ErasureState state, NoteErased erased, Salts salts) =>
        state.Orders.TryGetValue(erased.Order, out var order) && (order.Destroyed is null || erased.Destroyed > 0)
            ? Decision.Write(null, new ErasureDone
            {
                Tenant = order.Tenant,
                By = Pseudonym.System,
                Command = CommandId.Parse(string.Create(CultureInfo.InvariantCulture, $"erasure/{erased.Order}/{state.Facts + 1}")),
                At = erased.At,
                Order = erased.Order,
                Entries = order.Entries,
                Destroyed = erased.Destroyed,
            })
            : Decision.Nothing;
}
