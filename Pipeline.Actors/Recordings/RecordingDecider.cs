using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Recordings;

/// <summary>Is this the same recording? Pure; the table is music-rights 3.11.</summary>
public static class RecordingDecider
{
    /// <summary>The ISRC handbook's tolerance for one recording, in milliseconds.</summary>
    public const long MaxDurationDifferenceMilliseconds = 10_000;

    public static Decision Decide(Recording state, AddEdition c, Salts salts)
    {
        if (state.Editions.Any(e => e.Release == c.Release && e.Revision == c.Revision && e.Reference == c.Reference && e.Pcm == c.Pcm))
        {
            return Decision.Answer(new EditionAnswer([]));
        }
        var findings = Compare(state, c);
        return findings.Stop()
            ? Decision.Answer(new EditionAnswer(findings))
            : Decision.Write(new EditionAnswer(findings), new EditionAdded
            {
                Tenant = c.Tenant,
                By = Pseudonym.System,
                Command = c.Command,
                At = c.At,
                Recording = c.Recording,
                Release = c.Release,
                Revision = c.Revision,
                Reference = c.Reference,
                File = c.File,
                Pcm = c.Pcm,
                Samples = c.Samples,
                RateHz = c.RateHz,
                Private = Sealed<EditionDetails>.Close(c.Details, salts[0], FactJson.Default.EditionDetails),
            });
    }

    private static IReadOnlyList<Finding> Compare(Recording state, AddEdition c)
    {
        if (state.Editions.IsEmpty || state.Editions.Any(e => e.Pcm == c.Pcm))
        {
            return [];
        }
        var earlier = state.Editions[^1];
        var difference = Math.Abs(Milliseconds(earlier.Samples, earlier.RateHz) - Milliseconds(c.Samples, c.RateHz));
        // An erased title compares as equal: erasure must not turn a remaster into a conflict.
        var named = earlier.Private.Value;
        var sameName = named is null || (Same(named.Title, c.Details.Title) && Same(named.Artist, c.Details.Artist));
        return difference <= MaxDurationDifferenceMilliseconds && sameName
            ? [Finding.Warn(
                "ISRC_NEW_AUDIO", $"track {c.Reference}", c.Details.Isrc,
                "This ISRC came before with other audio of the same length, title and artist: kept as a new edition of the recording.",
                "Nothing, if this is a re-encoding or a remaster that keeps its ISRC; a new mix or edit needs a new ISRC.")]
            : [Finding.Block(
                "ISRC_REUSED", $"track {c.Reference}", c.Details.Isrc,
                sameName
                    ? $"This ISRC stands for a recording whose length differs by {difference / 1000} s; one ISRC names one recording."
                    : $"This ISRC stands for '{named!.Title}' by '{named.Artist}'; one ISRC names one recording.",
                "Assign this recording its own ISRC and deliver again under a new message id.")];
    }

    private static bool Same(string left, string right) =>
        string.Equals(left.Trim(), right.Trim(), StringComparison.OrdinalIgnoreCase);

    private static long Milliseconds(long samples, int rateHz) => rateHz == 0 ? 0 : samples * 1000 / rateHz;
}
