using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// Follows the references between the parts of an ERN message, checks that each leads somewhere, and puts the one
/// release together.
/// </summary>
internal static class ErnAssembly
{
    internal static ReadMessage Release(ErnVersion version, ErnParts parts, List<Finding> findings)
    {
        findings.AddRange(Whole(parts));
        findings.AddRange(Twice(parts.Resources));
        if (parts.Releases.Main is not [var main, ..])
        {
            return ReadMessage.Refuse(findings);
        }
        // One more than is said, so that the cut is seen; a hostile message has hundreds of thousands of them.
        findings.AddRange(Dangling(parts, main).Take(CatalogueLimits.MaxFindings + 1));
        findings.AddRange(Left(parts, main).Take(CatalogueLimits.MaxFindings + 1));
        var header = parts.Header;
        var release = new UnvalidatedRelease(
            version.Format, header.Sender, header.MessageId, header.Created, header.IsTest,
            main.Ids.Grid, main.Ids.Gtin, main.Ids.ProprietaryId, main.Title, main.DisplayArtist, Artists(main.Credits, parts.Parties),
            main.ReleaseDate, main.OriginalReleaseDate, Tracks(version, parts, main),
            [.. parts.Resources.Images.Where(i => i.IsFrontCover)
                .Select(i => new UnvalidatedImage(i.Reference.Value, i.File, i.Place))],
            main.Place)
        {
            OnBehalfOf = header.OnBehalfOf,
            ParentalWarning = main.ParentalWarning,
            CLines = main.CLines,
            Identifiers = parts.Aside.Identifiers,
            Deals = parts.Deals.Deals,
            Shares = parts.Aside.Shares,
            Unread = parts.Aside.Unread,
        };
        return Identity.Complete(release, findings);
    }

    private static IEnumerable<Finding> Whole(ErnParts parts)
    {
        if (parts.Resources.Recordings.Count > CatalogueLimits.MaxTracks)
        {
            yield return Rules.TracksTooMany.Broken(parts.Place, null,
                $"The message has more than {CatalogueLimits.MaxTracks} recordings.", "Split the release into several.");
        }
        if (parts.Releases.Main is [])
        {
            yield return Rules.MainReleaseMissing.Broken(parts.Place, null,
                "ReleaseList has no main release.", "Describe the release in ReleaseList/Release; in version 3 mark it IsMainRelease.");
        }
        else if (parts.Releases.Main is [_, var second, ..])
        {
            yield return Rules.MainReleaseAmbiguous.Broken(second.Place, null,
                "ReleaseList has more than one main release.", "Send one message for each release; tracks belong into releases of their own (TrackRelease).");
        }
    }

