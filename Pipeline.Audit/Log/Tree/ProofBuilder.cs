using System.Numerics;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>A perfect subtree: <paramref name="Level"/> 0 is the leaf hashes, and it covers the leaves
/// <c>[Index·2^Level, (Index+1)·2^Level)</c>.</summary>
public readonly record struct TreeNode(int Level, long Index)
{
    /// <summary>First leaf covered.</summary>
    public long From => Index << Level;

    /// <summary>One past the last leaf covered.</summary>
    public long To => (Index + 1) << Level;
}

/// <summary>Reads the hashes of perfect subtrees, in the order asked, all at once so that a store can batch.</summary>
public delegate IReadOnlyList<Sha256Digest> TreeNodeReader(IReadOnlyList<TreeNode> nodes);

/// <summary>Makes proofs from stored hashes (RFC 6962 sections 2.1.1 and 2.1.2). <see cref="Proofs"/> checks them.</summary>
public static class ProofBuilder
{
    /// <summary>The audit path of one leaf, from its sibling upward.</summary>
    /// <param name="index">0-based, below <paramref name="size"/>.</param>
    public static IReadOnlyList<Sha256Digest> Inclusion(long index, long size, TreeNodeReader read)
    {
        Invariant.Require(index >= 0 && index < size, "a proven leaf lies inside the tree");
        var ranges = new Stack<(long From, long To)>();
        for (long from = 0, to = size; to - from > 1;)
        {
            var middle = from + Split(to - from);
            if (index < middle)
            {
                ranges.Push((middle, to));
                to = middle;
            }
            else
            {
                ranges.Push((from, middle));
                from = middle;
            }
        }
        return Read(ranges, read);
    }

    /// <summary>That the tree of <paramref name="oldSize"/> is a prefix of the tree of <paramref name="newSize"/>; empty when equal.</summary>
    /// <param name="oldSize">1 to <paramref name="newSize"/>: there is nothing to prove of the empty tree.</param>
    public static IReadOnlyList<Sha256Digest> Consistency(long oldSize, long newSize, TreeNodeReader read)
    {
        Invariant.Require(oldSize >= 1 && oldSize <= newSize, "consistency is proven from a non-empty tree to a larger one");
        var ranges = new Stack<(long From, long To)>();
        long from = 0, to = newSize;
        while (oldSize != to)
        {
            var middle = from + Split(to - from);
            if (oldSize <= middle)
            {
                ranges.Push((middle, to));
                to = middle;
            }
            else
            {
                ranges.Push((from, middle));
                from = middle;
            }
        }
        // From 0 means that the verifier's own old root is this subtree and needs no telling.
        if (from > 0)
        {
            ranges.Push((from, to));
        }
        return Read(ranges, read);
    }

    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    public static Sha256Digest Root(long size, TreeNodeReader read) =>
        size == 0 ? MerkleTree.EmptyRoot : Read([(0, size)], read)[0];

    /// <summary>The largest power of two strictly below <paramref name="count"/>.</summary>
    private static long Split(long count) => 1L << BitOperations.Log2((ulong)count - 1);

    private static Sha256Digest[] Read(IReadOnlyCollection<(long From, long To)> ranges, TreeNodeReader read)
    {
        var nodes = new List<TreeNode>();
        var counts = new List<int>();
        foreach (var (from, to) in ranges)
        {
            var before = nodes.Count;
            AddPerfectSubtrees(from, to, nodes);
            counts.Add(nodes.Count - before);
        }
        var hashes = read(nodes);
        Invariant.Require(hashes.Count == nodes.Count, "a tree node reader answers every node it is asked for");
        var proof = new Sha256Digest[counts.Count];
        for (int i = 0, at = 0; i < proof.Length; at += counts[i++])
        {
            proof[i] = hashes[at + counts[i] - 1];
            for (var j = at + counts[i] - 2; j >= at; j--)
            {
                proof[i] = MerkleTree.NodeHash(hashes[j], proof[i]);
            }
        }
        return proof;
    }

    private static void AddPerfectSubtrees(long from, long to, List<TreeNode> nodes)
    {
        while (from < to)
        {
            var level = BitOperations.Log2((ulong)(to - from));
            level = from == 0 ? level : Math.Min(level, BitOperations.TrailingZeroCount(from));
            nodes.Add(new TreeNode(level, from >> level));
            from += 1L << level;
        }
    }
}
