using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Ingest.Audio;

/// <summary>What came of looking at one file.</summary>
public abstract record Inspection
{
    private Inspection()
    {
    }

    /// <summary>
    /// Everything that can be said. Facts are there when the file decoded, even if findings block it; at most one of
    /// the two is.
    /// </summary>
    public sealed record Done(RecordingFacts? Recording, ImageFacts? Image, IReadOnlyList<Finding> Findings) : Inspection;

    /// <summary>The decoder died or could not run: nothing is known of the file.</summary>
    public sealed record Undecided(string Why) : Inspection;
}

/// <summary>
/// One file from its bytes to facts and findings: sniffed and walked by us, then decoded in the cage unless its
/// structure alone stops it.
/// </summary>
public static class AudioInspection
{
    /// <summary>A local file outside any delivery, for <c>mp inspect</c>.</summary>
    /// <param name="path">Regular file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static async Task<Inspection> Inspect(string path, IAudioDecoder decoder, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        var digest = new Sha256Digest(await System.Security.Cryptography.SHA256.HashDataAsync(file, cancel));
        return await Inspect(path, new VerifiedFile("", "", Path.GetFileName(path), digest, file.Length, []), decoder, cancel);
    }

    /// <summary>A file of a delivery. <see cref="VerifiedFile.Path"/> is its name, <paramref name="localPath"/> where its bytes are.</summary>
    public static async Task<Inspection> Inspect(
        string localPath, VerifiedFile file, IAudioDecoder decoder, CancellationToken cancel)
    {
        await using var stream = File.OpenRead(localPath);
        var bytes = new MediaBytes(stream);
        var (sniffed, findings) = Look(bytes, file);
        if (sniffed.Container is not { } container)
        {
            return new Inspection.Done(null, null, findings);
        }
        if (container.Kind == ContainerKind.Picture)
        {
            return await Picture(localPath, bytes, file, container, findings, decoder, cancel);
        }
        var structure = StructureWalk.Walk(bytes, container, sniffed.StartByte, file.Path);
        findings.AddRange(structure.Findings);
        return structure.Findings.Stop()
            ? new Inspection.Done(null, null, findings)
            : await Sound(localPath, file, container, structure, findings, decoder, cancel);
    }

    private static (Sniffed, List<Finding>) Look(MediaBytes bytes, VerifiedFile file)
    {
        var findings = new List<Finding>();
        if (bytes.LengthBytes == 0)
        {
            findings.Add(StructureRules.FileEmpty(file.Path));
            return (new Sniffed(null, null, 0), findings);
        }
        var sniffed = ContainerSniffer.SniffFile(bytes);
        if (sniffed.Container is not { } container)
        {
            findings.Add(StructureRules.ContainerUnknown(file.Path, sniffed.Foreign));
            return (sniffed, findings);
        }
        if (file.Kind == "audio" && container.Kind != ContainerKind.Sound || file.Kind == "image" && container.Kind != ContainerKind.Picture)
        {
            findings.Add(StructureRules.WrongKind(file.Path, container, file.Kind));
        }
        var extension = Path.GetExtension(file.Path).TrimStart('.');
        if (!container.Extensions.Contains(extension, StringComparer.OrdinalIgnoreCase))
        {
            findings.Add(StructureRules.ContainerNotAsNamed(file.Path, container));
        }
        return (sniffed, findings);
    }

    private static async Task<Inspection> Sound(
        string localPath, VerifiedFile file, Container container, Structure structure, List<Finding> findings,
        IAudioDecoder decoder, CancellationToken cancel)
    {
        switch (await decoder.DecodeSound(localPath, container, cancel))
        {
            case Decoding<DecodedSound>.Decoded(var sound):
                findings.AddRange(Compare(file.Path, structure, sound));
                findings.AddRange(AudioRules.Quality(
                    file.Path, sound.SampleRateHz, sound.Channels, sound.BitsPerSample, sound.Codec, sound.SamplesPerChannel, sound.Silent));
                return new Inspection.Done(
                    new RecordingFacts(
                        file.Reference, file.Sha256, container.Name, sound.Codec, sound.SampleRateHz, sound.Channels,
                        sound.BitsPerSample, sound.SamplesPerChannel, sound.PcmSha256, sound.Silent ? 1 : 0),
                    null, findings);
            case Decoding<DecodedSound>.Refused(var why):
                return new Inspection.Done(null, null, [.. findings, AudioRules.DecodeFailed(file.Path, why)]);
            case Decoding<DecodedSound>.Limited(var limit):
                return new Inspection.Done(null, null, [.. findings, AudioRules.OverLimit(file.Path, limit)]);
            case Decoding<DecodedSound>.Undecided(var why):
                return new Inspection.Undecided($"{file.Path}: {why}");
            default:
                throw new InvalidOperationException("decoding ends in one of four ways");
        }
    }

    private static IEnumerable<Finding> Compare(string place, Structure claimed, DecodedSound sound)
    {
        if (claimed.SamplesPerChannel is { } samples && Math.Abs(samples - sound.SamplesPerChannel) > claimed.ToleranceSamples)
        {
            yield return AudioRules.SamplesNotAsClaimed(place, samples, sound.SamplesPerChannel);
        }
        if (claimed.SampleRateHz is { } rate && rate != sound.SampleRateHz)
        {
            yield return AudioRules.HeaderNotAsDecoded(place, $"{rate} Hz", $"{sound.SampleRateHz} Hz");
        }
        if (claimed.Channels is { } channels && channels != sound.Channels)
        {
            yield return AudioRules.HeaderNotAsDecoded(place, $"{channels} channels", $"{sound.Channels} channels");
        }
        if (sound.Flac == FlacTest.Md5Differs)
        {
            yield return AudioRules.FlacMd5Mismatch(place);
        }
        if (sound.Flac == FlacTest.Fails)
        {
            yield return AudioRules.FlacTestFailed(place, sound.FlacComplaint);
        }
    }

    private static async Task<Inspection> Picture(
        string localPath, MediaBytes bytes, VerifiedFile file, Container container, List<Finding> findings,
        IAudioDecoder decoder, CancellationToken cancel)
    {
        if (PictureSize.Read(bytes, container) is not { } size)
        {
            return new Inspection.Done(null, null, [.. findings, PictureRules.HeaderBroken(file.Path)]);
        }
        var pixels = (long)size.WidthPixels * size.HeightPixels;
        if (pixels > DecoderLimits.MaxPicturePixels)
        {
            return new Inspection.Done(null, null, [.. findings, PictureRules.TooLarge(file.Path, size)]);
        }
        switch (await decoder.DecodePicture(localPath, container, pixels, cancel))
        {
            case Decoding<DecodedPicture>.Decoded(var picture):
                findings.AddRange(picture.Pixels == pixels ? PictureRules.Quality(file.Path, size) : [PictureRules.NotAsClaimed(file.Path, size, picture.Pixels)]);
                if (ZipTail.Find(bytes) is { } zipAt)
                {
                    findings.Add(StructureRules.ForeignBytesAppended(file.Path, zipAt, "a zip archive"));
                }
                return new Inspection.Done(
                    null, new ImageFacts(file.Reference, file.Sha256, container.Name, size.WidthPixels, size.HeightPixels), findings);
            case Decoding<DecodedPicture>.Refused(var why):
                return new Inspection.Done(null, null, [.. findings, AudioRules.DecodeFailed(file.Path, why)]);
            case Decoding<DecodedPicture>.Limited(var limit):
                return new Inspection.Done(null, null, [.. findings, AudioRules.OverLimit(file.Path, limit)]);
            case Decoding<DecodedPicture>.Undecided(var why):
                return new Inspection.Undecided($"{file.Path}: {why}");
            default:
                throw new InvalidOperationException("decoding ends in one of four ways");
        }
    }
}
