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

    private const int LengthBytes = 2;

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
        entries = TrySplit(bundle.Span, width, exact: true, out var places, out problem)
            ? [.. places.Select(p => bundle.Slice(p.From, p.Length))]
            : null;
        return entries is not null;
    }

    /// <summary>One entry of a bundle that may hold more than <paramref name="index"/> + 1; for a proof, which the hash then checks.</summary>
    internal static bool TryFind(ReadOnlyMemory<byte> bundle, int index, out ReadOnlyMemory<byte> entry)
    {
        entry = default;
        if (!TrySplit(bundle.Span, index + 1, exact: false, out var places, out _))
        {
            return false;
        }
        entry = bundle.Slice(places[index].From, places[index].Length);
        return true;
    }

    /// <summary>Where the first <paramref name="count"/> entries stand.</summary>
    /// <param name="exact">Nothing may follow them.</param>
    internal static bool TrySplit(
        ReadOnlySpan<byte> bundle, int count, bool exact, out WideSha256.MessageAt[] entries, [NotNullWhen(false)] out string? problem)
    {
        entries = new WideSha256.MessageAt[count];
        problem = null;
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            var length = bundle.Length - at >= LengthBytes ? BinaryPrimitives.ReadUInt16BigEndian(bundle[at..]) : -1;
            if (length < 0 || bundle.Length - at - LengthBytes < length)
            {
                problem = $"ends inside entry {i} of {count}";
                return false;
            }
            entries[i] = new WideSha256.MessageAt(at + LengthBytes, length);
            at += LengthBytes + length;
        }
        problem = exact && at != bundle.Length ? $"{bundle.Length - at} bytes stand behind the last of {count} entries" : null;
        return problem is null;
    }
}
