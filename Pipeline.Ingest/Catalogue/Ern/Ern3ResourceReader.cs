namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// Reads <c>ResourceList</c> of version 3, where a resource is described once for each territory. The description for
/// the whole world counts, else the first; the others are kept unread.
/// </summary>
internal static class Ern3ResourceReader
{
    internal static ErnResources Read(ErnCursor at, ErnAside aside)
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
                    recordings.Add(Recording(at, aside));
                    break;
                case "Image":
                    images.Add(ErnImageReader.Image(at, aside));
                    break;
                case "":
                    aside.Leave(at);
                    break;
                default:
                    others.Add(ErnResourceReader.Other(at));
                    break;
            }
        }
        return new ErnResources(recordings, images, others);
    }

    private static ErnRecording Recording(ErnCursor at, ErnAside aside)
    {
        var (place, isVideo) = (at.KeepPlace(), at.Name == "Video");
        var edition = new EditionDraft(place);
        Details? details = null;
        List<Stated> languages = [], iswcs = [];
        Stated? reference = null, duration = null, title = null;
        var instrumental = false;
        for (var recording = at.Depth; at.NextChild(recording);)
        {
            switch (at.Name)
            {
                case "ResourceReference":
                    reference = at.Text();
                    break;
                case "SoundRecordingId" or "VideoId":
                    edition.Take(at, aside);
                    break;
                case "IndirectSoundRecordingId" or "IndirectVideoId":
                    if (at.Child("ISWC") is { } iswc)
                    {
                        iswcs.Add(iswc);
                    }
                    break;
                case "ReferenceTitle":
                    title ??= at.Child("TitleText");
                    break;
                case "Duration":
                    duration = at.Text();
                    break;
                case "LanguageOfPerformance":
                    languages.Add(at.Text());
                    break;
                case "IsInstrumental":
                    instrumental = at.Text().Value is "true" or "1";
                    break;
                case "SoundRecordingDetailsByTerritory" or "VideoDetailsByTerritory":
                    details = Details.Better(details, Territory(at, aside));
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        var described = details ?? new Details(place);
        var read = described.Edition.Edition with { Isrc = edition.Edition.Isrc, Place = place };
        return new ErnRecording(reference ?? new Stated("", place), isVideo, edition.HasId, [read], described.Title ?? title,
            described.DisplayArtist, described.Credits, duration, described.Shares.Count, place)
        {
            ParentalWarning = described.ParentalWarning,
            Languages = languages,
            IsInstrumental = instrumental,
            Iswcs = iswcs,
            Shares = described.Shares,
        };
    }

    private static Details Territory(ErnCursor at, ErnAside aside)
    {
        var details = new Details(at.KeepPlace());
        for (var territory = at.Depth; at.NextChild(territory);)
        {
            switch (at.Name)
            {
                case "TerritoryCode":
                    details.IsWorldwide |= at.Text().Value == "Worldwide";
                    break;
                case "Title":
                    details.OfferTitle(at);
                    break;
                case "DisplayArtistName":
                    details.DisplayArtist ??= at.Text();
                    break;
                case "DisplayArtist":
                    details.Credits.Add(ErnPartyReader.Credit(at, aside));
                    break;
                case "RightsController":
                    details.Shares.Add(ErnRightsReader.Share(at, aside));
                    break;
                case "ParentalWarningType":
                    details.ParentalWarning ??= at.Text();
                    break;
                default:
                    details.Edition.Take(at, aside);
                    break;
            }
        }
        return details;
    }

    /// <summary>The description of a recording for one territory.</summary>
    private sealed class Details(Place place)
    {
        private bool _titleIsDisplayed;

        internal bool IsWorldwide { get; set; }

        internal Stated? Title { get; private set; }

        internal Stated? DisplayArtist { get; set; }

        internal Stated? ParentalWarning { get; set; }

        internal List<ErnCredit> Credits { get; } = [];

        internal List<UnvalidatedShare> Shares { get; } = [];

        internal EditionDraft Edition { get; } = new(place);

        internal static Details Better(Details? known, Details next) =>
            known is null || (next.IsWorldwide && !known.IsWorldwide) ? next : known;

        internal void OfferTitle(ErnCursor at)
        {
            var displayed = at.Attribute("TitleType") == "DisplayTitle";
            if (at.Child("TitleText") is { } text && (Title is null || (displayed && !_titleIsDisplayed)))
            {
                (Title, _titleIsDisplayed) = (text, displayed);
            }
        }
    }
}
