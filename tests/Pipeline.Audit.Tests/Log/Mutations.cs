using System.Text;

namespace Pipeline.Audit.Tests.Log;

/// <summary>Golden inputs with a few changes each: what a hostile or broken sender may send that is still nearly right.</summary>
internal sealed class Mutations(Random random, IReadOnlyList<byte[]> golden)
{
    private const int MostEdits = 4;
    private const int LongestRange = 60;
    private const int MostRepeats = 300;

    /// <summary>Beyond this an input only grows no more: parsers that refuse by length have seen longer ones.</summary>
    private const int MostBytes = 200_000;

    /// <summary>What the formats are made of, and what readers of text and numbers trip over.</summary>
    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "\n", "\n\n", "\r\n", " ", "\t", "+", "=", "==", "#", "\0", "\u007f", "\u2014 ", "\u2014", "\u2028", "\u00a0", "\ufeff", "\ufffd",
            "0", "00", "-1", "+1", "1e9", "9223372036854775807", "9223372036854775808", "18446744073709551616", "99999999999999999999999",
            "old ", "index ", "extra ", "c2sp.org/tlog-proof@v1\n", "log ", "witness ", "group g all ", "quorum none\n", "AAAA", new string('A', 700),
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x80], [0xFF, 0xFF], [0x00, 0x00],
    ];

    public byte[] Next()
    {
        var bytes = One(golden);
        for (var edits = random.Next(1, MostEdits + 1); edits > 0; edits--)
        {
            bytes = Edit(bytes);
        }
        return bytes;
    }

    private byte[] Edit(byte[] bytes)
    {
        var at = random.Next(bytes.Length + 1);
        var end = Math.Min(bytes.Length, at + random.Next(LongestRange));
        var mayGrow = bytes.Length < MostBytes;
        switch (random.Next(10))
        {
            case 0 when at < bytes.Length:
                return With(bytes, at, (byte)(bytes[at] ^ (1 << random.Next(8))));
            case 1 when at < bytes.Length:
                return With(bytes, at, (byte)random.Next(256));
            case 2:
                return [.. bytes[..at], .. bytes[end..]];
            case 3 when mayGrow:
                return [.. bytes[..end], .. bytes[at..]];
            case 4 when mayGrow:
                return [.. bytes[..at], .. One(Words), .. bytes[at..]];
            case 5:
                return [.. bytes[..at], .. One(Words), .. bytes[end..]];
            case 6 when random.Next(8) == 0:
                return bytes[..at];
            case 7 when mayGrow:
                var other = One(golden);
                return [.. bytes[..LineAt(bytes, at)], .. other[LineAt(other, random.Next(other.Length + 1))..]];
            case 8 when mayGrow:
                return Repeat(bytes, LineAt(bytes, at), random.Next(8) == 0 ? random.Next(MostRepeats) : 2);
            default:
                var (line, next) = (LineAt(bytes, at), AfterLine(bytes, at));
                return [.. bytes[..line], .. bytes[next..]];
        }
    }

    private T One<T>(IReadOnlyList<T> several) => several[random.Next(several.Count)];

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        var changed = bytes.ToArray();
        changed[at] = value;
        return changed;
    }

    private static byte[] Repeat(byte[] bytes, int line, int times)
    {
        var text = bytes.AsSpan(line, AfterLine(bytes, line) - line);
        times = Math.Min(times, MostBytes / Math.Max(1, text.Length));
        var repeated = new byte[text.Length * times];
        for (var i = 0; i < times; i++)
        {
            text.CopyTo(repeated.AsSpan(i * text.Length));
        }
        return [.. bytes[..line], .. repeated, .. bytes[line..]];
    }

    private static int LineAt(byte[] bytes, int at) => bytes.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;

    private static int AfterLine(byte[] bytes, int at) =>
        bytes.AsSpan(at).IndexOf((byte)'\n') is >= 0 and var length ? at + length + 1 : bytes.Length;
}
