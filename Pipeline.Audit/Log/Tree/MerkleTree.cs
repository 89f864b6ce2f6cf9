using System.Security.Cryptography;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>The hashes of the RFC 6962 tree (section 2.1). The prefixes keep a leaf from passing for a node.</summary>
public static class MerkleTree
{
    /// <summary>Bytes of one hash.</summary>
    public const int HashBytes = Sha256Digest.SizeBytes;

    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;
    private const int StackLeafBytes = 1024;

    private static readonly WideSha256.MessageAt[] Pairs =
        [.. Enumerable.Range(0, TilePath.FullWidth / 2).Select(i => new WideSha256.MessageAt(i * 2 * HashBytes, 2 * HashBytes))];

    /// <summary>The root of the tree without leaves: SHA-256 of nothing.</summary>
    public static Sha256Digest EmptyRoot { get; } = Sha256Digest.Of([]);

    /// <summary>SHA-256(0x00 || entry).</summary>
    public static Sha256Digest LeafHash(ReadOnlySpan<byte> entry)
    {
        var prefixed = entry.Length < StackLeafBytes ? stackalloc byte[entry.Length + 1] : new byte[entry.Length + 1];
        prefixed[0] = LeafPrefix;
        entry.CopyTo(prefixed[1..]);
        return Sha256Digest.Of(prefixed);
    }

    /// <summary>SHA-256(0x01 || left || right).</summary>
    public static Sha256Digest NodeHash(Sha256Digest left, Sha256Digest right)
    {
        Span<byte> children = stackalloc byte[2 * HashBytes];
        left.CopyTo(children);
        right.CopyTo(children[HashBytes..]);
        Span<byte> hash = stackalloc byte[HashBytes];
        NodeHash(children, hash);
        return new Sha256Digest(hash);
    }

    /// <summary>The same over 64 bytes of two neighbouring hashes, as they stand in a tile.</summary>
    internal static void NodeHash(ReadOnlySpan<byte> children, Span<byte> hash)
    {
        Span<byte> prefixed = stackalloc byte[1 + (2 * HashBytes)];
        prefixed[0] = NodePrefix;
        children.CopyTo(prefixed[1..]);
        SHA256.HashData(prefixed, hash);
    }

    /// <summary>The root over neighbouring hashes of one level, e.g. of a full tile.</summary>
    /// <param name="hashes">1, 2, 4, … 256 hashes of 32 bytes: a power of two, for only perfect subtrees have such a root.</param>
    public static Sha256Digest PerfectRoot(ReadOnlySpan<byte> hashes)
    {
        var count = hashes.Length / HashBytes;
        Invariant.Require(
            count is >= 1 and <= TilePath.FullWidth && hashes.Length % HashBytes == 0 && int.IsPow2(count),
            "a perfect subtree stands on 1 to 256 hashes, a power of two");
        Span<byte> level = stackalloc byte[TilePath.FullWidth * HashBytes];
        hashes.CopyTo(level);
        for (; count > 1; count /= 2)
        {
            WideSha256.HashAll(NodePrefix, level[..(count * HashBytes)], Pairs.AsSpan(0, count / 2), level);
        }
        return new Sha256Digest(level[..HashBytes]);
    }

    /// <summary>The leaf hashes of up to 256 entries of one buffer, 32 bytes each.</summary>
    internal static void LeafHashes(ReadOnlySpan<byte> bytes, ReadOnlySpan<WideSha256.MessageAt> entries, Span<byte> hashes) =>
        WideSha256.HashAll(LeafPrefix, bytes, entries, hashes);
}
