using System.Collections.Immutable;
using System.Globalization;
using Pipeline.Audit.Facts;

namespace Pipeline.Audit.Evidence;

/// <summary>What was ordered to be erased, and whether it was. An order is done at least once, and never before it was given.</summary>
internal sealed record ErasureHistory : SourceHistory
{
    private ImmutableDictionary<long, Ordered> Orders { get; init; } = ImmutableDictionary<long, Ordered>.Empty;

    private long Facts { get; init; }

    /// <summary>Positions whose private parts are gone.</summary>
    internal ImmutableHashSet<long> Erased { get; init; } = [];

    internal override Step After(Fact fact, long index)
    {
        var counted = this with { Facts = Facts + 1 };
        switch (fact)
        {
            case ErasureOrdered f:
                return Judge(
                    counted with { Orders = Orders.Add(counted.Facts, new Ordered([.. f.Entries], f.At, index, false)) },
                    f.Entries.Count == 0 ? "nothing is ordered to be erased" : null,
                    f.Entries.Zip(f.Entries.Skip(1), (a, b) => a < b).All(ascends => ascends) ? null : "the entries to erase do not ascend",
                    f.Entries.All(e => e >= 0 && e < index) ? null : "an entry is to be erased that was not there yet",
                    ErasureReason.All.Contains(f.Reason) ? null : $"'{f.Reason}' is no reason to erase anything");
            case ErasureDone f:
                var order = Orders.GetValueOrDefault(f.Order);
                return Judge(
                    counted with
                    {
                        Orders = order is null ? Orders : Orders.SetItem(f.Order, order with { Done = true }),
                        Erased = Erased.Union(f.Entries),
                    },
                    order is null ? string.Create(CultureInfo.InvariantCulture, $"an erasure is done that no fact {f.Order} of its source ordered") : null,
                    order is null || order.Entries.SequenceEqual(f.Entries) ? null : "other entries were erased than ordered",
                    f.Destroyed >= 0 && f.Destroyed <= f.Entries.Count ? null : "more was destroyed than ordered",
                    order is not { Done: true } || f.Destroyed > 0 ? null : "an erasure is repeated that found nothing");
            default:
                return new Step(counted, null);
        }
    }

    internal override IEnumerable<OpenPoint> Open() =>
        from order in Orders
        where !order.Value.Done
        orderby order.Key
        select new OpenPoint(
            "erasure", string.Create(CultureInfo.InvariantCulture, $"the erasure of {order.Value.Entries.Length} private parts is ordered and not done"),
            order.Value.Since, order.Value.Index);

    private sealed record Ordered(ImmutableArray<long> Entries, long Since, long Index, bool Done);
}
