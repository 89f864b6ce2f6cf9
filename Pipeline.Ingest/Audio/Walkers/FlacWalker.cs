using System.Buffers.Binary;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>FLAC metadata blocks (RFC 9639 section 8): STREAMINFO first, each block inside the file, a frame after them.</summary>
public static class FlacWalker
{
    /// <summary>Blocks looked at.</summary>
    public const int MaxMetadataBlocks = 4096;

    private const int StreamInfoBytes = 34;

    /// <param name="startByte">Of <c>fLaC</c>; more than 0 when an ID3 tag stands before it.</param>
    public static Structure Walk(MediaBytes file, long startByte, string place)
    {
        var findings = new List<Finding>();
        if (startByte > 0)
        {
            findings.Add(StructureRules.Id3BeforeFlac(place));
        }
        Span<byte> info = stackalloc byte[4 + StreamInfoBytes];
        var bytes = file.At(startByte + 4, info);
        if (bytes.Length < info.Length || (bytes[0] & 0x7F) != 0 || BlockBytes(bytes) != StreamInfoBytes)
        {
            findings.Add(StructureRules.StructureBroken(place, "a FLAC stream must begin with a whole STREAMINFO block"));
            return Structure.Only([.. findings]);
        }
        WalkBlocks(file, startByte + 4, place, findings);
        return Read(bytes[4..], place, findings);
    }

    private static int BlockBytes(ReadOnlySpan<byte> head) => (head[1] << 16) | (head[2] << 8) | head[3];

    private static Structure Read(ReadOnlySpan<byte> info, string place, List<Finding> findings)
    {
        var packed = BinaryPrimitives.ReadUInt64BigEndian(info[10..]);
        var rate = (int)(packed >> 44);
        var channels = (int)((packed >> 41) & 7) + 1;
        var bits = (int)((packed >> 36) & 31) + 1;
        var samples = (long)(packed & 0xF_FFFF_FFFF);
        findings.AddRange(WaveFormat.Impossible(place, channels, rate, bits));
        if (!info.Slice(18, 16).ContainsAnyExcept((byte)0))
        {
            findings.Add(StructureRules.FlacMd5Unset(place));
        }
        return new Structure(channels, rate, bits, samples == 0 ? null : samples, Structure.ExactToleranceSamples, findings);
    }

    private static void WalkBlocks(MediaBytes file, long at, string place, List<Finding> findings)
    {
        Span<byte> head = stackalloc byte[4];
        for (var blocks = 0; blocks < MaxMetadataBlocks; blocks++)
        {
            if (file.At(at, head).Length < 4)
            {
                findings.Add(StructureRules.Truncated(place, at + 4, file.LengthBytes));
                return;
            }
            at += 4 + BlockBytes(head);
            if (at >= file.LengthBytes)
            {
                findings.Add(StructureRules.Truncated(place, at, file.LengthBytes));
                return;
            }
            if ((head[0] & 0x80) != 0)
            {
                // Frame sync: fourteen ones and a zero (RFC 9639 section 9.1.1).
                if (file.At(at, head) is not [0xFF, 0xF8 or 0xF9, ..])
                {
                    findings.Add(StructureRules.StructureBroken(place, $"no FLAC frame begins at byte {at}, where the metadata ends"));
                }
                return;
            }
        }
        findings.Add(StructureRules.StructureBroken(place, $"it has more than {MaxMetadataBlocks} metadata blocks"));
    }
}
