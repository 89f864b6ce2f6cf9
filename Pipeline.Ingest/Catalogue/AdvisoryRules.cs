using System.Text.RegularExpressions;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>Parental advice, language, and what shops refuse in titles.</summary>
internal static partial class AdvisoryRules
{
    /// <summary>DDEX ParentalWarningType.</summary>
    private static readonly string[] Warnings = ["Explicit", "ExplicitContentEdited", "NoAdviceAvailable", "NotExplicit", "Unknown", "UserDefined"];

    internal static IEnumerable<Finding> Check(UnvalidatedRelease release) =>
        Warning(release, release.ParentalWarning, release.Place)
            .Concat(release.Tracks.SelectMany(t => Warning(release, t.ParentalWarning, t.Place)))
            .Concat(Contradictions(release))
            .Concat(release.Tracks.SelectMany(Languages))
            .Concat(release.Tracks.SelectMany(t => Title(t, release)));

    private static IEnumerable<Finding> Warning(UnvalidatedRelease release, Stated? stated, Place place)
    {
        if (stated is null && release.IsErn && !release.IsErn3)
        {
            yield return Rules.ParentalWarningMissing.Broken(place, null,
                "ParentalWarningType is missing, which version 4 asks for.", "Say Explicit, NotExplicit or NoAdviceAvailable.");
        }
        else if (stated is not null && !Warnings.Contains(stated.Value, StringComparer.Ordinal))
        {
            yield return Rules.ParentalWarningUnknown.Broken(stated, "This is no parental warning of DDEX's list.", "Use Explicit, NotExplicit or NoAdviceAvailable.");
        }
    }

    private static IEnumerable<Finding> Contradictions(UnvalidatedRelease release)
    {
        if (release.ParentalWarning is { Value: "NotExplicit" } clean && release.Tracks.FirstOrDefault(t => t.ParentalWarning?.Value == "Explicit") is { } explicitTrack)
        {
            yield return Rules.ParentalWarningContradicts.Broken(clean,
                $"The release is called not explicit and track {explicitTrack.Number} is.", "Correct one of the two.");
        }
        var byIsrc = release.Tracks.Where(t => t.Isrc is not null).GroupBy(t => t.Isrc!.Value, StringComparer.Ordinal);
        foreach (var tracks in byIsrc.Where(g => g.Any(t => t.ParentalWarning?.Value == "Explicit")))
        {
            if (tracks.FirstOrDefault(t => t.ParentalWarning?.Value is "NotExplicit" or "ExplicitContentEdited") is { } other)
            {
                yield return Rules.CleanAndExplicitIsrc.Broken(other.Isrc!,
                    "The clean and the explicit version have one ISRC; they are two recordings.", "Give the edited version its own ISRC.");
            }
        }
    }

    private static IEnumerable<Finding> Languages(UnvalidatedTrack track)
    {
        foreach (var stated in track.Languages)
        {
            if (!Language.TryParse(stated.Value, out var language) || !language.IsListed)
            {
                yield return Rules.LanguageUnknown.Broken(stated, "This is no language code of ISO 639.", "Write e.g. en, or zxx when there are no words.");
            }
            else if (track.IsInstrumental && language.Primary != Language.NoWords)
            {
                yield return Rules.InstrumentalLanguage.Broken(stated,
                    $"Track {track.Number} is called instrumental and has a language.", "Write zxx, or correct IsInstrumental.");
            }
        }
    }

    private static IEnumerable<Finding> Title(UnvalidatedTrack track, UnvalidatedRelease release)
    {
        if (track.Title is not { Value.Length: > 0 and <= 1000 } title)
        {
            yield break;
        }
        if (Advice().IsMatch(title.Value))
        {
            yield return Rules.TitleAdvisory.Broken(title,
                "The title says clean or explicit, which belongs into ParentalWarningType; shops refuse it.", "Take it out of the title.");
        }
        var artist = (track.DisplayArtist ?? release.DisplayArtist)?.Value.Trim();
        if (artist is { Length: > 2 } && title.Value.StartsWith(artist, StringComparison.OrdinalIgnoreCase)
            && title.Value.AsSpan(artist.Length).TrimStart() is [':' or '-' or '\u2013', ..])
        {
            yield return Rules.TitleHoldsArtist.Broken(title,
                "The title begins with the artist's name, which is shown beside it anyway; shops refuse it.", "Leave the name out of the title.");
        }
    }

    [GeneratedRegex(@"[(\[]\s*(clean|explicit)(\s+version)?\s*[)\]]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Advice();
}
