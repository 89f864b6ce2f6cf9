namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// Reads <c>ResourceList</c> of version 4. Up to 4.2 ISRC, P-line and files stand in the recording itself, from 4.3 on in
/// its editions; what stands in the place of the other version is not read, for it would not be what its sender thinks.
/// </summary>
internal static class ErnResourceReader
{
    internal static ErnResources Read(ErnCursor at, ErnVersion version, ErnAside aside)
    {
        var recordings = new List<ErnRecording>();
        var images = new List<ErnImage>();
        var others = new List<ErnOther>();
        for (var list = at.Depth; at.NextChild(list);)
        {
            switch (at.Name)
            {
                case "SoundRecording" or "Video" when recordings.Count > CatalogueLimits.MaxTracks:
                    // One beyond the limit is kept, so that the excess is seen; what comes after is skipped.
                    break;
                case "SoundRecording" or "Video":
                    recordings.Add(Recording(at, version, aside));
                    break;
                case "Image":
                    images.Add(ErnImageReader.Image(at, aside));
                    break;
                case "":
                    aside.Leave(at);
                    break;
                default:
                    others.Add(Other(at));
                    break;
            }
        }
        return new ErnResources(recordings, images, others);
    }

    /// <summary>A resource of which only the reference is read.</summary>
    internal static ErnOther Other(ErnCursor at)
    {
        var (kind, place) = (at.Name, at.KeepPlace());
        return new ErnOther(kind, at.Child("ResourceReference") ?? new Stated("", place), place);
    }

    private static ErnRecording Recording(ErnCursor at, ErnVersion version, ErnAside aside)
    {
        var (place, isVideo) = (at.KeepPlace(), at.Name == "Video");
        var editions = new List<UnvalidatedEdition>();
        var whole = new EditionDraft(place);
        var credits = new List<ErnCredit>();
        var shares = new List<UnvalidatedShare>();
        List<Stated> languages = [], iswcs = [];
        Stated? reference = null, duration = null, longTitle = null, parental = null;
        Preferred title = default, artist = default;
        bool instrumental = false, hasId = false;
        var splits = 0;
        for (var recording = at.Depth; at.NextChild(recording);)
        {
            switch (at.Name)
            {
                case "ResourceReference":
                    reference = at.Text();
                    break;
                case "SoundRecordingEdition" or "VideoEdition" when version.HasEditions:
                    var draft = new EditionDraft(at.KeepPlace());
                    for (var edition = at.Depth; at.NextChild(edition);)
                    {
                        draft.Take(at, aside);
                    }
                    hasId |= draft.HasId;
                    editions.Add(draft.Edition);
                    break;
                case "ResourceId" or "PLine" or "TechnicalDetails" when !version.HasEditions:
                    whole.Take(at, aside);
                    break;
                case "DisplayTitleText":
                    title.Offer(at);
                    break;
                case "DisplayTitle":
                    longTitle ??= at.Child("TitleText");
                    break;
                case "DisplayArtistName":
                    artist.Offer(at);
                    break;
                case "DisplayArtist":
                    credits.Add(ErnPartyReader.Credit(at, aside));
                    break;
                case "Duration":
                    duration = at.Text();
                    break;
                case "ParentalWarningType":
                    parental ??= at.Text();
                    break;
                case "LanguageOfPerformance":
                    languages.Add(at.Text());
                    break;
                case "IsInstrumental":
                    instrumental = at.Text().Value is "true" or "1";
                    break;
                case "WorkId":
                    if (at.Child("ISWC") is { } iswc)
                    {
                        iswcs.Add(iswc);
                    }
                    break;
                case "ResourceRightsController":
                    splits++;
                    shares.Add(ErnRightsReader.Share(at, aside));
                    break;
                case "WorkRightsController":
                    shares.Add(ErnRightsReader.Share(at, aside));
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        if (!version.HasEditions)
        {
            hasId = whole.HasId;
            editions.Add(whole.Edition);
        }
        return new ErnRecording(reference ?? new Stated("", place), isVideo, hasId, editions, title.Value ?? longTitle, artist.Value,
            credits, duration, splits, place)
        {
            ParentalWarning = parental,
            Languages = languages,
            IsInstrumental = instrumental,
            Iswcs = iswcs,
            Shares = shares,
        };
    }
}
