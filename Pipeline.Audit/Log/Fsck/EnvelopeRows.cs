using System.Buffers.Binary;

namespace Pipeline.Audit.Log;

/// <summary>What the chains need of one leaf; the asset's bytes stand in <see cref="EnvelopeRows.Assets"/>.</summary>
internal readonly record struct EnvelopeRow(UInt128 Source, long Seq, long Prev, int AssetFrom, int AssetLength)
{
    /// <summary>False for an entry that is no leaf of ours.</summary>
    internal bool IsLeaf => Seq > 0;
}

/// <summary>The envelopes of one bundle, copied out of it so that the bundle can be let go.</summary>
internal sealed class EnvelopeRows(EnvelopeRow[] rows, byte[] assets)
{
    internal EnvelopeRow[] Rows { get; } = rows;

    internal byte[] Assets { get; } = assets;

    internal static EnvelopeRows Read(
        ReadOnlySpan<byte> bundle, ReadOnlySpan<WideSha256.MessageAt> entries, long firstIndex, FsckFindings findings)
    {
        var rows = new EnvelopeRow[entries.Length];
        var assets = new byte[entries.Length * LeafEnvelope.MaxAssetCharacters];
        var used = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = bundle.Slice(entries[i].From, entries[i].Length);
            if (!LeafEnvelopeReader.TryRead(entry, out var spans))
            {
                findings.Defect($"entry {firstIndex + i}", "does not begin with the canonical envelope of a leaf");
                continue;
            }
            var asset = entry[spans.Asset];
            asset.CopyTo(assets.AsSpan(used));
            rows[i] = new EnvelopeRow(
                Source(entry[spans.Source]), spans.Seq, spans.Prev, used, asset.Length);
            used += asset.Length;
        }
        return new EnvelopeRows(rows, assets);
    }

    /// <summary>A source's pseudonym as a number: 32 hex digits are 128 bits.</summary>
    internal static UInt128 Source(ReadOnlySpan<byte> hex)
    {
        Span<byte> bytes = stackalloc byte[LeafEnvelope.HexCharacters / 2];
        Convert.FromHexString(hex, bytes, out _, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
