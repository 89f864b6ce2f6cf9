using System.Globalization;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>What P-lines and C-lines say against themselves and against the release's dates.</summary>
internal static class LineRules
{
    internal static IEnumerable<Finding> Check(UnvalidatedRelease release, DateOnly asOf)
    {
        // Only what is later in every reading of a partial date is later.
        var released = release.ReleaseDate is { } date ? StatedTime.Date(date.Value)?.Last.Year : null;
        foreach (var track in release.Tracks)
        {
            if (Year(track.PLineYear) is not { } year)
            {
                continue;
            }
            if (released is { } latest && year > latest)
            {
                yield return Rules.PLineAfterRelease.Broken(track.PLineYear!,
                    $"The P-line's year is later than the release ({release.ReleaseDate!.Value}).", "The year is that of first publication: correct it.");
            }
            if (track.PLineText is { } text && StatedYear(text.Value) is { } said && said != year)
            {
                yield return Rules.PLineYearText.Broken(text,
                    $"The P-line's text says {said} and its year {year}.", "Make both the year of first publication.");
            }
        }
        foreach (var line in release.CLines)
        {
            if (line.Year.Value.Length > 0 && (Year(line.Year) is not { } year || year > asOf.Year + 1))
            {
                yield return Rules.CLineYear.Broken(line.Year, "The C-line's year is no year, or lies after next year.", "Check the year.");
            }
        }
    }

    private static int? Year(Stated? stated) =>
        stated is { Value.Length: 4 } && int.TryParse(stated.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var year) ? year : null;

    /// <summary>The one number of four digits in a line; null for none and for several.</summary>
    private static int? StatedYear(string text)
    {
        int? found = null;
        for (var i = 0; i < text.Length; i++)
        {
            var length = 0;
            while (i + length < text.Length && char.IsAsciiDigit(text[i + length]))
            {
                length++;
            }
            if (length == 4)
            {
                var year = int.Parse(text.AsSpan(i, 4), CultureInfo.InvariantCulture);
                if (year is >= TimeRules.FirstYearOfRecording and < 2200)
                {
                    if (found is not null && found != year)
                    {
                        return null;
                    }
                    found = year;
                }
            }
            i += length;
        }
        return found;
    }
}
