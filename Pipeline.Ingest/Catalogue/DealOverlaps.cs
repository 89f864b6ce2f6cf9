using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>
/// Deals that speak twice about one release, territory, use, model and day (DDEX: ConflictingAvailabilityPeriods). Deals
/// with terms that are not read, such as a channel, may differ in them and are not held against others.
/// </summary>
internal static class DealOverlaps
{
    /// <summary>Periods of one release, use and model that are held against each other; nobody has that many.</summary>
    private const int MaxPeriods = 200;

    internal static IEnumerable<Finding> Find(UnvalidatedRelease release)
    {
        var taken = new Dictionary<(string Release, string Use, string Model), List<Taken>>();
        foreach (var deal in release.Deals)
        {
            if (deal.IsTakeDown || deal.HasOtherTerms)
            {
                continue;
            }
            var set = DealTerritoryRules.Resolve(deal);
            var from = DealRules.Moment(deal.Start)?.Day ?? DateOnly.MinValue;
            var to = DealRules.Moment(deal.End)?.Day ?? DateOnly.MaxValue;
            if (Conflict(deal, set, from, to, taken) is { } use)
            {
                yield return Rules.DealsOverlap.Broken(deal.Place, use,
                    "Another deal of this release gives the same use in the same territory and time: which of the two holds?",
                    "Let the first end before the second begins, or merge them.");
            }
        }
    }

    private static string? Conflict(
        UnvalidatedDeal deal, TerritorySet set, DateOnly from, DateOnly to, Dictionary<(string Release, string Use, string Model), List<Taken>> taken)
    {
        string? conflict = null;
        foreach (var reference in deal.Releases)
        {
            foreach (var use in deal.Uses)
            {
                foreach (var model in deal.Models)
                {
                    var key = (reference.Value, use.Value, model.Value);
                    if (!taken.TryGetValue(key, out var periods))
                    {
                        taken[key] = periods = [];
                    }
                    if (!Take(periods, set, from, to))
                    {
                        conflict ??= use.Value;
                    }
                }
            }
        }
        return conflict;
    }

    private static bool Take(List<Taken> periods, TerritorySet set, DateOnly from, DateOnly to)
    {
        var (free, same) = (true, -1);
        for (var i = 0; i < periods.Count; i++)
        {
            var (f, t, s) = periods[i];
            // The end of a deal without a time is taken as open: adjacent deals name one day as end and as beginning.
            free &= !(s.Overlaps(set) && from < t && f < to);
            same = (f, t) == (from, to) ? i : same;
        }
        if (same >= 0)
        {
            periods[same] = periods[same] with { Set = periods[same].Set.Union(set) };
        }
        else if (periods.Count < MaxPeriods)
        {
            periods.Add(new Taken(from, to, set));
        }
        return free;
    }

    private readonly record struct Taken(DateOnly From, DateOnly To, TerritorySet Set);
}
