namespace Pipeline.Ingest.Audio;

/// <summary>What a decoder may use. Reached means: the file is at fault and blocked, the node is unharmed.</summary>
public static class DecoderLimits
{
    /// <summary>Longest recording taken.</summary>
    public const int MaxDurationHours = 4;

    /// <summary>Decoded bytes at most: four hours of 192 kHz stereo in 32-bit samples.</summary>
    public const long MaxPcmBytes = MaxDurationHours * 3600L * 192_000 * 2 * 4;

    /// <summary>Pixels of a picture at most (8,000 by 8,000).</summary>
    public const long MaxPicturePixels = 64_000_000;

    /// <summary>Address space of the decoder. Under 384 MiB ffmpeg does not start.</summary>
    public const long MemoryBytes = 1L << 30;

    /// <summary>
    /// Wall clock for each second of processor time: on a crowded machine an honest file waits, and must not be blamed
    /// for it. A decoder that burns time is stopped by its processor limit long before.
    /// </summary>
    public const int WallClockFactor = 5;

    /// <summary>Processor seconds for a file of no size.</summary>
    public const int BaseSeconds = 60;

    /// <summary>For each so many bytes of input, one more second; a slow core decodes ten times as much.</summary>
    public const int InputBytesPerExtraSecond = 4 << 20;

    /// <summary>What is kept of the decoder's complaints; the rest is read and thrown away.</summary>
    public const int StderrBytes = 256 * 1024;

    /// <summary>Answer of the prober at most.</summary>
    public const int ProbeAnswerBytes = 64 * 1024;

    /// <summary>Open files of a decoder.</summary>
    public const int OpenFiles = 64;

    /// <summary>Processor seconds for a file of this size.</summary>
    public static int SecondsFor(long inputBytes) =>
        BaseSeconds + (int)Math.Min(inputBytes / InputBytesPerExtraSecond, 6 * 3600);
}
