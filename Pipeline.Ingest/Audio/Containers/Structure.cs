using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>
/// What a file says of itself, read by us without a decoder. Claims: the decoded samples decide; a claim is there to be
/// compared with them.
/// </summary>
/// <param name="SamplesPerChannel">Null when the container does not say.</param>
/// <param name="ToleranceSamples">How far decoded and claimed may differ: one sample for PCM and FLAC, 0.1 s for MP3.</param>
/// <param name="Findings">What is wrong with the structure alone.</param>
public sealed record Structure(
    int? Channels, int? SampleRateHz, int? BitsPerSample, long? SamplesPerChannel, long ToleranceSamples,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>PCM and FLAC: "more than one frame" of the rulebook.</summary>
    public const long ExactToleranceSamples = 1;

    /// <summary>Only findings, no claims.</summary>
    public static Structure Only(params Finding[] findings) => new(null, null, null, null, ExactToleranceSamples, findings);
}

/// <summary>Sends each container to its walker.</summary>
public static class StructureWalk
{
    /// <summary>Reads the structure of <paramref name="file"/> with bounds checks; total over any bytes.</summary>
    /// <param name="startByte">Where the container begins, see <see cref="Sniffed.StartByte"/>.</param>
    /// <param name="place">The file's name for findings.</param>
    /// <exception cref="IOException">Our disk failed.</exception>
    public static Structure Walk(MediaBytes file, Container container, long startByte, string place)
    {
        var structure =
            container == Container.Wav || container == Container.Rf64 || container == Container.Bw64 ? RiffWalker.Walk(file, container, place)
            : container == Container.W64 ? W64Walker.Walk(file, place)
            : container == Container.Aiff || container == Container.Aifc ? AiffWalker.Walk(file, place)
            : container == Container.Flac ? FlacWalker.Walk(file, startByte, place)
            : container == Container.Mp3 ? Mp3Walker.Walk(file, startByte, place)
            : container == Container.Mp4 ? Mp4Walker.Walk(file, place)
            : container == Container.Ogg ? OggWalker.Walk(file, place)
            : container == Container.Caf ? CafWalker.Walk(file, place)
            : Structure.Only();
        return ZipTail.Find(file) is { } zipAt && !structure.Findings.Any(f => f.Rule == StructureRules.ForeignBytesAppendedId)
            ? structure with { Findings = [.. structure.Findings, StructureRules.ForeignBytesAppended(place, zipAt, "a zip archive")] }
            : structure;
    }
}
