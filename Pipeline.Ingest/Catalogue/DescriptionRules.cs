using System.Collections.Frozen;
using System.Globalization;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>Titles, artists, files, P-lines and splits: what has to be there for the release to be shown and paid.</summary>
internal static class DescriptionRules
{
    /// <summary>DDEX DisplayArtistRole.</summary>
    private static readonly FrozenSet<string> Roles = new[] { "Artist", "Composer", "FeaturedArtist", "MainArtist" }
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>DDEX ArtistRole of version 3: there a display artist has the role in which the artist performs.</summary>
    private static readonly FrozenSet<string> RolesOf3 = (
        "Actor Adapter Architect Arranger Artist AssociatedPerformer Author Band Cartoonist Choir Choreographer Composer "
        + "ComposerLyricist ComputerGraphicCreator Conductor Contributor Dancer Designer Director Ensemble FeaturedArtist "
        + "FilmDirector GraphicArtist GraphicDesigner Journalist Librettist Lyricist MainArtist Narrator NonLyricAuthor "
        + "Orchestra OriginalPublisher Painter Photographer PhotographyDirector Playwright PrimaryMusician Producer Programmer "
        + "ScreenplayAuthor Soloist StudioMusician StudioPersonnel SubArranger Translator Unknown UserDefined")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    internal static IEnumerable<Finding> Check(UnvalidatedRelease release, DateOnly asOf) =>
        Release(release).Concat(release.Tracks.SelectMany(t => Track(t, release.IsErn3, asOf))).Concat(Unprintable(release)).Concat(Splits(release));

    private static IEnumerable<Finding> Release(UnvalidatedRelease release)
    {
        if (IsBlank(release.Title))
        {
            yield return Rules.TitleMissing.Broken(release.Title?.Place ?? release.Place, null, "The release has no title.", "Add its title.");
        }
        foreach (var finding in Artists(release.DisplayArtist, release.Artists, release.IsErn3, release.Place))
        {
            yield return finding;
        }
        if (!release.Images.Any(i => i.File is not null))
        {
            yield return Rules.CoverMissing.Broken(release.Place, null,
                "No file of a front cover comes with the release; shops will want one.", "Add the front cover with its file.");
        }
        if (release.IsTest)
        {
            yield return Rules.TestMessage.Broken(release.Place, null,
                "MessageControlType is TestMessage: nothing of this message is applied.", "Send it as LiveMessage when it shall count.");
        }
    }

    private static IEnumerable<Finding> Track(UnvalidatedTrack track, bool isErn3, DateOnly asOf)
    {
        if (track.IsVideo)
        {
            yield return Rules.ResourceKindUnsupported.Broken(track.Place, "Video",
                $"Track {track.Number} is a video, of which nothing here can check the picture: the release waits.",
                "Send the sound recordings as a message of their own, or ask the operator.");
        }
        if (IsBlank(track.Title))
        {
            yield return Rules.TrackTitleMissing.Broken(track.Title?.Place ?? track.Place, null, $"Track {track.Number} has no title.", "Add its title.");
        }
        foreach (var finding in Artists(track.DisplayArtist, track.Artists, isErn3, track.Place))
        {
            yield return finding;
        }
        if (!track.IsVideo && (track.File is null || IsBlank(track.File.Path)))
        {
            yield return Rules.TrackFileMissing.Broken(track.File?.Path.Place ?? track.Place, null,
                $"The message names no audio file for track {track.Number}.", "Name the file and deliver it beside the message.");
        }
        if (track.PLineYear is not { Value.Length: > 0 } year)
        {
            yield return Rules.PLineMissing.Broken(track.PLineYear?.Place ?? track.Place, null,
                $"Track {track.Number} has no P-line with a year. Claims for neighbouring rights need it.", "Add the P-line with its year.");
        }
        else if (!int.TryParse(year.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || year.Value.Length != 4 || number > asOf.Year + 1)
        {
            yield return Rules.PLineYear.Broken(year, "The P-line's year is no year, or lies after next year.", "Check the year.");
        }
    }

    private static IEnumerable<Finding> Artists(Stated? display, IReadOnlyList<UnvalidatedArtist> artists, bool isErn3, Place place)
    {
        if (IsBlank(display))
        {
            yield return Rules.ArtistNameMissing.Broken(display?.Place ?? place, null,
                "The artist's name as it is to be displayed is missing.", "Add it.");
        }
        // Version 3 has orchestras and conductors where version 4 has main artists.
        if (!artists.Any(a => (isErn3 || a.Role.Value == "MainArtist") && !IsBlank(a.Name)))
        {
            yield return Rules.PrimaryArtistMissing.Broken(place, null,
                "No artist with a name has the role MainArtist.", "Give at least one artist the role MainArtist.");
        }
        foreach (var artist in artists)
        {
            if (!(isErn3 ? RolesOf3 : Roles).Contains(artist.Role.Value))
            {
                yield return Rules.ArtistRoleUnknown.Broken(artist.Role,
                    "This is no role of a display artist. The artist is kept with it.", "Use MainArtist, FeaturedArtist, or another role of DDEX's list.");
            }
        }
    }

    /// <summary>A control character can hide what stands beside it on a screen, in a log or in a spreadsheet.</summary>
    private static IEnumerable<Finding> Unprintable(UnvalidatedRelease release)
    {
        var texts = release.Artists.Select(a => a.Name).Prepend(release.DisplayArtist).Prepend(release.Title)
            .Concat(release.Tracks.SelectMany(t => t.Artists.Select(a => a.Name).Prepend(t.DisplayArtist).Prepend(t.Title)));
        // One value may be shared by all tracks; it is wrong once.
        foreach (var text in texts.OfType<Stated>().Where(t => t.Value.Any(IsUnprintable)).Distinct())
        {
            yield return Rules.TextUnprintable.Broken(text with { Value = string.Concat(text.Value.Select(c => IsUnprintable(c) ? '\uFFFD' : c)) },
                "The text holds a control character, shown here as \uFFFD.", "Remove it.");
        }
    }

    /// <summary>Control characters, and those that reverse the direction of the text around them.</summary>
    private static bool IsUnprintable(char c) =>
        char.IsControl(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\uFEFF';

    private static IEnumerable<Finding> Splits(UnvalidatedRelease release)
    {
        if (release.Tracks.All(t => t.Splits == 0))
        {
            yield return Rules.SplitsAbsent.Broken(release.Place, null,
                "The message says nothing of splits.", "Propose them before the first statement arrives; until they are agreed, money waits.");
        }
    }

    private static bool IsBlank(Stated? stated) => string.IsNullOrWhiteSpace(stated?.Value);
}
