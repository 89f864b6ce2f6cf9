using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>Dates and times of a message.</summary>
internal static class TimeRules
{
    /// <summary>The oldest recording of a voice is of this year.</summary>
    internal const int FirstYearOfRecording = 1860;

    internal static IEnumerable<Finding> Check(UnvalidatedRelease release) =>
        Created(release).Concat(Dates(release)).Concat(release.Tracks.SelectMany(DurationShape));

    private static IEnumerable<Finding> Created(UnvalidatedRelease release)
    {
        if (release.Created is not { Value.Length: > 0 } created)
        {
            yield return Rules.CreatedMissing.Broken(release.Created?.Place ?? release.Place, null,
                "The message does not say when it was created, so a later one cannot be told from it.", "Add the date and time with zone.");
        }
        else if (StatedTime.Instant(created.Value) is not { } instant)
        {
            yield return Rules.CreatedShape.Broken(created, "This is no date and time.", "Write it like 2026-09-24T14:57:25Z.");
        }
        else if (!instant.HasZone)
        {
            yield return Rules.CreatedZoneMissing.Broken(created, "The time has no zone; it is read as UTC.", "Add Z or an offset like +01:00.");
        }
    }

    private static IEnumerable<Finding> Dates(UnvalidatedRelease release)
    {
        foreach (var finding in Date(release.ReleaseDate).Concat(Date(release.OriginalReleaseDate)))
        {
            yield return finding;
        }
        if (release is { ReleaseDate: null, OriginalReleaseDate: null })
        {
            yield return Rules.DateMissing.Broken(release.Place, null,
                "The release has no date.", "Add the release date, and the original release date if there was an earlier one.");
        }
        // Partial dates may overlap: only what is later in every reading is wrong.
        if (release is { ReleaseDate: { } date, OriginalReleaseDate: { } original }
            && StatedTime.Date(date.Value) is { } released && StatedTime.Date(original.Value) is { } first
            && first.First > released.Last)
        {
            yield return Rules.OriginalDateLater.Broken(original,
                $"The original release date is later than the release date {date.Value}.", "Exchange or correct the two dates.");
        }
    }

    private static IEnumerable<Finding> Date(Stated? stated)
    {
        if (stated is null)
        {
            yield break;
        }
        if (StatedTime.Date(stated.Value) is not { } date)
        {
            yield return Rules.DateShape.Broken(stated, "This is no date, or one that the calendar does not have.", "Write YYYY-MM-DD.");
        }
        else if (date.First.Year < FirstYearOfRecording)
        {
            yield return Rules.DateTooEarly.Broken(stated, "Nothing was recorded that early.", "Check the year.");
        }
    }

    private static IEnumerable<Finding> DurationShape(UnvalidatedTrack track)
    {
        if (track.Duration is { } stated && StatedTime.Duration(stated.Value) is null)
        {
            yield return Rules.DurationShape.Broken(stated, "This is no duration.", "Write it like PT3M25S.");
        }
    }
}
