using System.Buffers.Binary;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>Sony Wave64: RIFF with GUIDs for names and 64-bit sizes that count their own 24-byte heads, aligned to 8.</summary>
public static class W64Walker
{
    /// <summary>Chunks looked at.</summary>
    public const int MaxChunks = 4096;

    private const int HeadBytes = 24;

    /// <summary>The GUID a Wave64 file begins with.</summary>
    public static ReadOnlySpan<byte> RiffGuid =>
        [0x72, 0x69, 0x66, 0x66, 0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0x00, 0x00];

    public static Structure Walk(MediaBytes file, string place)
    {
        var findings = new List<Finding>();
        WaveFormat? format = null;
        long dataBytes = -1;
        Span<byte> head = stackalloc byte[HeadBytes];
        var at = 40L;
        for (var chunks = 0; chunks < MaxChunks && file.At(at, head) is { Length: HeadBytes }; chunks++)
        {
            var size = BinaryPrimitives.ReadInt64LittleEndian(head[16..]);
            if (size < HeadBytes || size > long.MaxValue / 2)
            {
                findings.Add(StructureRules.StructureBroken(place, $"the chunk at byte {at} claims {size} bytes"));
                break;
            }
            if (head.StartsWith("fmt "u8))
            {
                format = WaveFormat.Read(file, at + HeadBytes, size - HeadBytes, place, findings);
            }
            else if (head.StartsWith("data"u8))
            {
                dataBytes = size - HeadBytes;
            }
            if (at + size > file.LengthBytes)
            {
                findings.Add(StructureRules.Truncated(place, at + size, file.LengthBytes));
                break;
            }
            at += (size + 7) & ~7L;
        }
        if (!findings.Stop() && (format is null || dataBytes < 0))
        {
            findings.Add(StructureRules.StructureBroken(place, "it lacks its fmt or its data chunk"));
        }
        var samples = format is { BlockAlignBytes: > 0 } && dataBytes >= 0 ? dataBytes / format.BlockAlignBytes : (long?)null;
        return new Structure(format?.Channels, format?.SampleRateHz, format?.BitsPerSample, samples, Structure.ExactToleranceSamples, findings);
    }
}
