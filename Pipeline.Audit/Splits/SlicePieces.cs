using System.Numerics;

namespace Pipeline.Audit.Splits;

/// <summary>A box of territories and uses between two cuts in time, with what is claimed in all of it.</summary>
internal readonly record struct Piece(UseSet Uses, SplitTerritories Territories, Content Content);

/// <summary>What is claimed at a point: parties by their place among those of the right, each with its parts of the common
/// denominator.</summary>
internal sealed class Content : IEquatable<Content>
{
    private readonly (int Party, BigInteger Parts)[] _held;

    private Content((int, BigInteger)[] held) => _held = held;

    internal ReadOnlySpan<(int Party, BigInteger Parts)> Held => _held;

    /// <param name="parties">Of each claim, ascending.</param>
    /// <param name="parts">Of each claim.</param>
    /// <param name="chosen">Which of them, in order.</param>
    internal static Content Of(int[] parties, BigInteger[] parts, ReadOnlySpan<int> chosen)
    {
        var held = new (int Party, BigInteger Parts)[chosen.Length];
        var count = 0;
        foreach (var c in chosen)
        {
            if (count > 0 && held[count - 1].Party == parties[c])
            {
                held[count - 1].Parts += parts[c];
            }
            else
            {
                held[count++] = (parties[c], parts[c]);
            }
        }
        return new Content(held[..count]);
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
internal sealed class JoinedInTime(OwnedRight owned, PartyId[] parties, BigInteger whole, List<Slice> slices)
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
            var (held, total) = (new PartyShare[piece.Content.Held.Length], BigInteger.Zero);
            for (var i = 0; i < held.Length; i++)
            {
                var (party, parts) = piece.Content.Held[i];
                held[i] = new PartyShare(parties[party], Share.From(parts, whole));
                total += parts;
            }
            slices.Add(new Slice(
                owned.Subject, owned.Right, piece.Territories, piece.Uses, DateInterval.Between(since, day), [.. held], Share.From(total, whole)));
        }
    }
}

/// <summary>The coarsest cutting of everything in which each given set is a union of pieces.</summary>
internal static class Atoms
{
    internal static List<SplitTerritories> Of(IEnumerable<SplitTerritories> sets) =>
        Refine([SplitTerritories.Worldwide], sets, (atom, set) => atom.Intersect(set), (atom, set) => atom.Except(set), a => a.IsEmpty);

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
