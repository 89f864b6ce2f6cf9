using System.Numerics;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// A set of territories. A right, a deal or a share holds in such a set, whatever words its sender used for it, so that
/// two of them can be held against each other.
/// </summary>
public readonly struct TerritorySet : IEquatable<TerritorySet>
{
    private const int BitsOfAWord = 64;
    private const int MostTerritories = 4 * BitsOfAWord;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    private TerritorySet(ulong a, ulong b, ulong c, ulong d) => (_a, _b, _c, _d) = (a, b, c, d);

    /// <summary>No territory.</summary>
    public static TerritorySet Nowhere => default;

    /// <summary>Every territory of the table.</summary>
    public static TerritorySet Everywhere { get; } = UnionOf(Enumerable.Range(0, TerritoryTable.Count).Select(OfIndex));

    public bool IsEmpty => (_a | _b | _c | _d) == 0;

    /// <summary>How many territories it holds.</summary>
    public int Count => BitOperations.PopCount(_a) + BitOperations.PopCount(_b) + BitOperations.PopCount(_c) + BitOperations.PopCount(_d);

    /// <summary>The codes, in the order of the table.</summary>
    public IEnumerable<string> Codes
    {
        get
        {
            for (var index = 0; index < TerritoryTable.Count; index++)
            {
                if (Overlaps(OfIndex(index)))
                {
                    yield return TerritoryTable.CodeAt(index);
                }
            }
        }
    }

    public static bool operator ==(TerritorySet left, TerritorySet right) => left.Equals(right);

    public static bool operator !=(TerritorySet left, TerritorySet right) => !left.Equals(right);

    public static TerritorySet UnionOf(IEnumerable<TerritorySet> sets) => sets.Aggregate(Nowhere, (all, set) => all.Union(set));

    /// <summary>
    /// What an ordered list of inclusions and exclusions leaves (CWR records SPT, SWT): each step speaks about what the
    /// steps before it left, so that the same steps in another order are another set.
    /// </summary>
    public static TerritorySet Ordered(IEnumerable<(bool Include, TerritorySet Set)> steps) =>
        steps.Aggregate(Nowhere, (left, step) => step.Include ? left.Union(step.Set) : left.Except(step.Set));

    public TerritorySet Union(TerritorySet other) => new(_a | other._a, _b | other._b, _c | other._c, _d | other._d);

    public TerritorySet Intersect(TerritorySet other) => new(_a & other._a, _b & other._b, _c & other._c, _d & other._d);

    public TerritorySet Except(TerritorySet other) => new(_a & ~other._a, _b & ~other._b, _c & ~other._c, _d & ~other._d);

    public bool Overlaps(TerritorySet other) => !Intersect(other).IsEmpty;

    public bool Contains(TerritorySet other) => other.Except(this).IsEmpty;

    public bool Equals(TerritorySet other) => (_a, _b, _c, _d) == (other._a, other._b, other._c, other._d);

    public override bool Equals(object? obj) => obj is TerritorySet other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_a, _b, _c, _d);

    /// <summary>Codes with a comma between them; <c>Worldwide</c> for all.</summary>
    public override string ToString() => this == Everywhere ? TerritoryTable.Worldwide : string.Join(',', Codes);

    internal static TerritorySet OfIndex(int index)
    {
        Invariant.Require(index is >= 0 and < MostTerritories, "the table of territories fits its set");
        var bit = 1UL << (index % BitsOfAWord);
        return (index / BitsOfAWord) switch
        {
            0 => new TerritorySet(bit, 0, 0, 0),
            1 => new TerritorySet(0, bit, 0, 0),
            2 => new TerritorySet(0, 0, bit, 0),
            _ => new TerritorySet(0, 0, 0, bit),
        };
    }
}
