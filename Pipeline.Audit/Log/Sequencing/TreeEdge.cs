using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>The root of a full tile, which is one hash of the tile level above.</summary>
internal sealed record FullTile(int Level, long Number, Sha256Digest Root);

/// <summary>
/// The growing edge of the tree: the compact range, and on each tile level the hashes of the tile that is not full yet.
/// Mutable, like the range; <see cref="Copy"/> before planning a batch that may not commit.
/// </summary>
internal sealed class TreeEdge(CompactRange range)
{
    private readonly List<List<Sha256Digest>> _levels = [];

    public CompactRange Range => range;

    public TreeEdge Copy()
    {
        var copy = new TreeEdge(range.Copy());
        copy._levels.AddRange(_levels.Select(hashes => new List<Sha256Digest>(hashes)));
        return copy;
    }

    /// <summary>Reads the edge of a stored tree; <paramref name="hashesOf"/> gives the hashes of a partial tile.</summary>
    public static TreeEdge Load(CompactRange range, Func<TilePath, IReadOnlyList<Sha256Digest>> hashesOf)
    {
        var edge = new TreeEdge(range);
        for (var level = 0; TilePath.HashesOnLevel(range.Size, level) is > 0 and var hashes; level++)
        {
            var width = (int)(hashes % TilePath.FullWidth);
            edge._levels.Add(width == 0 ? [] : [.. hashesOf(TilePath.Hashes(level, hashes / TilePath.FullWidth, width))]);
        }
        return edge;
    }

    /// <summary>Appends a leaf and adds the tiles it filled to <paramref name="full"/>, lowest first.</summary>
    public void Append(Sha256Digest leafHash, List<FullTile> full)
    {
        range.Append(leafHash);
        var hash = leafHash;
        for (var level = 0; ; level++)
        {
            if (level == _levels.Count)
            {
                _levels.Add([]);
            }
            var tile = _levels[level];
            tile.Add(hash);
            if (tile.Count < TilePath.FullWidth)
            {
                return;
            }
            hash = RootOf(tile);
            full.Add(new FullTile(level, TilePath.HashesOnLevel(range.Size, level) / TilePath.FullWidth - 1, hash));
            tile.Clear();
        }
    }

    private static Sha256Digest RootOf(List<Sha256Digest> hashes)
    {
        Span<byte> bytes = stackalloc byte[TilePath.FullWidth * MerkleTree.HashBytes];
        for (var i = 0; i < hashes.Count; i++)
        {
            hashes[i].CopyTo(bytes[(i * MerkleTree.HashBytes)..]);
        }
        return MerkleTree.PerfectRoot(bytes);
    }
}
