using System.Collections.Immutable;

namespace Pipeline.Audit.Splits;

/// <summary>A sheet that everybody consented to.</summary>
/// <param name="Number">Counts the versions of a recording or work from 1.</param>
/// <param name="Position">Where the log says that it came into force: what "known since" means.</param>
/// <param name="Proposal">The proposal it was.</param>
/// <param name="Sheet">Null once erased.</param>
public sealed record SplitVersion(int Number, long Position, int Proposal, SplitSheet? Sheet);

/// <summary>Who owns a right for some uses, at one day and place.</summary>
/// <param name="Version">Null where no version speaks of it; its sheet is null where it was erased.</param>
/// <param name="Holders">Ordered by party; empty where nobody is known.</param>
public sealed record Ownership(Right Right, UseSet Uses, SplitVersion? Version, ImmutableArray<PartyShare> Holders)
{
    /// <summary>The part of the money that waits in suspense: none, or all where nobody is known.</summary>
    public Share Suspended => Holders.IsEmpty ? Share.Whole : Share.None;
}

/// <summary>
/// Which version counts. Where two speak of the same place, use and day, the one that came into force later does; beyond
/// its scope the earlier one goes on.
/// </summary>
public static class InForce
{
    /// <summary>
    /// Who owned what on a day in a territory, as far as the log knew it. One answer for each right that any version then
    /// spoke of, and each group of uses; together they are all uses.
    /// </summary>
    /// <param name="versions">Of one recording or work, oldest first.</param>
    /// <param name="day">The day of use.</param>
    /// <param name="territory">Alpha-2.</param>
    /// <param name="knownAt">Position in the log: what stands at it is known, what comes after is not.</param>
    public static IReadOnlyList<Ownership> At(IReadOnlyList<SplitVersion> versions, DateOnly day, string territory, long knownAt)
    {
        var known = versions.TakeWhile(v => v.Position <= knownAt).ToList();
        var owned = new List<Ownership>();
        // An erased version may have spoken of any right.
        var rights = known.Any(v => v.Sheet is null) ? Enum.GetValues<Right>().AsEnumerable() : known.Select(v => v.Sheet!.Right).Distinct().Order();
        foreach (var right in rights)
        {
            owned.AddRange(At(known, right, day, territory));
        }
        return owned;
    }

    /// <summary>What a scope is made of: the versions that count in it, each with the boxes where it does.</summary>
    /// <param name="versions">Of one recording or work, oldest first; erased ones are passed over.</param>
    /// <param name="right">Of it.</param>
    /// <param name="scope">Asked about.</param>
    public static IEnumerable<(SplitVersion Version, IReadOnlyList<Scope> Where)> Within(IReadOnlyList<SplitVersion> versions, Right right, Scope scope)
    {
        List<Scope> rest = [scope];
        for (var i = versions.Count - 1; i >= 0 && rest.Count > 0; i--)
        {
            if (versions[i].Sheet is not { } sheet || sheet.Right != right || !sheet.Scope.Overlaps(scope))
            {
                continue;
            }
            var where = rest.Select(r => r.Intersect(sheet.Scope)).Where(w => w is not null).Select(w => w!.Value).ToList();
            if (where.Count > 0)
            {
                yield return (versions[i], where);
                rest = [.. rest.SelectMany(r => r.Except(sheet.Scope))];
            }
        }
    }

    private static IEnumerable<Ownership> At(List<SplitVersion> known, Right right, DateOnly day, string territory)
    {
        var rest = UseSet.All;
        for (var i = known.Count - 1; i >= 0 && !rest.IsEmpty; i--)
        {
            if (known[i].Sheet is not { } sheet)
            {
                // What it said is gone, so whatever it may have spoken of is nobody's until people decide.
                yield return new Ownership(right, rest, known[i], []);
                yield break;
            }
            if (sheet.Right == right && sheet.Scope.Covers(territory, day) && sheet.Scope.Uses.Overlaps(rest))
            {
                yield return new Ownership(right, sheet.Scope.Uses.Intersect(rest), known[i], sheet.Shares);
                rest = rest.Except(sheet.Scope.Uses);
            }
        }
        if (!rest.IsEmpty)
        {
            yield return new Ownership(right, rest, null, []);
        }
    }
}
