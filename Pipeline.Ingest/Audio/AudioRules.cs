using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>
/// What decoded sound can be found to be. Thresholds are those that stores and distributors publish (audio rulebook,
/// checks and limits).
/// </summary>
public static class AudioRules
{
    /// <summary>Compact disc; nothing below is taken by any store.</summary>
    public const int MinSampleRateHz = 44_100;

    /// <summary>Compact disc.</summary>
    public const int MinBitsPerSample = 16;

    /// <summary>Below this it is no recording.</summary>
    public const int MinDurationMilliseconds = 1_000;

    /// <summary>Below this several services pay nothing.</summary>
    public const int PaidDurationMilliseconds = 30_000;

    private static readonly string[] LossyCodecs = ["mp3", "aac", "vorbis", "opus"];

    /// <summary>All rules on the sound itself.</summary>
    public static IEnumerable<Finding> Quality(string place, int rateHz, int channels, int bits, string codec, long samples, bool silent)
    {
        var milliseconds = samples * 1000 / rateHz;
        if (rateHz < MinSampleRateHz)
        {
            yield return Finding.Block(
                "SAMPLE_RATE_LOW", place, $"{rateHz} Hz", $"Stores take {MinSampleRateHz} samples a second or more.",
                "Export from the session at 44,100 Hz or above; converting this file up does not help.");
        }
        if (bits is > 0 and < MinBitsPerSample)
        {
            yield return Finding.Block(
                "BIT_DEPTH_LOW", place, $"{bits} bits", $"Stores take {MinBitsPerSample} bits a sample or more.",
                "Export from the session with 16 or 24 bits.");
        }
        if (channels != 2)
        {
            yield return Finding.Warn(
                "STEREO_EXPECTED", place, $"{channels} channels", "Stereo is expected; some stores refuse anything else.",
                "Send a stereo master; send multichannel mixes as their own release.");
        }
        if (LossyCodecs.Contains(codec, StringComparer.Ordinal))
        {
            yield return Finding.Warn(
                "LOSSY_SOURCE", place, codec, "The sound was stored with loss and will lose again at each store.",
                "Send the lossless master as FLAC or WAV.");
        }
        if (silent && samples > 0)
        {
            yield return Finding.Block(
                "SILENT", place, null, "Every sample is zero: there is no sound in this recording.",
                "Send the master; if the silence is meant, ask your label contact to answer this finding.");
        }
        if (milliseconds < MinDurationMilliseconds)
        {
            yield return Finding.Block(
                "DURATION_TOO_SHORT", place, $"{milliseconds} ms", "The recording is shorter than one second.", "Send the whole recording.");
        }
        else if (milliseconds < PaidDurationMilliseconds)
        {
            yield return Finding.Warn(
                "DURATION_SHORT", place, $"{milliseconds} ms", "The recording is shorter than 30 seconds: several services pay nothing for it.",
                "Nothing to do if that is meant.");
        }
    }

    public static Finding DecodeFailed(string place, string why) => Finding.Block(
        "DECODE_FAILED", place, null, $"The decoder stops with an error: {why}.", "Export the file again and play it to the end before sending.");

    public static Finding OverLimit(string place, DecoderLimit limit) => Finding.Block(
        "DECODER_LIMIT", place, Name(limit),
        limit switch
        {
            DecoderLimit.Time => "Decoding took longer than any honest file of this size takes.",
            DecoderLimit.Memory => $"Decoding asked for more than {DecoderLimits.MemoryBytes >> 20} MiB of memory.",
            DecoderLimit.Output => $"The file decodes to more than {DecoderLimits.MaxDurationHours} hours of sound or more picture than its header says.",
            _ => "The decoder tried to write a file.",
        },
        "Send a newly exported file; if it is right as it is, ask your label contact.");

    public static Finding SamplesNotAsClaimed(string place, long claimed, long decoded) => Finding.Block(
        "SAMPLES_NOT_AS_CLAIMED", place, $"{decoded} samples",
        $"The header claims {claimed} samples a channel and {decoded} can be decoded: the file is cut off or its header is wrong.",
        "Export the file again and send it in full.");

    public static Finding HeaderNotAsDecoded(string place, string claimed, string decoded) => Finding.Block(
        "HEADER_NOT_AS_DECODED", place, decoded, $"The header says {claimed} and the sound is {decoded}.", "Export the file again.");

    public static Finding FlacMd5Mismatch(string place) => Finding.Block(
        "FLAC_MD5_MISMATCH", place, null, "The sound does not have the MD5 that the FLAC file carries: it is not what was encoded.",
        "Encode again from the master and send it again.");

    public static Finding FlacTestFailed(string place, string why) => Finding.Block(
        "FLAC_TEST_FAILED", place, null, $"The FLAC reference decoder refuses the file: {why}.", "Encode again from the master and send it again.");

    private static string Name(DecoderLimit limit) => limit switch
    {
        DecoderLimit.Time => "time",
        DecoderLimit.Memory => "memory",
        DecoderLimit.Output => "output",
        _ => "files",
    };
}
