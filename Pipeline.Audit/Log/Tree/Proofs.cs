using System.Numerics;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// Checks proofs, iteratively and with nothing but hashes: the decomposition into an inner part, where the path turns,
/// and a border part, where it only ever runs along the right edge. Any input is answered; nothing throws.
/// </summary>
public static class Proofs
{
    /// <summary>The most hashes a proof can have in a tree of up to 2^63 leaves.</summary>
    public const int MaxHashes = 63;

    /// <summary>Is <paramref name="leafHash"/> leaf number <paramref name="index"/> of the tree?</summary>
    public static bool VerifyInclusion(
        long index, long size, Sha256Digest leafHash, IReadOnlyList<Sha256Digest> proof, Sha256Digest root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }
        var inner = BitLength(index ^ (size - 1));
        var border = BitOperations.PopCount((ulong)index >> inner);
        return proof.Count == inner + border
            && ChainAcross(ChainInner(leafHash, proof, 0, inner, index), proof, inner) == root;
    }

    /// <summary>Is the tree of <paramref name="oldSize"/> leaves a prefix of the tree of <paramref name="newSize"/>?</summary>
    /// <param name="oldSize">At least 1; the empty tree is a prefix of every tree and needs no proof, so 0 is refused.</param>
    public static bool VerifyConsistency(
        long oldSize, long newSize, Sha256Digest oldRoot, Sha256Digest newRoot, IReadOnlyList<Sha256Digest> proof)
    {
        if (oldSize < 1 || oldSize > newSize)
        {
            return false;
        }
        if (oldSize == newSize)
        {
            return proof.Count == 0 && oldRoot == newRoot;
        }
        var shift = BitOperations.TrailingZeroCount(oldSize);
        var inner = BitLength((oldSize - 1) ^ (newSize - 1)) - shift;
        var border = BitOperations.PopCount((ulong)(oldSize - 1) >> (inner + shift));
        var start = long.IsPow2(oldSize) ? 0 : 1;
        if (proof.Count != start + inner + border)
        {
            return false;
        }
        var seed = start == 0 ? oldRoot : proof[0];
        var mask = (oldSize - 1) >> shift;
        var oldHash = seed;
        for (var i = 0; i < inner; i++)
        {
            oldHash = ((mask >> i) & 1) == 1 ? MerkleTree.NodeHash(proof[start + i], oldHash) : oldHash;
        }
        return ChainAcross(oldHash, proof, start + inner) == oldRoot
            && ChainAcross(ChainInner(seed, proof, start, inner, mask), proof, start + inner) == newRoot;
    }

    private static Sha256Digest ChainInner(Sha256Digest seed, IReadOnlyList<Sha256Digest> proof, int start, int count, long turns)
    {
        for (var i = 0; i < count; i++)
        {
            seed = ((turns >> i) & 1) == 0
                ? MerkleTree.NodeHash(seed, proof[start + i])
                : MerkleTree.NodeHash(proof[start + i], seed);
        }
        return seed;
    }

    private static Sha256Digest ChainAcross(Sha256Digest seed, IReadOnlyList<Sha256Digest> proof, int start)
    {
        for (var i = start; i < proof.Count; i++)
        {
            seed = MerkleTree.NodeHash(proof[i], seed);
        }
        return seed;
    }

    private static int BitLength(long value) => value == 0 ? 0 : BitOperations.Log2((ulong)value) + 1;
}
