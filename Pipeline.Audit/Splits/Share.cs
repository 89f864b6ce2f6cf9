using System.Numerics;

namespace Pipeline.Audit.Splits;

/// <summary>
/// An exact part of a whole, in lowest terms: a third is a third. Never negative; a sum of claims may pass one whole,
/// which is then an over-claim and not a rounding.
/// </summary>
public readonly record struct Share : IComparable<Share>
{
    private readonly BigInteger _parts;

    // One less than the denominator, so that the default value is none of a whole and not a division by zero.
    private readonly BigInteger _ofLessOne;

    private Share(BigInteger parts, BigInteger of)
    {
        var common = BigInteger.GreatestCommonDivisor(parts, of);
        (_parts, _ofLessOne) = common.IsOne ? (parts, of - 1) : (parts / common, (of / common) - 1);
    }

    /// <summary>Nothing of it.</summary>
    public static readonly Share None;

    /// <summary>All of it.</summary>
    public static readonly Share Whole = new(1, 1);

    /// <summary>Numerator in lowest terms.</summary>
    public BigInteger Parts => _parts;

    /// <summary>Denominator in lowest terms, at least 1.</summary>
    public BigInteger Of => _ofLessOne + 1;

    public bool IsNone => _parts.IsZero;

    /// <param name="parts">0 or more.</param>
    /// <param name="of">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative parts, or parts of nothing.</exception>
    public static Share From(BigInteger parts, BigInteger of)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(parts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(of);
        return new Share(parts, of);
    }

    public static Share operator +(Share left, Share right) => new((left.Parts * right.Of) + (right.Parts * left.Of), left.Of * right.Of);

    /// <exception cref="ArgumentOutOfRangeException">More is taken away than there is.</exception>
    public static Share operator -(Share left, Share right) => From((left.Parts * right.Of) - (right.Parts * left.Of), left.Of * right.Of);

    public static bool operator <(Share left, Share right) => left.CompareTo(right) < 0;

    public static bool operator <=(Share left, Share right) => left.CompareTo(right) <= 0;

    public static bool operator >(Share left, Share right) => left.CompareTo(right) > 0;

    public static bool operator >=(Share left, Share right) => left.CompareTo(right) >= 0;

    public int CompareTo(Share other) => (Parts * other.Of).CompareTo(other.Parts * Of);

    /// <summary><c>1/3</c>; a whole is <c>1/1</c>.</summary>
    public override string ToString() => $"{Parts}/{Of}";
}
