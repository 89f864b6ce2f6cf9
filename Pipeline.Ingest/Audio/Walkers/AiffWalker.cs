using System.Buffers.Binary;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>AIFF 1.3 and AIFF-C: COMM and SSND, their bounds, and what stands after the FORM.</summary>
public static class AiffWalker
{
    /// <summary>Chunks looked at.</summary>
    public const int MaxChunks = 4096;

    private static readonly uint Comm = ChunkHead.Of("COMM"u8);
    private static readonly uint Ssnd = ChunkHead.Of("SSND"u8);

    public static Structure Walk(MediaBytes file, string place)
    {
        var findings = new List<Finding>();
        if (!file.TryChunkAt(0, bigEndian: true, out var form))
        {
            return Structure.Only(StructureRules.StructureBroken(place, "the FORM head is cut off"));
        }
        var end = 8L + form.SizeBytes;
        if (end > file.LengthBytes + 1)
        {
            findings.Add(StructureRules.Truncated(place, end, file.LengthBytes));
        }
        CommChunk? common = null;
        var soundSeen = false;
        var at = 12L;
        for (var chunks = 0; chunks < MaxChunks && at + 8 <= Math.Min(end, file.LengthBytes); chunks++)
        {
            if (!file.TryChunkAt(at, bigEndian: true, out var head))
            {
                break;
            }
            common = head.Id == Comm && common is null ? ReadCommon(file, at + 8, head.SizeBytes) : common;
            soundSeen |= head.Id == Ssnd;
            if (at + 8 + head.SizeBytes > file.LengthBytes && !findings.Stop())
            {
                findings.Add(StructureRules.Truncated(place, at + 8 + head.SizeBytes, file.LengthBytes));
            }
            at += 8L + head.SizeBytes + (head.SizeBytes & 1);
        }
        if (common is null)
        {
            findings.Add(StructureRules.StructureBroken(place, "it has no COMM chunk"));
            return Structure.Only([.. findings]);
        }
        findings.AddRange(WaveFormat.Impossible(place, common.Channels, common.RateHz, common.Bits));
        if (!soundSeen && common.Samples > 0 && !findings.Stop())
        {
            findings.Add(StructureRules.StructureBroken(place, "it has no SSND chunk"));
        }
        findings.AddRange(AfterEnd.Look(file, end, place));
        // A compressed AIFF-C counts packets in COMM and not samples; its claim cannot be compared.
        return new Structure(
            common.Channels, (int)Math.Clamp(common.RateHz, 0, int.MaxValue), common.Bits,
            common.Compressed ? null : common.Samples, Structure.ExactToleranceSamples, findings);
    }

    private sealed record CommChunk(int Channels, long Samples, int Bits, double RateHz, bool Compressed);

    private static CommChunk? ReadCommon(MediaBytes file, long offset, long size)
    {
        Span<byte> buffer = stackalloc byte[22];
        var bytes = file.At(offset, buffer[..(int)Math.Min(size, 22)]);
        if (bytes.Length < 18)
        {
            return null;
        }
        var compressed = bytes.Length == 22
            && ChunkHead.Of(bytes[18..]) is var kind
            && kind != ChunkHead.Of("NONE"u8) && kind != ChunkHead.Of("sowt"u8) && kind != ChunkHead.Of("twos"u8)
            && kind != ChunkHead.Of("in24"u8) && kind != ChunkHead.Of("in32"u8) && kind != ChunkHead.Of("fl32"u8) && kind != ChunkHead.Of("FL32"u8);
        return new CommChunk(
            BinaryPrimitives.ReadInt16BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]),
            BinaryPrimitives.ReadInt16BigEndian(bytes[6..]), Extended(bytes.Slice(8, 10)), compressed);
    }

    /// <summary>The 80-bit IEEE extended number of the sample rate: sign and 15 bits of exponent, 64 bits of mantissa.</summary>
    private static double Extended(ReadOnlySpan<byte> ten)
    {
        var exponent = BinaryPrimitives.ReadInt16BigEndian(ten);
        var mantissa = BinaryPrimitives.ReadUInt64BigEndian(ten[2..]);
        return exponent < 0 || mantissa == 0 ? 0 : Math.ScaleB(mantissa, Math.Clamp(exponent - 16383 - 63, -2000, 2000));
    }
}
