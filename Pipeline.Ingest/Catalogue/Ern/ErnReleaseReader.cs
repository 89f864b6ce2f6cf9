namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>Reads <c>ReleaseList</c> of version 4: the main release with its order of tracks, and the track releases.</summary>
internal static class ErnReleaseReader
{
    internal static ErnReleases Read(ErnCursor at, ErnAside aside)
    {
        var main = new List<ErnRelease>();
        var tracks = new List<ErnTrackRelease>();
        for (var list = at.Depth; at.NextChild(list);)
        {
            switch (at.Name)
            {
                // A second one is kept, so that the excess is seen; more would only cost memory.
                case "Release" when main.Count < 2:
                    main.Add(Release(at, aside));
                    break;
                case "TrackRelease":
                    tracks.Add(TrackRelease(at, aside));
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        return new ErnReleases(main, tracks);
    }

    /// <summary>The ids of a <c>ReleaseId</c>; what <paramref name="known"/> has already stays.</summary>
    internal static ErnReleaseIds Ids(ErnCursor at, ErnReleaseIds known)
    {
        for (var ids = at.Depth; at.NextChild(ids);)
        {
            known = at.Name switch
            {
                "GRid" => known with { Grid = known.Grid ?? at.Text() },
                "ICPN" => known with { Gtin = known.Gtin ?? at.Text() },
                "ISRC" => known with { Isrc = known.Isrc ?? at.Text() },
                "ProprietaryId" => known with { ProprietaryId = known.ProprietaryId ?? at.Text() },
                _ => known,
            };
        }
        return known;
    }

    /// <summary>The ids of something that is mentioned: another release, a disc, a track.</summary>
    internal static void Mentioned(ErnCursor at, ErnAside aside)
    {
        var ids = Ids(at, ErnReleaseIds.None);
        aside.Add(IdentifierScheme.GRid, ids.Grid);
        aside.Add(IdentifierScheme.Gtin, ids.Gtin);
        aside.Add(IdentifierScheme.ReleaseIsrc, ids.Isrc);
    }

    /// <summary><c>RelatedRelease</c>: its ids.</summary>
    internal static void Related(ErnCursor at, ErnAside aside)
    {
        for (var related = at.Depth; at.NextChild(related);)
        {
            if (at.Name == "ReleaseId")
            {
                Mentioned(at, aside);
            }
            else
            {
                aside.Leave(at);
            }
        }
    }

    private static ErnRelease Release(ErnCursor at, ErnAside aside)
    {
        var place = at.KeepPlace();
        var credits = new List<ErnCredit>();
        List<Stated> content = [], linked = [];
        var lines = new List<UnvalidatedLine>();
        var ids = ErnReleaseIds.None;
        Stated? reference = null, longTitle = null, parental = null;
        Preferred title = default, artist = default, date = default, original = default;
        for (var release = at.Depth; at.NextChild(release);)
        {
            switch (at.Name)
            {
                case "ReleaseReference":
                    reference = at.Text();
                    break;
                case "ReleaseId":
                    ids = Ids(at, ids);
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
                case "CLine":
                    lines.Add(EditionDraft.Line(at, "CLineText"));
                    break;
                case "ReleaseDate":
                    date.Offer(at);
                    break;
                case "OriginalReleaseDate":
                    original.Offer(at);
                    break;
                case "ParentalWarningType":
                    parental ??= at.Text();
                    break;
                case "RelatedRelease":
                    Related(at, aside);
                    break;
                case "ResourceGroup":
                    _ = ErnGroupReader.Read(at, content, linked, aside);
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        return new ErnRelease(reference, ids, title.Value ?? longTitle, artist.Value, credits, date.Value, original.Value, content, linked, place)
        {
            ParentalWarning = parental,
            CLines = lines,
        };
    }

    private static ErnTrackRelease TrackRelease(ErnCursor at, ErnAside aside)
    {
        Stated? reference = null, resource = null;
        for (var track = at.Depth; at.NextChild(track);)
        {
            switch (at.Name)
            {
                case "ReleaseReference":
                    reference = at.Text();
                    break;
                case "ReleaseResourceReference":
                    resource = at.Text();
                    break;
                case "ReleaseId":
                    Mentioned(at, aside);
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        return new ErnTrackRelease(reference, resource);
    }
}
