namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>Reads an <c>Image</c>: in version 4 its file stands in it, in version 3 below each territory, where the first counts.</summary>
internal static class ErnImageReader
{
    internal static ErnImage Image(ErnCursor at, ErnAside aside)
    {
        var place = at.KeepPlace();
        Stated? reference = null, type = null;
        UnvalidatedFile? file = null;
        for (var image = at.Depth; at.NextChild(image);)
        {
            switch (at.Name)
            {
                case "ResourceReference":
                    reference = at.Text();
                    break;
                case "Type" or "ImageType":
                    type = at.Text();
                    break;
                case "TechnicalDetails":
                    Offer(ErnFileReader.Technical(at, aside));
                    break;
                case "ImageDetailsByTerritory":
                    for (var territory = at.Depth; at.NextChild(territory);)
                    {
                        if (at.Name == "TechnicalImageDetails")
                        {
                            Offer(ErnFileReader.Technical(at, aside));
                        }
                        else
                        {
                            aside.Leave(at);
                        }
                    }
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        return new ErnImage(reference ?? new Stated("", place), type?.Value == "FrontCoverImage", file, place);

        void Offer(UnvalidatedFile? found) => file ??= found;
    }
}
