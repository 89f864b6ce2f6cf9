using System.Numerics;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// All that is needed to append to a tree and to know its root: the hashes of the perfect subtrees it consists of, the
/// largest first, one for each 1-bit of the size. Mutable, not thread-safe; <see cref="Copy"/> before trying something
/// that may be undone.
/// </summary>
public sealed class CompactRange
{
    private readonly List<Sha256Digest> _subtrees;

    public CompactRange()
    {
        _subtrees = [];
    }

    private CompactRange(long size, List<Sha256Digest> subtrees) => (Size, _subtrees) = (size, subtrees);

    /// <summary>Leaves appended so far.</summary>
    public long Size { get; private set; }

    /// <summary>An independent range in the same state.</summary>
    public CompactRange Copy() => new(Size, [.. _subtrees]);

    /// <param name="leafHash"><see cref="MerkleTree.LeafHash"/> of the next entry, not the entry's own digest.</param>
    public void Append(Sha256Digest leafHash)
    {
        var hash = leafHash;
        for (var merged = Size; (merged & 1) == 1; merged >>= 1)
        {
            hash = MerkleTree.NodeHash(_subtrees[^1], hash);
            _subtrees.RemoveAt(_subtrees.Count - 1);
        }
        _subtrees.Add(hash);
        Size++;
    }

    /// <summary>The root over all leaves.</summary>
    public Sha256Digest Root()
    {
        if (_subtrees.Count == 0)
        {
            return MerkleTree.EmptyRoot;
        }
        var root = _subtrees[^1];
        for (var i = _subtrees.Count - 2; i >= 0; i--)
        {
            root = MerkleTree.NodeHash(_subtrees[i], root);
        }
        return root;
    }

    /// <summary>The subtree hashes, 32 bytes each, the largest subtree first. The size is kept beside it.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[_subtrees.Count * MerkleTree.HashBytes];
        for (var i = 0; i < _subtrees.Count; i++)
        {
            _subtrees[i].CopyTo(bytes.AsSpan(i * MerkleTree.HashBytes));
        }
        return bytes;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are not one hash for each 1-bit of <paramref name="size"/>.</exception>
    public static CompactRange Decode(long size, ReadOnlySpan<byte> bytes)
    {
        if (size < 0 || bytes.Length != BitOperations.PopCount((ulong)size) * MerkleTree.HashBytes)
        {
            throw new FormatException($"{bytes.Length} bytes are not the compact range of {size} leaves");
        }
        var subtrees = new List<Sha256Digest>();
        for (var at = 0; at < bytes.Length; at += MerkleTree.HashBytes)
        {
            subtrees.Add(new Sha256Digest(bytes.Slice(at, MerkleTree.HashBytes)));
        }
        return new CompactRange(size, subtrees);
    }
}
