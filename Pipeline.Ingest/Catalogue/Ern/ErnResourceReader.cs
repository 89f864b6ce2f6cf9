namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>Reads <c>ResourceList</c>. Paths: ERN 4.3, where ISRC, P-line and files stand below the edition.</summary>
internal static class ErnResourceReader
{
    internal static ErnResources Read(ErnCursor at)
    {
        var recordings = new List<ErnRecording>();
        var images = new List<ErnImage>();
        var others = new List<ErnOther>();
        for (var list = at.Depth; at.NextChild(list);)
        {
            switch (at.Name)
            {
                case "SoundRecording" when recordings.Count > CatalogueLimits.MaxTracks:
                    // One beyond the limit is kept, so that the excess is seen; what comes after is skipped.
                    break;
                case "SoundRecording":
                    recordings.Add(Recording(at));
                    break;
                case "Image":
                    images.Add(Image(at));
                    break;
                case "":
                    break;
                default:
                    others.Add(Other(at));
                    break;
            }
        }
        return new ErnResources(recordings, images, others);
    }

    /// <summary><c>DisplayArtist</c>, of a recording or of a release.</summary>
    internal static ErnCredit Credit(ErnCursor at)
    {
        var place = at.KeepPlace();
        Stated? party = null, role = null;
        for (var artist = at.Depth; at.NextChild(artist);)
        {
            switch (at.Name)
            {
                case "ArtistPartyReference":
                    party = at.Text();
                    break;
                case "DisplayArtistRole":
                    role = at.Text();
                    break;
            }
        }
        return new ErnCredit(party ?? new Stated("", place), role ?? new Stated("", place));
    }

    /// <summary>The first child of that name, as text.</summary>
    internal static Stated? Child(ErnCursor at, string name)
    {
        Stated? found = null;
        for (var parent = at.Depth; at.NextChild(parent);)
        {
            if (at.Name == name)
            {
                found ??= at.Text();
            }
        }
        return found;
    }

    private static ErnRecording Recording(ErnCursor at)
    {
        var place = at.KeepPlace();
        var editions = new List<ErnEdition>();
        var credits = new List<ErnCredit>();
        Stated? reference = null, duration = null, longTitle = null;
        Preferred title = default, artist = default;
        var splits = 0;
        for (var recording = at.Depth; at.NextChild(recording);)
        {
            switch (at.Name)
            {
                case "ResourceReference":
                    reference = at.Text();
                    break;
                case "SoundRecordingEdition":
                    editions.Add(Edition(at));
                    break;
                case "DisplayTitleText":
                    title.Offer(at);
                    break;
                case "DisplayTitle":
                    longTitle ??= Child(at, "TitleText");
                    break;
                case "DisplayArtistName":
                    artist.Offer(at);
                    break;
                case "DisplayArtist":
                    credits.Add(Credit(at));
                    break;
                case "Duration":
                    duration = at.Text();
                    break;
                case "ResourceRightsController":
                    splits++;
                    break;
            }
        }
        return new ErnRecording(reference ?? new Stated("", place), editions, title.Value ?? longTitle, artist.Value,
            credits, duration, splits, place);
    }

    private static ErnEdition Edition(ErnCursor at)
    {
        var place = at.KeepPlace();
        Stated? isrc = null, year = null;
        UnvalidatedFile? file = null;
        for (var edition = at.Depth; at.NextChild(edition);)
        {
            switch (at.Name)
            {
                case "ResourceId" when isrc is null && !at.Flag("IsReplaced"):
                    isrc = Child(at, "ISRC");
                    break;
                case "PLine":
                    var line = at.KeepPlace();
                    // A P-line without a year is a P-line all the same: an empty year says so.
                    year ??= Child(at, "Year") ?? new Stated("", line);
                    break;
                case "TechnicalDetails":
                    var found = TechnicalFile(at);
                    file ??= found;
                    break;
            }
        }
        return new ErnEdition(isrc, year, file, place);
    }

    private static ErnImage Image(ErnCursor at)
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
                case "Type":
                    type = at.Text();
                    break;
                case "TechnicalDetails":
                    var found = TechnicalFile(at);
                    file ??= found;
                    break;
            }
        }
        return new ErnImage(reference ?? new Stated("", place), type?.Value == "FrontCoverImage", file, place);
    }

    private static ErnOther Other(ErnCursor at)
    {
        var (kind, place) = (at.Name, at.KeepPlace());
        return new ErnOther(kind, Child(at, "ResourceReference") ?? new Stated("", place), place);
    }

    /// <summary>
    /// The file of a <c>TechnicalDetails</c>: below <c>DeliveryFile</c> for sound, directly for an image. None for a clip,
    /// and none where <c>IsProvidedInDelivery</c> says that the file does not come along.
    /// </summary>
    private static UnvalidatedFile? TechnicalFile(ErnCursor at)
    {
        UnvalidatedFile? file = null;
        var provided = true;
        for (var details = at.Depth; at.NextChild(details);)
        {
            switch (at.Name)
            {
                case "DeliveryFile":
                    var found = TechnicalFile(at);
                    file ??= found;
                    break;
                case "File":
                    file ??= File(at);
                    break;
                case "IsProvidedInDelivery":
                    provided &= at.Text().Value is not ("false" or "0");
                    break;
                case "IsClip":
                    provided &= at.Text().Value is not ("true" or "1");
                    break;
            }
        }
        return provided ? file : null;
    }

    private static UnvalidatedFile? File(ErnCursor at)
    {
        Stated? path = null;
        var hashes = new List<UnvalidatedHash>();
        for (var file = at.Depth; at.NextChild(file);)
        {
            switch (at.Name)
            {
                case "URI":
                    path = at.Text();
                    break;
                case "HashSum":
                    hashes.Add(Hash(at));
                    break;
            }
        }
        return path is null ? null : new UnvalidatedFile(path, hashes);
    }

    private static UnvalidatedHash Hash(ErnCursor at)
    {
        var place = at.KeepPlace();
        Stated? algorithm = null, value = null, type = null;
        for (var hash = at.Depth; at.NextChild(hash);)
        {
            switch (at.Name)
            {
                case "Algorithm":
                    algorithm = at.Text();
                    break;
                case "HashSumValue":
                    value = at.Text();
                    break;
                case "DataType":
                    type = at.Text();
                    break;
            }
        }
        return new UnvalidatedHash(algorithm ?? new Stated("", place), value ?? new Stated("", place), type?.Value switch
        {
            "HexBinary" => "hex",
            "Binary64" => "base64",
            _ => null,
        });
    }
}