    private static IEnumerable<Finding> Twice(ErnResources resources)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var reference in resources.Recordings.Select(r => r.Reference)
            .Concat(resources.Images.Select(i => i.Reference)).Concat(resources.Others.Select(o => o.Reference)))
        {
            if (!seen.Add(reference.Value))
            {
                yield return Rules.ReferenceTwice.Broken(reference, "Two resources have this reference.", "Give each resource its own.");
            }
        }
    }

    private static IEnumerable<Finding> Dangling(ErnParts parts, ErnRelease main)
    {
        var resources = parts.Resources.Recordings.Select(r => r.Reference.Value)
            .Concat(parts.Resources.Images.Select(i => i.Reference.Value))
            .Concat(parts.Resources.Others.Select(o => o.Reference.Value)).ToHashSet(StringComparer.Ordinal);
        var releases = parts.Releases.Tracks.Select(t => t.Reference).Append(main.Reference)
            .Where(r => r is not null).Select(r => r!.Value).ToHashSet(StringComparer.Ordinal);
        var tracks = parts.Releases.Tracks.Where(t => t.Resource is not null).Select(t => t.Resource!);
        var credits = main.Credits.Concat(parts.Resources.Recordings.SelectMany(r => r.Credits)).Select(c => c.Party).OfType<Stated>();
        return Unresolved(main.Content.Concat(main.Linked).Concat(tracks), resources, "resource")
            .Concat(Unresolved(credits, parts.Parties.Keys.ToHashSet(StringComparer.Ordinal), "party"))
            .Concat(Unresolved(parts.Deals.References, releases, "release"));
    }

    private static IEnumerable<Finding> Unresolved(IEnumerable<Stated> references, HashSet<string> known, string what) =>
        references.Where(r => !known.Contains(r.Value)).Select(r => Rules.ReferenceDangling.Broken(r,
            $"No {what} of the message has this reference.", $"Add the {what}, or correct the reference."));

    /// <summary>What the message brings and the release does not use, or we do not.</summary>
    private static IEnumerable<Finding> Left(ErnParts parts, ErnRelease main)
    {
        var content = new HashSet<string>(StringComparer.Ordinal);
        foreach (var reference in main.Content)
        {
            if (!content.Add(reference.Value))
            {
                yield return Rules.TrackRepeated.Broken(reference,
                    "The release lists this recording again; it counts as one track.", "List each recording once.");
            }
        }
        foreach (var recording in parts.Resources.Recordings)
        {
            if (!content.Contains(recording.Reference.Value))
            {
                yield return Rules.ResourceUnused.Broken(recording.Place, recording.Reference.Value,
                    "The release's ResourceGroup does not list this recording: it is not taken in.", "List it, or leave it out.");
            }
            if (!recording.HasId)
            {
                yield return Rules.ResourceIdMissing.Broken(recording.Place, recording.Reference.Value,
                    "The recording has no id at all, neither an ISRC nor one of yours.", "Give it its ISRC, or an id of yours as ProprietaryId.");
            }
            var chosen = Chosen(recording);
            foreach (var edition in recording.Editions.Where(e => !ReferenceEquals(e, chosen)))
            {
                yield return Rules.EditionIgnored.Broken(edition.Place, edition.Isrc?.Value,
                    "A recording's first edition with a file is read; this edition is not taken in.",
                    "Send this edition in a message of its own if it must be kept.");
            }
        }
        foreach (var other in parts.Resources.Others)
        {
            // A booklet earns nothing; software and sheet music are works of somebody.
            yield return content.Contains(other.Reference.Value) && other.Kind != "Text"
                ? Rules.ResourceKindUnsupported.Broken(other.Place, other.Kind,
                    $"The release's content includes a {other.Kind}, which is not handled.", "Send the sound recordings only.")
                : NotRead(other.Place, other.Kind);
        }
        foreach (var image in parts.Resources.Images.Where(i => !i.IsFrontCover))
        {
            yield return NotRead(image.Place, "Image");
        }
        var dealt = parts.Deals.References.Select(d => d.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var release in parts.Releases.Tracks.Select(t => t.Reference).Prepend(main.Reference))
        {
            if (release is not null && !dealt.Contains(release.Value))
            {
                yield return Rules.ReleaseWithoutDeal.Broken(release, "No deal names this release: it is not available to anybody.",
                    "Add a ReleaseDeal if it is meant to be available.");
            }
        }
    }

    private static Finding NotRead(string place, string kind) => Rules.ResourceNotRead.Broken(place, kind,
        "Of resources other than recordings only the front cover is checked and kept.", "Nothing, if you can do without it here.");

    private static UnvalidatedEdition? Chosen(ErnRecording recording) =>
        recording.Editions.FirstOrDefault(e => e.File is not null) ?? (recording.Editions is [var first, ..] ? first : null);

    private static List<UnvalidatedTrack> Tracks(ErnVersion version, ErnParts parts, ErnRelease main)
    {
        var recordings = new Dictionary<string, ErnRecording>(StringComparer.Ordinal);
        foreach (var recording in parts.Resources.Recordings)
        {
            recordings.TryAdd(recording.Reference.Value, recording);
        }
        // In version 3 a recording need not repeat what the release says of its artists.
        var releases = version.IsThree ? main : null;
        var tracks = new List<UnvalidatedTrack>();
        foreach (var reference in main.Content)
        {
            // Taking it out makes a repetition of the reference count once.
            if (recordings.Remove(reference.Value, out var recording))
            {
                var edition = Chosen(recording);
                var credits = recording.Credits.Count > 0 ? recording.Credits : releases?.Credits ?? [];
                tracks.Add(new UnvalidatedTrack(
                    recording.Reference.Value, tracks.Count + 1, edition?.Isrc, recording.Title,
                    recording.DisplayArtist ?? releases?.DisplayArtist, Artists(credits, parts.Parties), recording.Duration,
                    edition?.PLine?.Year, edition?.File, recording.Splits, recording.Place)
                {
                    IsVideo = recording.IsVideo,
                    PLineText = edition?.PLine?.Text,
                    ParentalWarning = recording.ParentalWarning,
                    Languages = recording.Languages,
                    IsInstrumental = recording.IsInstrumental,
                    Iswcs = recording.Iswcs,
                    Shares = recording.Shares,
                    Editions = recording.Editions,
                });
            }
        }
        return tracks;
    }

    private static List<UnvalidatedArtist> Artists(IReadOnlyList<ErnCredit> credits, IReadOnlyDictionary<string, Stated> parties) =>
        [.. credits.Select(c => new UnvalidatedArtist(Name(c, parties), c.Role))];

    private static Stated Name(ErnCredit credit, IReadOnlyDictionary<string, Stated> parties) =>
        credit.Name
        ?? (credit.Party is { } party ? parties.GetValueOrDefault(party.Value) ?? party with { Value = "" } : credit.Role with { Value = "" });
}
