using System.Buffers.Binary;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>The <c>fmt</c> chunk of RIFF and Wave64 (WAVEFORMATEX and EXTENSIBLE).</summary>
public sealed record WaveFormat(int Tag, int Channels, int SampleRateHz, int BlockAlignBytes, int BitsPerSample)
{
    /// <summary>NHK 22.2 has 24; more is a damaged or hostile header.</summary>
    public const int MaxChannels = 24;

    /// <summary>Highest rate of any converter sold.</summary>
    public const int MaxSampleRateHz = 768_000;

    private const int Pcm = 1;
    private const int Float = 3;
    private const int ExtensibleTag = 0xFFFE;
    private const int PlainBytes = 16;
    private const int ExtensibleBytes = 40;

    /// <summary>Reads the chunk and says what is wrong with it; null when it is too short to be one.</summary>
    internal static WaveFormat? Read(MediaBytes file, long offsetBytes, long sizeBytes, string place, List<Finding> findings)
    {
        Span<byte> buffer = stackalloc byte[ExtensibleBytes];
        var bytes = file.At(offsetBytes, buffer[..(int)Math.Clamp(sizeBytes, 0, ExtensibleBytes)]);
        if (bytes.Length < PlainBytes)
        {
            findings.Add(StructureRules.StructureBroken(place, "its fmt chunk is too short"));
            return null;
        }
        var tag = (int)BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var format = new WaveFormat(
            tag, BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), (int)Math.Min(rate, int.MaxValue),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]));
        if (tag == ExtensibleTag)
        {
            findings.Add(StructureRules.Extensible(place));
            tag = bytes.Length == ExtensibleBytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[24..]) : tag;
        }
        if (tag is not (Pcm or Float))
        {
            findings.Add(StructureRules.NotPcm(place, tag));
            return format;
        }
        if (tag == Float)
        {
            findings.Add(StructureRules.FloatSamples(place));
        }
        findings.AddRange(Impossible(place, format.Channels, rate, format.BitsPerSample));
        if (!findings.Stop() && format.BlockAlignBytes != format.Channels * ((format.BitsPerSample + 7) / 8))
        {
            findings.Add(StructureRules.HeaderImpossible(
                place, $"{format.BlockAlignBytes} bytes", $"{format.Channels} channels of {format.BitsPerSample} bits do not make blocks of {format.BlockAlignBytes} bytes"));
        }
        return format;
    }

    /// <summary>Numbers no recording has; for all PCM containers.</summary>
    internal static IEnumerable<Finding> Impossible(string place, int channels, double rateHz, int bits)
    {
        if (channels is < 1 or > MaxChannels)
        {
            yield return StructureRules.HeaderImpossible(place, $"{channels} channels", $"it claims {channels} channels");
        }
        if (!(rateHz is >= 1 and <= MaxSampleRateHz))
        {
            yield return StructureRules.HeaderImpossible(
                place, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{rateHz} Hz"),
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"it claims {rateHz} samples a second"));
        }
        if (bits is < 1 or > 64)
        {
            yield return StructureRules.HeaderImpossible(place, $"{bits} bits", $"it claims {bits} bits a sample");
        }
    }
}
