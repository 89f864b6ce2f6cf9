using System.Globalization;

namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>Reads <c>ReleaseList</c>: the main release with its order of tracks, and the references of the track releases.</summary>
internal static class ErnReleaseReader
{
    internal static ErnReleases Read(ErnCursor at)
    {
        var main = new List<ErnRelease>();
        var tracks = new List<(Stated? Reference, Stated? Resource)>();
        for (var list = at.Depth; at.NextChild(list);)
        {
            switch (at.Name)
            {
                // A second one is kept, so that the excess is seen; more would only cost memory.
                case "Release" when main.Count < 2:
                    main.Add(Release(at));
                    break;
                case "TrackRelease":
                    tracks.Add(TrackRelease(at));
                    break;
            }
        }
        return new ErnReleases(main, tracks);
    }

    private static ErnRelease Release(ErnCursor at)
    {
        var place = at.KeepPlace();
        var credits = new List<ErnCredit>();
        var content = new List<Stated>();
        var linked = new List<Stated>();
        Stated? reference = null, grid = null, gtin = null, proprietary = null, longTitle = null;
        Preferred title = default, artist = default, date = default, original = default;
        for (var release = at.Depth; at.NextChild(release);)
        {
            switch (at.Name)
            {
                case "ReleaseReference":
                    reference = at.Text();
                    break;
                case "ReleaseId":
                    (grid, gtin, proprietary) = Ids(at);
                    break;
                case "DisplayTitleText":
                    title.Offer(at);
                    break;
                case "DisplayTitle":
                    longTitle ??= ErnResourceReader.Child(at, "TitleText");
                    break;
                case "DisplayArtistName":
                    artist.Offer(at);
                    break;
                case "DisplayArtist":
                    credits.Add(ErnResourceReader.Credit(at));
                    break;
                case "ReleaseDate":
                    date.Offer(at);
                    break;
                case "OriginalReleaseDate":
                    original.Offer(at);
                    break;
                case "ResourceGroup":
                    _ = Group(at, content, linked);
                    break;
            }
        }
        return new ErnRelease(reference, grid, gtin, proprietary, title.Value ?? longTitle, artist.Value, credits,
            date.Value, original.Value, content, linked, place);
    }

    private static (Stated? Grid, Stated? Gtin, Stated? Proprietary) Ids(ErnCursor at)
    {
        Stated? grid = null, gtin = null, proprietary = null;
        for (var ids = at.Depth; at.NextChild(ids);)
        {
            switch (at.Name)
            {
                case "GRid":
                    grid = at.Text();
                    break;
                case "ICPN":
                    gtin = at.Text();
                    break;
                case "ProprietaryId":
                    proprietary ??= at.Text();
                    break;
            }
        }
        return (grid, gtin, proprietary);
    }

    /// <summary>
    /// Adds the references of a resource group (release, disc, work) or of one item of it in the order of
    /// SequenceNumber; parts without one keep their order at the end. Gives the group's own number in its parent.
    /// Recursion ends with the cursor's depth limit.
    /// </summary>
    private static long Group(ErnCursor at, List<Stated> content, List<Stated> linked)
    {
        var sequence = long.MaxValue;
        var parts = new List<(long Sequence, List<Stated> References)>();
        for (var part = at.Depth; at.NextChild(part);)
        {
            switch (at.Name)
            {
                case "SequenceNumber":
                    sequence = long.TryParse(at.Text().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var own)
                        ? own
                        : sequence;
                    break;
                case "ReleaseResourceReference":
                    parts.Add((0, [at.Text()]));
                    break;
                case "LinkedReleaseResourceReference":
                    linked.Add(at.Text());
                    break;
                case "ResourceGroup" or "ResourceGroupContentItem":
                    var inner = new List<Stated>();
                    var number = Group(at, inner, linked);
                    parts.Add((number, inner));
                    break;
            }
        }
        content.AddRange(parts.OrderBy(p => p.Sequence).SelectMany(p => p.References));
        return sequence;
    }

    private static (Stated? Reference, Stated? Resource) TrackRelease(ErnCursor at)
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
            }
        }
        return (reference, resource);
    }
}
