using System.Globalization;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Ingest.Catalogue;

/// <summary>What the message says against what the decoded audio is.</summary>
internal static class SoundRules
{
    /// <summary>Within this, rounding.</summary>
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(1);

    /// <summary>Beyond this it is another recording: the tolerance of one ISRC, which DDEX quotes from the handbook.</summary>
    private static readonly TimeSpan Another = TimeSpan.FromSeconds(10);

    internal static IEnumerable<Finding> Check(UnvalidatedRelease release, AudioResult audio)
    {
        var facts = new Dictionary<string, RecordingFacts>(StringComparer.Ordinal);
        foreach (var recording in audio.Recordings)
        {
            facts.TryAdd(recording.Reference, recording);
        }
        return release.Tracks.SelectMany(t => Duration(t, facts)).Concat(SameSound(release, facts));
    }

    private static IEnumerable<Finding> Duration(UnvalidatedTrack track, Dictionary<string, RecordingFacts> facts)
    {
        if (track.Duration is not { } stated || StatedTime.Duration(stated.Value) is not { } claimed
            || !facts.TryGetValue(track.Reference, out var recording))
        {
            yield break;
        }
        var decoded = TimeSpan.FromMilliseconds(recording.DurationMilliseconds);
        var difference = (claimed - decoded).Duration();
        if (difference > Tolerated)
        {
            yield return (difference > Another ? Rules.DurationWrong : Rules.DurationDiffers).Broken(stated,
                string.Create(CultureInfo.InvariantCulture,
                    $"The message says {claimed.TotalSeconds:0.###} s, the audio lasts {decoded.TotalSeconds:0.###} s."),
                "Check that the right file was sent for this recording, and correct the duration.");
        }
    }

    private static IEnumerable<Finding> SameSound(UnvalidatedRelease release, Dictionary<string, RecordingFacts> facts)
    {
        var first = new Dictionary<Sha256Digest, UnvalidatedTrack>();
        foreach (var track in release.Tracks)
        {
            // Silence is the same sound everywhere, and no recording of anybody's.
            if (track.Isrc is not { } isrc || !facts.TryGetValue(track.Reference, out var recording) || recording.Silent == 1)
            {
                continue;
            }
            if (!first.TryAdd(recording.PcmSha256, track) && first[recording.PcmSha256].Isrc!.Value != isrc.Value)
            {
                var other = first[recording.PcmSha256];
                yield return Rules.SameAudioDifferentIsrc.Broken(isrc,
                    $"Tracks {other.Number} and {track.Number} are the same sound, sample by sample, under two ISRCs.",
                    "Send the right file for one of them, or give both the one ISRC.");
            }
        }
    }
}
