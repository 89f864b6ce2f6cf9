using System.Numerics;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Splits;

/// <summary>One right in one recording or work.</summary>
public readonly record struct OwnedRight(EntityId Subject, Right Right);

/// <summary>What cutting a catalogue gives.</summary>
/// <param name="Slices">Ordered by subject, right, first day, territory and use.</param>
/// <param name="TooFine">Rights whose claims would make more pieces than the limits allow: all their money is held.</param>
public sealed record SlicedCatalogue(IReadOnlyList<Slice> Slices, IReadOnlyList<OwnedRight> TooFine);

/// <summary>
/// The slice test (music-rights 3.9): cuts territory × use × time wherever the claims change. The result is a function of
/// who claims what at each point alone: neither the order of claims nor how one is cut in pieces can change it.
/// </summary>
public static class Slicing
{
    /// <summary>Claims on one right in one recording or work.</summary>
    public const int MaxClaims = 1_000;

    /// <summary>Pieces before equal neighbours are joined, for one right in one recording or work.</summary>
    public const int MaxPieces = 20_000;

    /// <summary>Size of the common denominator of the claims on one right; a hundred ordinary sheets need fewer.</summary>
    public const int MaxDenominatorBits = 4_096;

    /// <summary>Cuts every right that somebody claims. A right without any claim is no slice at all.</summary>
    public static SlicedCatalogue Cut(IEnumerable<ShareClaim> claims)
    {
        var slices = new List<Slice>();
        var tooFine = new List<OwnedRight>();
        foreach (var (owned, _, group) in claims.GroupBy(c => new OwnedRight(c.Subject, c.Right))
            .Select(g => (Owned: g.Key, g.Key.Subject.Text, Group: g))
            .OrderBy(g => g.Text, StringComparer.Ordinal).ThenBy(g => g.Owned.Right))
        {
            if (!TryCut(owned, [.. group], slices))
            {
                tooFine.Add(owned);
            }
        }
        return new SlicedCatalogue(slices, tooFine);
    }

    private static bool TryCut(OwnedRight owned, ShareClaim[] claims, List<Slice> slices)
    {
        if (claims.Length > MaxClaims || CommonDenominator(claims) is not { } whole)
        {
            return false;
        }
        var territories = Atoms.Of(claims.Select(c => c.Territories));
        var uses = Atoms.Of(claims.Select(c => c.Uses));
        var cuts = claims.SelectMany(c => (int[])[c.Days.FromDay, c.Days.UntilDay])
            .Append(DateInterval.FirstDay).Append(DateInterval.NoEnd).Distinct().Order().ToArray();
        if ((long)territories.Count * uses.Count * (cuts.Length - 1) > MaxPieces)
        {
            return false;
        }
        // Equal parties stand together whatever the order of claims, and their parts can be added up in one pass.
        Array.Sort(claims, static (a, b) => a.Party.CompareTo(b.Party));
        var parties = Array.ConvertAll(claims, c => c.Party).Distinct().ToArray();
        var columns = new Columns(claims, parties, whole);
        var joined = new JoinedInTime(owned, parties, whole, slices);
        for (var i = 0; i + 1 < cuts.Length; i++)
        {
            joined.Next(cuts[i], Pieces(columns, columns.ActiveOn(cuts[i]), territories, uses));
        }
        joined.End();
        return true;
    }

    /// <summary>What stands between two cuts: for each content one or more boxes, the same for the same claims.</summary>
    private static IEnumerable<Piece> Pieces(Columns claims, int[] active, List<SplitTerritories> territories, List<UseSet> uses)
    {
        var byContent = new Dictionary<Content, SplitTerritories[]>();
        var chosen = new int[active.Length];
        for (var u = 0; u < uses.Count; u++)
        {
            foreach (var territory in territories)
            {
                var content = Content.Of(claims.Parties, claims.Parts, claims.Choose(active, territory, uses[u], chosen));
                if (!byContent.TryGetValue(content, out var where))
                {
                    byContent.Add(content, where = new SplitTerritories[uses.Count]);
                }
                where[u] = where[u].Union(territory);
            }
        }
        return uses.Count == 1
            ? byContent.Select(found => new Piece(uses[0], found.Value[0], found.Key))
            : from found in byContent
              from box in found.Value.Select((set, u) => (set, uses: uses[u])).Where(b => !b.set.IsEmpty).GroupBy(b => b.set, b => b.uses)
              select new Piece(box.Aggregate((a, b) => a.Union(b)), box.Key, found.Key);
    }

    /// <summary>Null when it is larger than allowed.</summary>
    private static BigInteger? CommonDenominator(ShareClaim[] claims)
    {
        var common = BigInteger.One;
        foreach (var of in claims.Select(c => c.Share.Of).Distinct())
        {
            common *= of / BigInteger.GreatestCommonDivisor(common, of);
            if (common.GetBitLength() > MaxDenominatorBits)
            {
                return null;
            }
        }
        return common;
    }

    /// <summary>The claims as columns, ordered by party: what is asked of them for each piece.</summary>
    private sealed class Columns(ShareClaim[] claims, PartyId[] parties, BigInteger whole)
    {
        internal int[] Parties { get; } = Array.ConvertAll(claims, c => Array.BinarySearch(parties, c.Party));

        internal BigInteger[] Parts { get; } = Array.ConvertAll(claims, c => c.Share.Parts * (whole / c.Share.Of));

        internal int[] ActiveOn(int day)
        {
            var active = new List<int>(claims.Length);
            for (var c = 0; c < claims.Length; c++)
            {
                if (claims[c].Days.FromDay <= day && day < claims[c].Days.UntilDay)
                {
                    active.Add(c);
                }
            }
            return [.. active];
        }

        /// <summary>Those of the active claims that speak of a piece; written into <paramref name="chosen"/>.</summary>
        internal ReadOnlySpan<int> Choose(int[] active, SplitTerritories territory, UseSet use, int[] chosen)
        {
            var count = 0;
            foreach (var c in active)
            {
                if (claims[c].Territories.Overlaps(territory) && claims[c].Uses.Overlaps(use))
                {
                    chosen[count++] = c;
                }
            }
            return chosen.AsSpan(0, count);
        }
    }
}
