namespace Pipeline.Ingest.Audio;

/// <summary>What a container carries.</summary>
public enum ContainerKind
{
    Sound,
    Picture,
}

/// <summary>
/// A file format we know, recognised by its bytes and never by its name. The list is closed; <see cref="Demuxer"/> and
/// <see cref="Codecs"/> are all that the decoder may use for it.
/// </summary>
public sealed record Container
{
    private Container(string name, ContainerKind kind, string demuxer, string[] extensions, string[] codecs)
    {
        Name = name;
        Kind = kind;
        Demuxer = demuxer;
        Extensions = extensions;
        Codecs = codecs;
    }

    private static readonly string[] LittleEndianPcm =
        ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"];

    private static readonly string[] BigEndianPcm =
        ["pcm_s8", "pcm_u8", "pcm_s16be", "pcm_s24be", "pcm_s32be", "pcm_f32be", "pcm_f64be", "pcm_s16le", "pcm_s24le", "pcm_s32le"];

    /// <summary>RIFF/WAVE.</summary>
    public static readonly Container Wav = new("wav", ContainerKind.Sound, "wav", ["wav", "wave", "bwf"], LittleEndianPcm);

    /// <summary>EBU Tech 3306: RIFF with 64-bit sizes.</summary>
    public static readonly Container Rf64 = new("rf64", ContainerKind.Sound, "wav", ["wav", "wave", "rf64", "bwf"], LittleEndianPcm);

    /// <summary>ITU-R BS.2088.</summary>
    public static readonly Container Bw64 = new("bw64", ContainerKind.Sound, "wav", ["wav", "wave", "bw64", "bwf"], LittleEndianPcm);

    /// <summary>Sony Wave64.</summary>
    public static readonly Container W64 = new("w64", ContainerKind.Sound, "w64", ["w64"], LittleEndianPcm);

    /// <summary>Apple AIFF 1.3.</summary>
    public static readonly Container Aiff = new("aiff", ContainerKind.Sound, "aiff", ["aiff", "aif"], BigEndianPcm);

    /// <summary>AIFF-C.</summary>
    public static readonly Container Aifc = new("aifc", ContainerKind.Sound, "aiff", ["aifc", "aiff", "aif"], BigEndianPcm);

    /// <summary>RFC 9639.</summary>
    public static readonly Container Flac = new("flac", ContainerKind.Sound, "flac", ["flac"], ["flac"]);

    /// <summary>MPEG audio, layer 3.</summary>
    public static readonly Container Mp3 = new("mp3", ContainerKind.Sound, "mp3", ["mp3"], ["mp3float", "mp3"]);

    /// <summary>ISO base media: AAC or Apple Lossless.</summary>
    public static readonly Container Mp4 = new("mp4", ContainerKind.Sound, "mov", ["m4a", "mp4", "m4b"], ["aac", "alac"]);

    /// <summary>RFC 3533.</summary>
    public static readonly Container Ogg = new("ogg", ContainerKind.Sound, "ogg", ["ogg", "oga", "opus"], ["vorbis", "opus", "flac"]);

    /// <summary>Apple Core Audio Format.</summary>
    public static readonly Container Caf = new("caf", ContainerKind.Sound, "caf", ["caf"], [.. LittleEndianPcm, .. BigEndianPcm, "alac", "aac"]);

    /// <summary>JPEG.</summary>
    public static readonly Container Jpeg = new("jpeg", ContainerKind.Picture, "jpeg_pipe", ["jpg", "jpeg"], ["mjpeg"]);

    /// <summary>PNG.</summary>
    public static readonly Container Png = new("png", ContainerKind.Picture, "png_pipe", ["png"], ["png"]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Container> All { get; } =
        [Wav, Rf64, Bw64, W64, Aiff, Aifc, Flac, Mp3, Mp4, Ogg, Caf, Jpeg, Png];

    /// <summary>Written into <c>RecordingFacts.Container</c>; never renamed.</summary>
    public string Name { get; }

    public ContainerKind Kind { get; }

    /// <summary>ffmpeg's name of the one demuxer allowed.</summary>
    public string Demuxer { get; }

    /// <summary>File name endings, without the dot, lower case.</summary>
    public IReadOnlyList<string> Extensions { get; }

    /// <summary>ffmpeg's names of the decoders allowed.</summary>
    public IReadOnlyList<string> Codecs { get; }

    public override string ToString() => Name;
}
