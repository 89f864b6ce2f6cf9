using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>The territories of a deal, resolved to a set (<see cref="TerritoryTable.Version"/>).</summary>
internal static class DealTerritoryRules
{
    /// <summary>
    /// Where the deal holds. Codes that cannot be resolved add nothing, so that a mistake never sells in a country too many.
    /// </summary>
    internal static TerritorySet Resolve(UnvalidatedDeal deal) => deal.Territories.Count > 0
        ? Union(deal.Territories).Except(Union(deal.Excluded))
        : deal.Excluded.Count > 0 ? TerritorySet.Everywhere.Except(Union(deal.Excluded)) : TerritorySet.Nowhere;

    internal static IEnumerable<Finding> Check(UnvalidatedDeal deal)
    {
        if (deal.Territories.Count + deal.Excluded.Count == 0)
        {
            if (!deal.IsTakeDown)
            {
                yield return Rules.TerritoryMissing.Broken(deal.Place, null,
                    "The deal does not say where it holds.", "Add TerritoryCode, e.g. Worldwide.");
            }
            yield break;
        }
        var resolved = true;
        foreach (var territory in deal.Territories.Concat(deal.Excluded))
        {
            if (Judge(territory) is { } finding)
            {
                resolved &= finding.Severity < Severity.Block;
                yield return finding;
            }
        }
        if (resolved && Resolve(deal).IsEmpty)
        {
            yield return Rules.TerritoryNowhere.Broken(deal.Place, null,
                "Included and excluded territories together leave none: this deal holds nowhere.", "Leave the deal out, or say where it holds.");
        }
        if (Doubtful(deal) is { } doubt)
        {
            yield return Rules.TerritoryDoubtful.Broken(doubt,
                "NE is Niger. Among these countries the Netherlands (NL) were perhaps meant.", "Check the code.");
        }
    }

    private static Finding? Judge(UnvalidatedTerritory territory)
    {
        var code = territory.Code;
        var (_, standing) = Of(territory);
        return standing switch
        {
            TerritoryStanding.Unknown => Rules.TerritoryUnknown.Broken(code,
                territory.IsTis ? "This is no number of CISAC's TIS." : "This is no territory code of ISO 3166-1 or DDEX.",
                code.Value switch
                {
                    "UK" => "Write GB.",
                    "EU" => "List the countries: they change.",
                    "WW" or "WORLDWIDE" or "worldwide" or "World" => "Write Worldwide.",
                    _ => "Write the code of two letters, or Worldwide.",
                }),
            TerritoryStanding.Withdrawn => Rules.TerritoryWithdrawn.Broken(code,
                "This code was withdrawn: the country it meant is no more, and it adds nothing here.", "Write the codes of today's countries."),
            TerritoryStanding.GroupNotKnown => Rules.TerritoryGroupUnresolved.Broken(code,
                "This is a group of CISAC's TIS whose members are not known here; to guess them would decide over money.",
                "List the countries by their ISO codes."),
            _ when territory.IsTis => Rules.TerritoryTis.Broken(code,
                "TIS numbers are for partners who have agreed on them.", "Write the ISO code, or have it agreed in the sender's profile."),
            _ => null,
        };
    }

    private static (TerritorySet Set, TerritoryStanding Standing) Of(UnvalidatedTerritory territory) =>
        territory.IsTis ? TerritoryTable.ResolveTis(territory.Code.Value) : TerritoryTable.Resolve(territory.Code.Value);

    private static TerritorySet Union(IReadOnlyList<UnvalidatedTerritory> territories)
    {
        var all = TerritorySet.Nowhere;
        foreach (var territory in territories)
        {
            all = all.Union(Of(territory).Set);
        }
        return all;
    }

    /// <summary>Niger between Belgium and Germany, without the Netherlands: a known slip of senders and of DDEX's own page.</summary>
    private static Stated? Doubtful(UnvalidatedDeal deal)
    {
        Stated? niger = null;
        var (netherlands, neighbour) = (false, false);
        foreach (var territory in deal.Territories)
        {
            switch (territory.Code.Value)
            {
                case "NE":
                    niger = territory.Code;
                    break;
                case "NL":
                    netherlands = true;
                    break;
                case "BE" or "DE" or "LU":
                    neighbour = true;
                    break;
            }
        }
        return neighbour && !netherlands ? niger : null;
    }
}
