using System.Buffers.Binary;
using System.IO.Compression;

namespace Composer;

/// <summary>The cover: a night sky over three waves, and above them the tree that a log is.</summary>
internal static class Cover
{
    public const int SidePixels = 3000;

    private const int BytesPerPixel = 3;

    public static string Write(string path)
    {
        var pixels = new byte[SidePixels * SidePixels * BytesPerPixel];
        DrawSky(pixels);
        DrawTree(pixels);
        File.WriteAllBytes(path, Png.Encode(pixels, SidePixels));
        return path;
    }

    private static void DrawSky(byte[] pixels)
    {
        var crests = new int[3][];
        for (var wave = 0; wave < crests.Length; wave++)
        {
            crests[wave] = [.. Enumerable.Range(0, SidePixels).Select(x => CrestAt(wave, x))];
        }
        for (var y = 0; y < SidePixels; y++)
        {
            // From deep blue to the first orange above the water.
            var height = (double)y / SidePixels;
            var (red, green, blue) = ((byte)(16 + 190 * height * height), (byte)(20 + 90 * height * height), (byte)(52 + 50 * height));
            for (var x = 0; x < SidePixels; x++)
            {
                var waves = (y > crests[0][x] ? 1 : 0) + (y > crests[1][x] ? 1 : 0) + (y > crests[2][x] ? 1 : 0);
                var at = (y * SidePixels + x) * BytesPerPixel;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = waves switch
                {
                    0 => (red, green, blue),
                    1 => ((byte)206, (byte)92, (byte)84),
                    2 => ((byte)122, (byte)52, (byte)92),
                    _ => ((byte)28, (byte)24, (byte)58),
                };
            }
        }
    }

    private static int CrestAt(int wave, int x)
    {
        var along = (double)x / SidePixels;
        return (int)(SidePixels * (0.70 + 0.09 * wave
            + 0.030 * Oscillator.Sine(along * (1.5 + wave) + 0.2 * wave) + 0.012 * Oscillator.Sine(along * (5 - wave) + 0.37 * wave)));
    }

    // Eight leaves, four pairs, two, one: every node drawn above the two it answers for.
    private static void DrawTree(byte[] pixels)
    {
        const int Levels = 4;
        for (var level = 0; level < Levels; level++)
        {
            var nodes = 1 << level;
            for (var node = 0; node < nodes; node++)
            {
                var (x, y) = Place(level, node);
                if (level > 0)
                {
                    var (parentX, parentY) = Place(level - 1, node / 2);
                    DrawLine(pixels, x, y, parentX, parentY);
                }
            }
        }
        for (var level = 0; level < Levels; level++)
        {
            for (var node = 0; node < 1 << level; node++)
            {
                var (x, y) = Place(level, node);
                DrawDisc(pixels, x, y, 62 - 10 * level);
            }
        }
    }

    private static (int X, int Y) Place(int level, int node) =>
        (SidePixels * (2 * node + 1) / (2 << level), SidePixels * (14 + 13 * level) / 100);

    private static void DrawLine(byte[] pixels, int fromX, int fromY, int toX, int toY)
    {
        var steps = Math.Max(Math.Abs(toX - fromX), Math.Abs(toY - fromY));
        for (var step = 0; step <= steps; step += 3)
        {
            DrawDisc(pixels, fromX + (toX - fromX) * step / steps, fromY + (toY - fromY) * step / steps, 7);
        }
    }

    private static void DrawDisc(byte[] pixels, int centreX, int centreY, int radius)
    {
        for (var y = -radius; y <= radius; y++)
        {
            for (var x = -radius; x <= radius; x++)
            {
                if (x * x + y * y <= radius * radius)
                {
                    var at = ((centreY + y) * SidePixels + centreX + x) * BytesPerPixel;
                    (pixels[at], pixels[at + 1], pixels[at + 2]) = (244, 226, 190);
                }
            }
        }
    }
}

/// <summary>PNG (W3C third edition): 8-bit RGB, every row filtered against the one above, one compressed chunk.</summary>
internal static class Png
{
    public static byte[] Encode(byte[] pixels, int sidePixels)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, sidePixels);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), sidePixels);
        (header[8], header[9]) = (8, 2);

        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, Compress(pixels, sidePixels * 3));
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static byte[] Compress(byte[] pixels, int rowBytes)
    {
        const byte Up = 2;
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[1 + rowBytes];
            row[0] = Up;
            for (var start = 0; start < pixels.Length; start += rowBytes)
            {
                for (var i = 0; i < rowBytes; i++)
                {
                    row[1 + i] = (byte)(pixels[start + i] - (start == 0 ? 0 : pixels[start + i - rowBytes]));
                }
                zlib.Write(row);
            }
        }
        return compressed.ToArray();
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, byte[] data)
    {
        var chunk = new byte[4 + type.Length + data.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32(chunk.AsSpan(4, 4 + data.Length)));
        png.Write(chunk);
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var crc = 0xFFFF_FFFFu;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB8_8320u;
            }
        }
        return ~crc;
    }
}
