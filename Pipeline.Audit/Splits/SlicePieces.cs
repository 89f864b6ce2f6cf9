using System.Numerics;

namespace Pipeline.Audit.Splits;

/// <summary>A box of territories and uses between two cuts in time, with what is claimed in all of it.</summary>
internal readonly record struct Piece(UseSet Uses, TerritorySet Territories, Content Content);

/// <summary>What is claimed at a point: parties in order, each with its parts of the common denominator.</summary>
internal sealed class Content : IEquatable<Content>
{
    private readonly (PartyId Party, BigInteger Parts)[] _held;

    private Content((PartyId, BigInteger)[] held) => _held = held;

    internal IReadOnlyList<(PartyId Party, BigInteger Parts)> Held => _held;

    /// <param name="claims">Ordered by party.</param>
    /// <param name="parts">Of each claim.</param>
    /// <param name="chosen">Which of them, in order.</param>
    internal static Content Of(ShareClaim[] claims, BigInteger[] parts, int[] chosen)
    {
        var held = new List<(PartyId Party, BigInteger Parts)>(chosen.Length);
        foreach (var c in chosen)
        {
            if (held.Count > 0 && held[^1].Party == claims[c].Party)
            {
                held[^1] = (held[^1].Party, held[^1].Parts + parts[c]);
            }
            else
            {
                held.Add((claims[c].Party, parts[c]));
            }
        }
        return new Content([.. held]);
    }

    public bool Equals(Content? other) => other is not null && _held.AsSpan().SequenceEqual(other._held);

    public override bool Equals(object? obj) => Equals(obj as Content);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var held in _held)
        {
            hash.Add(held);
        }
        return hash.ToHashCode();
    }
}

/// <summary>Joins what is the same before and after a cut, so that only changes of content remain cuts.</summary>
internal sealed class JoinedInTime(OwnedRight owned, BigInteger whole, List<Slice> slices)
{
    private readonly int _first = slices.Count;
    private Dictionary<Piece, int> _open = [];

    /// <summary>What stands from <paramref name="day"/> on.</summary>
    internal void Next(int day, IEnumerable<Piece> pieces)
    {
        var still = new Dictionary<Piece, int>();
        foreach (var piece in pieces)
        {
            still.Add(piece, _open.Remove(piece, out var since) ? since : day);
        }
        Close(day);
        _open = still;
    }

    /// <summary>What stands now stands without end.</summary>
    internal void End()
    {
        Close(DateInterval.NoEnd);
        // Boxes of one day share no point, so day, territory and use tell any two apart.
        slices.Sort(_first, slices.Count - _first, Comparer<Slice>.Create((a, b) =>
            (a.Days.FromDay, a.Territories.First, a.Uses.First).CompareTo((b.Days.FromDay, b.Territories.First, b.Uses.First))));
    }

    private void Close(int day)
    {
        foreach (var (piece, since) in _open)
        {
            slices.Add(new Slice(
                owned.Subject, owned.Right, piece.Territories, piece.Uses, DateInterval.Between(since, day),
                [.. piece.Content.Held.Select(h => new PartyShare(h.Party, Share.From(h.Parts, whole)))],
                Share.From(piece.Content.Held.Aggregate(BigInteger.Zero, (sum, h) => sum + h.Parts), whole)));
        }
    }
}

/// <summary>The coarsest cutting of everything in which each given set is a union of pieces.</summary>
internal static class Atoms
{
    internal static List<TerritorySet> Of(IEnumerable<TerritorySet> sets) =>
        Refine([TerritorySet.Worldwide], sets, (atom, set) => atom.Intersect(set), (atom, set) => atom.Except(set), a => a.IsEmpty);

    internal static List<UseSet> Of(IEnumerable<UseSet> sets) =>
        Refine([UseSet.All], sets, (atom, set) => atom.Intersect(set), (atom, set) => atom.Except(set), a => a.IsEmpty);

    private static List<T> Refine<T>(List<T> atoms, IEnumerable<T> sets, Func<T, T, T> inside, Func<T, T, T> outside, Predicate<T> isEmpty)
    {
        foreach (var set in sets.Distinct())
        {
            var refined = new List<T>(atoms.Count + 1);
            foreach (var atom in atoms)
            {
                refined.AddRange(((T[])[inside(atom, set), outside(atom, set)]).Where(part => !isEmpty(part)));
            }
            atoms = refined;
        }
        return atoms;
    }
}
