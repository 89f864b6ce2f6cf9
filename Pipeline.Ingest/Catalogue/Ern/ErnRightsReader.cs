namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// Reads who claims what of a recording or work: <c>ResourceRightsController</c> and <c>WorkRightsController</c>, in
/// version 3 <c>RightsController</c>.
/// </summary>
internal static class ErnRightsReader
{
    internal static UnvalidatedShare Share(ErnCursor at, ErnAside aside)
    {
        var place = at.KeepPlace();
        Stated? percentage = null;
        bool fraction = false, unknown = false;
        for (var controller = at.Depth; at.NextChild(controller);)
        {
            switch (at.Name)
            {
                case "RightSharePercentage":
                    fraction = at.Flag("HasMaxValueOfOne");
                    percentage = at.Text();
                    break;
                case "RightShareUnknown":
                    unknown = at.Text().Value is "true" or "1";
                    break;
                case "PartyId":
                    ErnPartyReader.Ids(at, aside);
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        var share = new UnvalidatedShare(percentage, fraction, unknown, place);
        aside.Shares.Add(share);
        return share;
    }
}
