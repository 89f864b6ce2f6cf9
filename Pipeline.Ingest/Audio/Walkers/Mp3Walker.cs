using System.Buffers.Binary;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>
/// MP3: the first frame and its Xing or Info tag, the only place where an MP3 says how long it is. Without that tag the
/// file claims nothing and nothing can be compared.
/// </summary>
public static class Mp3Walker
{
    /// <summary>Decoders add and cut delay differently; a tenth of a second is the rulebook's tolerance.</summary>
    private const int TolerancePerSecond = 10;

    private const uint HasFrameCount = 1;
    private const uint HasByteCount = 2;

    /// <param name="startByte">Of the first frame.</param>
    public static Structure Walk(MediaBytes file, long startByte, string place)
    {
        Span<byte> buffer = stackalloc byte[256];
        var bytes = file.At(startByte, buffer);
        if (!MpegFrame.TryRead(bytes, out var frame))
        {
            return Structure.Only(StructureRules.StructureBroken(place, "no MPEG frame begins where one should"));
        }
        var claims = new Structure(frame.Channels, frame.SampleRateHz, null, null, frame.SampleRateHz / TolerancePerSecond, []);
        var tag = bytes[Math.Min(bytes.Length, 4 + frame.SideInformationBytes)..];
        if (tag.Length < 16 || !(tag.StartsWith("Xing"u8) || tag.StartsWith("Info"u8)))
        {
            return claims;
        }
        var flags = BinaryPrimitives.ReadUInt32BigEndian(tag[4..]);
        var findings = new List<Finding>();
        if ((flags & (HasFrameCount | HasByteCount)) == (HasFrameCount | HasByteCount)
            && startByte + BinaryPrimitives.ReadUInt32BigEndian(tag[12..]) is var end && end > file.LengthBytes)
        {
            findings.Add(StructureRules.Truncated(place, end, file.LengthBytes));
        }
        return claims with
        {
            SamplesPerChannel = (flags & HasFrameCount) == 0
                ? null
                : Math.Max(0, (long)BinaryPrimitives.ReadUInt32BigEndian(tag[8..]) * frame.SamplesPerFrame - Padding(tag)),
            Findings = findings,
        };
    }

    /// <summary>Encoder delay and padding in samples, from the LAME extension that follows a full Xing tag.</summary>
    private static int Padding(ReadOnlySpan<byte> tag)
    {
        const int LameAt = 120;
        const int DelayAt = LameAt + 21;
        return tag.Length >= DelayAt + 3 && tag[LameAt] is >= (byte)'A' and <= (byte)'z'
            ? (tag[DelayAt] << 4 | tag[DelayAt + 1] >> 4) + ((tag[DelayAt + 1] & 0xF) << 8 | tag[DelayAt + 2])
            : 0;
    }
}
