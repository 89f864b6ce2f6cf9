namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// Reads <c>DealList</c>. Version 3 has the uses below <c>Usage</c> and may call a deal off by a flag; else the versions agree.
/// </summary>
internal static class ErnDealReader
{
    internal static ErnDeals Read(ErnCursor at, ErnAside aside)
    {
        var references = new List<Stated>();
        var deals = new List<UnvalidatedDeal>();
        for (var list = at.Depth; at.NextChild(list);)
        {
            if (at.Name != "ReleaseDeal")
            {
                aside.Leave(at);
                continue;
            }
            var releases = new List<Stated>();
            for (var deal = at.Depth; at.NextChild(deal);)
            {
                switch (at.Name)
                {
                    case "DealReleaseReference":
                        releases.Add(at.Text());
                        break;
                    case "Deal":
                        Deal(at, releases, deals, aside);
                        break;
                    default:
                        aside.Leave(at);
                        break;
                }
            }
            references.AddRange(releases);
        }
        return new ErnDeals(references, deals);
    }

    private static void Deal(ErnCursor at, List<Stated> releases, List<UnvalidatedDeal> deals, ErnAside aside)
    {
        for (var deal = at.Depth; at.NextChild(deal);)
        {
            if (at.Name == "DealTerms")
            {
                deals.AddRange(Terms(at, releases, aside));
            }
            else
            {
                aside.Leave(at);
            }
        }
    }

    /// <summary>One deal for each period of the terms; one without period when there is none.</summary>
    private static IEnumerable<UnvalidatedDeal> Terms(ErnCursor at, List<Stated> releases, ErnAside aside)
    {
        var place = at.KeepPlace();
        List<UnvalidatedTerritory> territories = [], excluded = [];
        List<Stated> models = [], uses = [], currencies = [];
        var periods = new List<(Stated? Start, Stated? End)>();
        bool takeDown = false, otherTerms = false;
        for (var terms = at.Depth; at.NextChild(terms);)
        {
            switch (at.Name)
            {
                case "TerritoryCode":
                    territories.Add(Territory(at));
                    break;
                case "ExcludedTerritoryCode":
                    excluded.Add(Territory(at));
                    break;
                case "ValidityPeriod":
                    periods.Add(Period(at));
                    break;
                case "CommercialModelType":
                    models.Add(at.Text());
                    break;
                case "UseType":
                    uses.Add(at.Text());
                    break;
                case "Usage":
                    otherTerms |= Usage(at, uses, aside);
                    break;
                case "PriceInformation":
                    Price(at, currencies);
                    break;
                case "TakeDown" or "AllDealsCancelled":
                    takeDown |= at.Text().Value is "true" or "1";
                    break;
                default:
                    otherTerms = true;
                    aside.Leave(at);
                    break;
            }
        }
        return (periods.Count > 0 ? periods : [(null, null)]).Select(p =>
            new UnvalidatedDeal(releases, territories, excluded, models, uses, p.Start, p.End, currencies, takeDown, place)
            {
                HasOtherTerms = otherTerms,
            });
    }

    private static UnvalidatedTerritory Territory(ErnCursor at)
    {
        var isTis = at.Attribute("IdentifierType") == "TIS";
        return new UnvalidatedTerritory(at.Text(), isTis);
    }

    private static (Stated? Start, Stated? End) Period(ErnCursor at)
    {
        Stated? start = null, end = null;
        for (var period = at.Depth; at.NextChild(period);)
        {
            switch (at.Name)
            {
                case "StartDate" or "StartDateTime":
                    start ??= at.Text();
                    break;
                case "EndDate" or "EndDateTime":
                    end ??= at.Text();
                    break;
            }
        }
        return (start, end);
    }

    /// <summary>True when the usage is narrowed by something that is not read.</summary>
    private static bool Usage(ErnCursor at, List<Stated> uses, ErnAside aside)
    {
        var narrowed = false;
        for (var usage = at.Depth; at.NextChild(usage);)
        {
            if (at.Name == "UseType")
            {
                uses.Add(at.Text());
            }
            else
            {
                narrowed = true;
                aside.Leave(at);
            }
        }
        return narrowed;
    }

    private static void Price(ErnCursor at, List<Stated> currencies)
    {
        for (var price = at.Depth; at.NextChild(price);)
        {
            if (at.Attribute("CurrencyCode") is { } currency)
            {
                currencies.Add(new Stated(currency, at.KeepPlace()));
            }
        }
    }
}
