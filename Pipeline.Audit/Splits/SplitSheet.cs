using System.Collections.Immutable;
using System.Globalization;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Splits;

/// <summary>A party and its positive integer weight.</summary>
public readonly record struct PartyWeight(PartyId Party, long Weight);

/// <summary>
/// Who holds which share of one right in one scope. Its weights are the whole by their sum: a sheet can neither leave a gap
/// nor claim too much, and a third is one of three.
/// </summary>
public sealed class SplitSheet
{
    public const int MaxParties = 200;

    public const long MaxWeight = 1_000_000_000;

    private SplitSheet(Right right, Scope scope, ImmutableArray<PartyWeight> weights) => (Right, Scope, Weights) = (right, scope, weights);

    public Right Right { get; }

    public Scope Scope { get; }

    /// <summary>Ordered by party, each once.</summary>
    public ImmutableArray<PartyWeight> Weights { get; }

    /// <summary>The exact shares; together the whole.</summary>
    public ImmutableArray<PartyShare> Shares
    {
        get
        {
            var total = Weights.Sum(w => w.Weight);
            return [.. Weights.Select(w => new PartyShare(w.Party, Share.From(w.Weight, total)))];
        }
    }

    public bool Names(PartyId party) => Weights.Any(w => w.Party == party);

    /// <summary>Puts a sheet together; the findings say why not. A party that comes twice has two roles: its weights add up.</summary>
    /// <param name="right">Of the recording or work.</param>
    /// <param name="scope">Not empty.</param>
    /// <param name="weights">In any order.</param>
    /// <param name="place">For the findings.</param>
    /// <param name="sheet">Null when there are findings.</param>
    public static IReadOnlyList<Finding> Create(Right right, Scope scope, IReadOnlyList<PartyWeight> weights, string place, out SplitSheet? sheet)
    {
        sheet = null;
        var added = weights.Where(w => w.Weight is >= 1 and <= MaxWeight).GroupBy(w => w.Party)
            .Select(g => new PartyWeight(g.Key, g.Sum(w => w.Weight))).OrderBy(w => w.Party).ToImmutableArray();
        if (weights.FirstOrDefault(w => w.Weight is < 1 or > MaxWeight) is { Party.Text: not null } wrong)
        {
            return [Finding.Reject(
                "SPLIT_WEIGHT", place, wrong.Weight.ToString(CultureInfo.InvariantCulture),
                $"The weight of '{wrong.Party}' is not an integer from 1 to {MaxWeight}.", "Write shares as whole numbers, e.g. 1, 1, 1 for thirds or 3333, 6667.")];
        }
        if (added.Length is 0 or > MaxParties || added.Any(w => w.Weight > MaxWeight))
        {
            return [Finding.Reject(
                "SPLIT_PARTIES", place, added.Length.ToString(CultureInfo.InvariantCulture),
                $"A sheet has 1 to {MaxParties} parties, each with a weight of up to {MaxWeight} in all its roles.", "Name each payee with its weight; pay larger groups through a party of their own.")];
        }
        sheet = new SplitSheet(right, scope, added);
        return [];
    }

    /// <summary>The canonical form that is committed to and consented to.</summary>
    public SplitDocument ToDocument() => new(
        Right.Word(), DateInterval.Write(Scope.Days.From), Scope.Days.Until is { } until ? DateInterval.Write(until) : null,
        Scope.Territories.ToString(), Scope.Uses.ToString(), [.. Weights.Select(w => new SplitWeight(w.Party.Text, w.Weight))]);

    /// <summary>Reads a document; false when it is not the canonical form of a sheet.</summary>
    public static bool TryRead(SplitDocument document, out SplitSheet? sheet)
    {
        sheet = null;
        if (!RightWords.TryParse(document.Right, out var right) || !DateInterval.TryParseDay(document.From, out var from)
            || !TryReadEnd(document.Until, out var until) || !DateInterval.TryCreate(from, until, out var days)
            || !SplitTerritories.TryParse(document.Territories, out var territories, out _) || territories.IsEmpty
            || !UseSet.TryParse(document.Uses, out var uses, out _) || uses.IsEmpty)
        {
            return false;
        }
        var weights = new List<PartyWeight>(document.Shares.Count);
        foreach (var (name, weight) in document.Shares)
        {
            if (!PartyId.TryParse(name, out var party))
            {
                return false;
            }
            weights.Add(new PartyWeight(party, weight));
        }
        return Create(right, new Scope(territories, uses, days), weights, "", out sheet).Count == 0 && sheet!.ToDocument().IsSame(document);
    }

    private static bool TryReadEnd(string? text, out DateOnly? until)
    {
        var ok = DateInterval.TryParseDay(text, out var day);
        until = ok ? day : null;
        return ok || text is null;
    }
}

/// <summary>Comparing documents.</summary>
public static class SplitDocuments
{
    /// <summary>Equal in every word; a record with a list does not compare that.</summary>
    public static bool IsSame(this SplitDocument left, SplitDocument right) =>
        left with { Shares = right.Shares } == right && left.Shares.SequenceEqual(right.Shares);
}
