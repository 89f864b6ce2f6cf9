using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>Up to 256 entries in one file: for each a big-endian uint16 length and the bytes (C2SP tlog-tiles).</summary>
public static class EntryBundle
{
    /// <summary>Longest entry the format can carry. An empty entry is legal.</summary>
    public const int MaxEntryBytes = ushort.MaxValue;

    /// <summary>Longest file a full bundle can be; nothing larger is ever read.</summary>
    public const int MaxBundleBytes = TilePath.FullWidth * (LengthBytes + MaxEntryBytes);

    internal const int LengthBytes = 2;

    /// <summary>The bytes of a bundle.</summary>
    public static byte[] Encode(IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        Invariant.Require(entries.Count is >= 1 and <= TilePath.FullWidth, "a bundle has 1 to 256 entries");
        Invariant.Require(entries.All(e => e.Length <= MaxEntryBytes), "an entry has at most 65,535 bytes");
        var bytes = new byte[entries.Sum(e => LengthBytes + e.Length)];
        var rest = bytes.AsSpan();
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)entry.Length);
            entry.Span.CopyTo(rest[LengthBytes..]);
            rest = rest[(LengthBytes + entry.Length)..];
        }
        return bytes;
    }

    /// <summary>The entries of a bundle of exactly <paramref name="width"/> entries and not one byte more.</summary>
    public static bool TryDecode(
        ReadOnlyMemory<byte> bundle, int width,
        [NotNullWhen(true)] out IReadOnlyList<ReadOnlyMemory<byte>>? entries, [NotNullWhen(false)] out string? problem)
    {
        entries = null;
        var list = new List<ReadOnlyMemory<byte>>(width);
        problem = Walk(bundle.Span, width, (from, length) => list.Add(bundle.Slice(from, length)));
        if (problem is null)
        {
            entries = list;
        }
        return problem is null;
    }

    /// <summary>One entry of a bundle that may hold more than <paramref name="index"/> + 1; for a proof, which the hash then checks.</summary>
    internal static bool TryFind(ReadOnlyMemory<byte> bundle, int index, out ReadOnlyMemory<byte> entry)
    {
        var found = default(ReadOnlyMemory<byte>);
        var at = 0;
        while (at + LengthBytes <= bundle.Length)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bundle.Span[at..]);
            at += LengthBytes;
            if (length > bundle.Length - at)
            {
                break;
            }
            if (index-- == 0)
            {
                found = bundle.Slice(at, length);
                entry = found;
                return true;
            }
            at += length;
        }
        entry = found;
        return false;
    }

    private static string? Walk(ReadOnlySpan<byte> bundle, int width, Action<int, int> entry)
    {
        var at = 0;
        for (var i = 0; i < width; i++)
        {
            if (bundle.Length - at < LengthBytes)
            {
                return $"ends before the length of entry {i} of {width}";
            }
            var length = BinaryPrimitives.ReadUInt16BigEndian(bundle[at..]);
            at += LengthBytes;
            if (bundle.Length - at < length)
            {
                return $"ends inside entry {i} of {width}";
            }
            entry(at, length);
            at += length;
        }
        return at == bundle.Length ? null : $"{bundle.Length - at} bytes stand behind the last of {width} entries";
    }
}
