using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// Reads hashes and entries of a log of one size from its tiles; where a partial file is gone it takes the beginning of
/// the full one. Checks lengths only: what it gives is proven by the proof that is made of it. Not thread-safe.
/// </summary>
public sealed class TileReader(ILogFiles files, long size)
{
    /// <summary>Tiles kept in memory: the right edge of every level and the path of a few proofs.</summary>
    private const int MaxKeptTiles = 64;

    private readonly Dictionary<TilePath, byte[]> _kept = [];

    /// <summary>The size that partial tiles are named by.</summary>
    public long Size { get; } = size;

    /// <summary>A <see cref="TreeNodeReader"/>.</summary>
    /// <exception cref="LogDamagedException">A tile is missing or shorter than it must be.</exception>
    public IReadOnlyList<Sha256Digest> Read(IReadOnlyList<TreeNode> nodes) => [.. nodes.Select(Read)];

    private Sha256Digest Read(TreeNode node)
    {
        Invariant.Require(node.To <= Size, "only subtrees inside the tree have a hash");
        var level = node.Level / TilePath.LevelsPerTile;
        var count = 1 << (node.Level % TilePath.LevelsPerTile);
        var first = node.Index * count;
        var tile = Tile(level, first / TilePath.FullWidth);
        var from = (int)(first % TilePath.FullWidth) * MerkleTree.HashBytes;
        return MerkleTree.PerfectRoot(tile.AsSpan(from, count * MerkleTree.HashBytes));
    }

    /// <summary>The bytes of one entry.</summary>
    /// <exception cref="LogDamagedException">The bundle is missing or ends before the entry.</exception>
    public ReadOnlyMemory<byte> Entry(long index)
    {
        Invariant.Require(index >= 0 && index < Size, "an entry lies inside the log");
        var path = TilePath.Entries(index / TilePath.FullWidth, WidthOf(Size, index / TilePath.FullWidth));
        var bundle = ReadEither(path, EntryBundle.MaxBundleBytes);
        return EntryBundle.TryFind(bundle, (int)(index % TilePath.FullWidth), out var entry)
            ? entry
            : throw new LogDamagedException($"{path} ends before entry {index}");
    }

    /// <summary>The entries of one bundle, as far as the size reaches.</summary>
    /// <exception cref="LogDamagedException">The bundle is missing or ends before its last entry.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> Bundle(long number)
    {
        var (bundle, places) = Split(number);
        return [.. places.Select(p => new ReadOnlyMemory<byte>(bundle, p.From, p.Length))];
    }

    /// <summary>The same as the bytes of the file and where the entries stand in it.</summary>
    /// <exception cref="LogDamagedException">The bundle is missing or ends before its last entry.</exception>
    internal (byte[] Bytes, WideSha256.MessageAt[] Places) Split(long number)
    {
        Invariant.Require(number >= 0 && number * TilePath.FullWidth < Size, "a bundle lies inside the log");
        var path = TilePath.Entries(number, WidthOf(Size, number));
        var bundle = ReadEither(path, EntryBundle.MaxBundleBytes);
        return EntryBundle.TrySplit(bundle, path.Width, exact: false, out var places, out var problem)
            ? (bundle, places)
            : throw new LogDamagedException($"{path} {problem}");
    }

    private byte[] Tile(int level, long number)
    {
        var path = TilePath.Hashes(level, number, WidthOf(TilePath.HashesOnLevel(Size, level), number));
        if (_kept.TryGetValue(path, out var kept))
        {
            return kept;
        }
        var tile = ReadEither(path, TilePath.FullWidth * MerkleTree.HashBytes);
        if (tile.Length < path.HashTileBytes)
        {
            throw new LogDamagedException($"{path} has {tile.Length} bytes, not {path.HashTileBytes}");
        }
        if (_kept.Count == MaxKeptTiles)
        {
            _kept.Clear();
        }
        return _kept[path] = tile;
    }

    private byte[] ReadEither(TilePath path, int maxBytes) =>
        files.Read(path.Text, maxBytes)
            ?? (path.IsFull ? null : files.Read(path.Full.Text, maxBytes))
            ?? throw new LogDamagedException($"{path} is missing");

    private static int WidthOf(long onLevel, long number) => (int)Math.Min(TilePath.FullWidth, onLevel - (number * TilePath.FullWidth));
}
