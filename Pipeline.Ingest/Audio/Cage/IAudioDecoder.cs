using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>
/// The process edge to decoders. Implementations never let hostile bytes near this process and always come back.
/// </summary>
public interface IAudioDecoder
{
    /// <summary>Decodes the whole sound of a file that was sniffed as <paramref name="container"/>.</summary>
    /// <param name="localPath">Absolute path of a readable file.</param>
    Task<Decoding<DecodedSound>> DecodeSound(string localPath, Container container, CancellationToken cancel);

    /// <summary>Decodes a picture.</summary>
    /// <param name="expectedPixels">Width times height of its header.</param>
    Task<Decoding<DecodedPicture>> DecodePicture(string localPath, Container container, long expectedPixels, CancellationToken cancel);
}

/// <summary>How decoding ended.</summary>
public abstract record Decoding<T>
{
    private Decoding()
    {
    }

    public sealed record Decoded(T Media) : Decoding<T>;

    /// <summary>The decoder refused the bytes: the file is at fault.</summary>
    public sealed record Refused(string Why) : Decoding<T>;

    /// <summary>The decoder ran into a limit of ours on this file: the file is at fault.</summary>
    public sealed record Limited(DecoderLimit Limit) : Decoding<T>;

    /// <summary>The decoder crashed or could not run: says nothing of the file, to be tried again.</summary>
    public sealed record Undecided(string Why) : Decoding<T>;
}

/// <summary>What <c>flac -t</c> says of a FLAC file.</summary>
public enum FlacTest
{
    NotFlac,

    /// <summary>All frames decode, and the MD5 agrees when there is one.</summary>
    Passes,

    /// <summary>All frames decode to other sound than was encoded.</summary>
    Md5Differs,

    /// <summary>Frames are damaged, or change their format on the way.</summary>
    Fails,
}

/// <summary>A sound, decoded to its end.</summary>
/// <param name="Codec">ffmpeg's name.</param>
/// <param name="BitsPerSample">As stored; 0 for a lossy codec.</param>
/// <param name="PcmSha256">Over interleaved signed 32-bit little-endian samples.</param>
/// <param name="FlacComplaint">The tester's first line when it does not pass.</param>
public sealed record DecodedSound(
    string Codec, int SampleRateHz, int Channels, int BitsPerSample, long SamplesPerChannel, Sha256Digest PcmSha256,
    bool Silent, FlacTest Flac, string FlacComplaint);

/// <summary>A picture, decoded to its end.</summary>
public sealed record DecodedPicture(long Pixels);
