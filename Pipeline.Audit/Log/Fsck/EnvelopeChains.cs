namespace Pipeline.Audit.Log;

/// <summary>
/// Follows, over all leaves in order, each source's numbers and each asset's thread. A source that skips a number has lost
/// a fact on the way into the log; a thread that is cut hides one from its owner.
/// </summary>
internal sealed class EnvelopeChains(long basePosition, FsckFindings findings)
{
    private readonly Dictionary<UInt128, long> _lastSeq = [];
    private readonly Dictionary<byte[], long>.AlternateLookup<ReadOnlySpan<byte>> _lastOfAsset =
        new Dictionary<byte[], long>(new BytesComparer()).GetAlternateLookup<ReadOnlySpan<byte>>();

    internal int Sources => _lastSeq.Count;

    internal int Assets => _lastOfAsset.Dictionary.Count;

    internal long Leaves { get; private set; }

    /// <summary>Leaves whose predecessor lies in an earlier log, which is not here.</summary>
    internal long BeforeBase { get; private set; }

    internal void Follow(long firstIndex, EnvelopeRows bundle)
    {
        for (var i = 0; i < bundle.Rows.Length; i++)
        {
            ref readonly var row = ref bundle.Rows[i];
            if (row.IsLeaf)
            {
                Leaves++;
                FollowSource(firstIndex + i, row);
                FollowAsset(firstIndex + i, row, bundle.Assets.AsSpan(row.AssetFrom, row.AssetLength));
            }
        }
    }

    private void FollowSource(long index, in EnvelopeRow row)
    {
        ref var last = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_lastSeq, row.Source, out var known);
        if (!known && basePosition > 0)
        {
            BeforeBase++;
        }
        else if (row.Seq != last + 1)
        {
            findings.Defect($"entry {index}", $"source {row.Source:x32} goes from number {last} to {row.Seq}");
        }
        last = row.Seq;
    }

    private void FollowAsset(long index, in EnvelopeRow row, ReadOnlySpan<byte> asset)
    {
        if (asset.IsEmpty)
        {
            return;
        }
        ref var last = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_lastOfAsset, asset, out var known);
        if (!known && row.Prev >= 0 && row.Prev < basePosition)
        {
            BeforeBase++;
        }
        else if (row.Prev != (known ? last : -1))
        {
            findings.Defect(
                $"entry {index}",
                $"prev is {row.Prev}, but the previous leaf of asset {System.Text.Encoding.ASCII.GetString(asset)} stands at {(known ? last : -1)}");
        }
        last = basePosition + index;
    }

    /// <summary>Asset ids as they stand in the entries; a string is made of none.</summary>
    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
