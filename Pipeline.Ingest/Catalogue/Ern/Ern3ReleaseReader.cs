namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// Reads <c>ReleaseList</c> of version 3. The main release is the one that says so; where none does, the only one that
/// is not a release of one track.
/// </summary>
internal static class Ern3ReleaseReader
{
    internal static ErnReleases Read(ErnCursor at, ErnAside aside)
    {
        var flagged = new List<Draft>();
        var others = new List<Draft>();
        for (var list = at.Depth; at.NextChild(list);)
        {
            if (at.Name != "Release")
            {
                aside.Leave(at);
                continue;
            }
            var isMain = at.Flag("IsMainRelease");
            (isMain ? flagged : others).Add(Release(at, aside));
        }
        var main = flagged.Count > 0 ? flagged
            : others is [var only] ? [only]
            : others.Where(r => !r.IsTrack).ToList();
        var tracks = others.Except(main).ToList();
        foreach (var track in tracks)
        {
            aside.Add(IdentifierScheme.GRid, track.Ids.Grid);
            aside.Add(IdentifierScheme.Gtin, track.Ids.Gtin);
            // Of a track release the ISRC is that of its recording, and the recording's own is looked at.
        }
        foreach (var release in main)
        {
            aside.Add(IdentifierScheme.ReleaseIsrc, release.Ids.Isrc);
        }
        return new ErnReleases(
            [.. main.Select(r => r.Release())],
            [.. tracks.SelectMany(t => t.Content.Count == 0
                ? [new ErnTrackRelease(t.Reference, null)]
                : t.Content.Select(c => new ErnTrackRelease(t.Reference, c)))]);
    }

    private static Draft Release(ErnCursor at, ErnAside aside)
    {
        var draft = new Draft(at.KeepPlace());
        for (var release = at.Depth; at.NextChild(release);)
        {
            switch (at.Name)
            {
                case "ReleaseReference":
                    draft.Reference = at.Text();
                    break;
                case "ReleaseId":
                    draft.Ids = ErnReleaseReader.Ids(at, draft.Ids);
                    break;
                case "ReferenceTitle":
                    draft.ReferenceTitle ??= at.Child("TitleText");
                    break;
                case "ReleaseType":
                    draft.IsTrack |= at.Text().Value is "TrackRelease" or "VideoTrackRelease";
                    break;
                case "ReleaseResourceReferenceList":
                    Content(at, draft);
                    break;
                case "GlobalReleaseDate":
                    draft.GlobalDate = at.Text();
                    break;
                case "GlobalOriginalReleaseDate":
                    draft.GlobalOriginalDate = at.Text();
                    break;
                case "CLine":
                    draft.CLines.Add(EditionDraft.Line(at, "CLineText"));
                    break;
                case "ReleaseDetailsByTerritory":
                    var details = Territory(at, aside);
                    draft.Details = draft.Details is null || (details.IsWorldwide && !draft.Details.IsWorldwide) ? details : draft.Details;
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        return draft;
    }

    private static void Content(ErnCursor at, Draft draft)
    {
        for (var list = at.Depth; at.NextChild(list);)
        {
            var secondary = at.Attribute("ReleaseResourceType") == "SecondaryResource";
            (secondary ? draft.Linked : draft.Content).Add(at.Text());
        }
    }

    private static Details Territory(ErnCursor at, ErnAside aside)
    {
        var details = new Details();
        _ = at.KeepPlace();
        for (var territory = at.Depth; at.NextChild(territory);)
        {
            switch (at.Name)
            {
                case "TerritoryCode":
                    details.IsWorldwide |= at.Text().Value == "Worldwide";
                    break;
                case "Title":
                    var displayed = at.Attribute("TitleType") == "DisplayTitle";
                    if (at.Child("TitleText") is { } text && (details.Title is null || (displayed && !details.TitleIsDisplayed)))
                    {
                        (details.Title, details.TitleIsDisplayed) = (text, displayed);
                    }
                    break;
                case "DisplayArtistName":
                    details.DisplayArtist ??= at.Text();
                    break;
                case "DisplayArtist":
                    details.Credits.Add(ErnPartyReader.Credit(at, aside));
                    break;
                case "ParentalWarningType":
                    details.ParentalWarning ??= at.Text();
                    break;
                case "RelatedRelease":
                    ErnReleaseReader.Related(at, aside);
                    break;
                case "CLine":
                    details.CLines.Add(EditionDraft.Line(at, "CLineText"));
                    break;
                case "ReleaseDate":
                    details.Date ??= at.Text();
                    break;
                case "OriginalReleaseDate":
                    details.OriginalDate ??= at.Text();
                    break;
                case "ResourceGroup":
                    _ = ErnGroupReader.Read(at, details.Ordered, details.Linked, aside);
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        return details;
    }

    /// <summary>A release while its elements come by.</summary>
    private sealed class Draft(Place place)
    {
        internal Stated? Reference { get; set; }

        internal ErnReleaseIds Ids { get; set; } = ErnReleaseIds.None;

        internal bool IsTrack { get; set; }

        internal Stated? ReferenceTitle { get; set; }

        internal Stated? GlobalDate { get; set; }

        internal Stated? GlobalOriginalDate { get; set; }

        internal List<Stated> Content { get; } = [];

        internal List<Stated> Linked { get; } = [];

        internal List<UnvalidatedLine> CLines { get; } = [];

        internal Details? Details { get; set; }

        /// <summary>The groups give the order; a release without them has that of its list of references.</summary>
        internal ErnRelease Release()
        {
            var details = Details ?? new Details();
            return new ErnRelease(Reference, Ids, details.Title ?? ReferenceTitle, details.DisplayArtist, details.Credits,
                details.Date ?? GlobalDate, details.OriginalDate ?? GlobalOriginalDate,
                details.Ordered.Count > 0 ? details.Ordered : Content, [.. Linked, .. details.Linked], place)
            {
                ParentalWarning = details.ParentalWarning,
                CLines = [.. CLines, .. details.CLines],
            };
        }
    }

    /// <summary>The description of a release for one territory.</summary>
    private sealed class Details
    {
        internal bool IsWorldwide { get; set; }

        internal bool TitleIsDisplayed { get; set; }

        internal Stated? Title { get; set; }

        internal Stated? DisplayArtist { get; set; }

        internal Stated? ParentalWarning { get; set; }

        internal Stated? Date { get; set; }

        internal Stated? OriginalDate { get; set; }

        internal List<ErnCredit> Credits { get; } = [];

        internal List<UnvalidatedLine> CLines { get; } = [];

        internal List<Stated> Ordered { get; } = [];

        internal List<Stated> Linked { get; } = [];
    }
}
