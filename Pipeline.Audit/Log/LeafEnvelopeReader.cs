using System.Buffers;

namespace Pipeline.Audit.Log;

/// <summary>Where the members of an envelope stand in an entry, found without making a string: fsck reads millions.</summary>
internal readonly ref struct LeafEnvelopeSpans
{
    internal Range Asset { get; init; }

    internal Range Manifest { get; init; }

    internal Range Nonce { get; init; }

    internal long Prev { get; init; }

    internal long Seq { get; init; }

    internal Range Source { get; init; }

    internal Range Tenant { get; init; }

    /// <summary>First byte of the public part.</summary>
    internal int PublicFrom { get; init; }
}

/// <summary>Reads an envelope against its one template; any other byte is a refusal.</summary>
internal static class LeafEnvelopeReader
{
    private const int MaxTenantBytes = 32;
    private const int MaxIntegerDigits = 16;

    private static readonly SearchValues<byte> ManifestBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-"u8);
    private static readonly SearchValues<byte> HexBytes = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<byte> TenantBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_"u8);
    private static readonly SearchValues<byte> AssetBytes =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (byte)c).Where(c => c is not ((byte)'"' or (byte)'\\'))]);

    internal static bool IsManifestByte(byte value) => ManifestBytes.Contains(value);

    internal static bool IsAssetByte(byte value) => AssetBytes.Contains(value);

    internal static bool TryRead(ReadOnlySpan<byte> entry, out LeafEnvelopeSpans spans)
    {
        spans = default;
        var at = 0;
        if (!Expect(entry, ref at, "{\"asset\":\""u8)
            || !TryText(entry, ref at, AssetBytes, 0, LeafEnvelope.MaxAssetCharacters, out var asset)
            || !Expect(entry, ref at, "\",\"manifest\":\""u8)
            || !TryText(entry, ref at, ManifestBytes, 1, LeafEnvelope.MaxManifestCharacters, out var manifest)
            || !Expect(entry, ref at, "\",\"nonce\":\""u8)
            || !TryText(entry, ref at, HexBytes, LeafEnvelope.HexCharacters, LeafEnvelope.HexCharacters, out var nonce)
            || !Expect(entry, ref at, "\",\"prev\":"u8) || !TryInteger(entry, ref at, out var prev)
            || !Expect(entry, ref at, ",\"seq\":"u8) || !TryInteger(entry, ref at, out var seq)
            || !Expect(entry, ref at, ",\"source\":\""u8)
            || !TryText(entry, ref at, HexBytes, LeafEnvelope.HexCharacters, LeafEnvelope.HexCharacters, out var source)
            || !Expect(entry, ref at, "\",\"tenant\":\""u8)
            || !TryText(entry, ref at, TenantBytes, 1, MaxTenantBytes, out var tenant)
            || !Expect(entry, ref at, "\",\"v\":1}\n"u8))
        {
            return false;
        }
        if (seq < 1 || prev < -1 || entry[tenant.Start] is < (byte)'a' or > (byte)'z'
            || (prev != -1 && asset.Start.Value == asset.End.Value))
        {
            return false;
        }
        spans = new LeafEnvelopeSpans
        {
            Asset = asset,
            Manifest = manifest,
            Nonce = nonce,
            Prev = prev,
            Seq = seq,
            Source = source,
            Tenant = tenant,
            PublicFrom = at,
        };
        return true;
    }

    private static bool Expect(ReadOnlySpan<byte> entry, ref int at, ReadOnlySpan<byte> literal)
    {
        if (!entry[at..].StartsWith(literal))
        {
            return false;
        }
        at += literal.Length;
        return true;
    }

    private static bool TryText(
        ReadOnlySpan<byte> entry, ref int at, SearchValues<byte> allowed, int minBytes, int maxBytes, out Range text)
    {
        var window = entry.Slice(at, Math.Min(maxBytes + 1, entry.Length - at));
        var length = window.IndexOfAnyExcept(allowed);
        text = default;
        if (length < minBytes || length > maxBytes)
        {
            return false;
        }
        text = at..(at + length);
        at += length;
        return true;
    }

    private static bool TryInteger(ReadOnlySpan<byte> entry, ref int at, out long value)
    {
        value = 0;
        var negative = at < entry.Length && entry[at] == '-';
        var from = at + (negative ? 1 : 0);
        var end = from;
        while (end < entry.Length && end - from < MaxIntegerDigits && entry[end] is >= (byte)'0' and <= (byte)'9')
        {
            value = (value * 10) + (entry[end++] - '0');
        }
        if (end == from || (entry[from] == '0' && (end - from > 1 || negative)) || value > LeafEnvelope.MaxInteger)
        {
            return false;
        }
        value = negative ? -value : value;
        at = end;
        return true;
    }
}
