using System.Buffers.Binary;

namespace Pipeline.Ingest.Audio;

/// <summary>Width and height as a picture's header states them.</summary>
public readonly record struct PictureSize(int WidthPixels, int HeightPixels)
{
    /// <summary>JPEG segments looked at before the frame header.</summary>
    public const int MaxJpegSegments = 4096;

    /// <summary>Null when the header is not there or cut off.</summary>
    public static PictureSize? Read(MediaBytes file, Container container) =>
        container == Container.Png ? Png(file) : container == Container.Jpeg ? Jpeg(file) : null;

    /// <summary>PNG: IHDR is the first chunk (W3C PNG section 11.2.1).</summary>
    private static PictureSize? Png(MediaBytes file)
    {
        Span<byte> buffer = stackalloc byte[24];
        return file.At(0, buffer) is { Length: 24 } bytes && bytes[12..16].SequenceEqual("IHDR"u8)
            && BinaryPrimitives.ReadInt32BigEndian(bytes[16..]) is > 0 and var width
            && BinaryPrimitives.ReadInt32BigEndian(bytes[20..]) is > 0 and var height
            ? new PictureSize(width, height) : null;
    }

    /// <summary>JPEG: segments up to the first start of frame (ITU-T T.81 annex B).</summary>
    private static PictureSize? Jpeg(MediaBytes file)
    {
        Span<byte> buffer = stackalloc byte[9];
        var at = 2L;
        for (var segments = 0; segments < MaxJpegSegments; segments++)
        {
            var bytes = file.At(at, buffer);
            if (bytes.Length < 4 || bytes[0] != 0xFF)
            {
                return null;
            }
            if (bytes[1] == 0xFF)
            {
                at++;
                continue;
            }
            // Start of frame: C0 to CF without the tables C4 and CC and the reserved C8.
            if (bytes[1] is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return bytes.Length == 9
                    && BinaryPrimitives.ReadUInt16BigEndian(bytes[5..]) is > 0 and var height
                    && BinaryPrimitives.ReadUInt16BigEndian(bytes[7..]) is > 0 and var width
                    ? new PictureSize(width, height) : null;
            }
            if (bytes[1] is 0xD8 or 0xD9 or 0xDA)
            {
                return null;
            }
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        }
        return null;
    }
}
