using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Tests.Log;

/// <summary>Proofs for random trees: right ones verify, and a changed one never does.</summary>
public sealed class ProofProperties
{
    private const int MaxSize = 1500;

    private static readonly HashesInMemory Hashes = new(Enumerable.Range(0, MaxSize).Select(i => Golden.Entry(i)));

    private static Sha256Digest Root(long size) => ProofBuilder.Root(size, Hashes.Read);

    private static Sha256Digest Leaf(long index) => MerkleTree.LeafHash(Golden.Entry(index));

    private static Sha256Digest[] Changed(IReadOnlyList<Sha256Digest> proof, int seed)
    {
        var changed = proof.ToArray();
        var bytes = changed[seed % changed.Length].ToArray();
        bytes[seed % bytes.Length] ^= (byte)(1 << (seed % 8));
        changed[seed % changed.Length] = new Sha256Digest(bytes);
        return changed;
    }

    private static (int Small, int Large) Sizes(NonNegativeInt a, NonNegativeInt b)
    {
        var (x, y) = ((a.Get * 37 % MaxSize) + 1, (b.Get * 101 % MaxSize) + 1);
        return (Math.Min(x, y), Math.Max(x, y));
    }

    [Property(MaxTest = 300)]
    public void An_inclusion_proof_verifies_and_no_changed_one_does(NonNegativeInt a, NonNegativeInt b, NonNegativeInt seed)
    {
        var (below, size) = Sizes(a, b);
        var index = below - 1;
        var proof = ProofBuilder.Inclusion(index, size, Hashes.Read);
        Assert.True(Proofs.VerifyInclusion(index, size, Leaf(index), proof, Root(size)));
        Assert.False(Proofs.VerifyInclusion(index, size, Leaf(index + 1), proof, Root(size)));
        Assert.False(Proofs.VerifyInclusion(index, size, Leaf(index), [.. proof, Root(size)], Root(size)));
        Assert.False(Proofs.VerifyInclusion(size, size, Leaf(index), proof, Root(size)));
        Assert.False(Proofs.VerifyInclusion(-1, size, Leaf(index), proof, Root(size)));
        if (proof.Count > 0)
        {
            Assert.False(Proofs.VerifyInclusion(index, size, Leaf(index), Changed(proof, seed.Get), Root(size)));
            Assert.False(Proofs.VerifyInclusion(index, size, Leaf(index), [.. proof.Skip(1)], Root(size)));
            Assert.False(Proofs.VerifyInclusion(index ^ 1, size, Leaf(index), proof, Root(size)));
        }
    }

    [Property(MaxTest = 300)]
    public void A_consistency_proof_verifies_and_no_changed_one_does(NonNegativeInt a, NonNegativeInt b, NonNegativeInt seed)
    {
        var (old, size) = Sizes(a, b);
        var proof = ProofBuilder.Consistency(old, size, Hashes.Read);
        Assert.True(Proofs.VerifyConsistency(old, size, Root(old), Root(size), proof));
        Assert.False(Proofs.VerifyConsistency(old, size, Root(old), Root(size), [.. proof, Root(size)]));
        Assert.False(Proofs.VerifyConsistency(0, size, MerkleTree.EmptyRoot, Root(size), proof));
        Assert.False(Proofs.VerifyConsistency(size + 1, size, Root(old), Root(size), proof));
        if (proof.Count > 0)
        {
            Assert.False(Proofs.VerifyConsistency(old, size, Root(old), Root(size), Changed(proof, seed.Get)));
            Assert.False(Proofs.VerifyConsistency(old, size, Root(old), Root(size), [.. proof.Skip(1)]));
            Assert.False(Proofs.VerifyConsistency(old, size, Root(size), Root(old), proof));
        }
    }

    [Property(MaxTest = 200)]
    public void A_compact_range_that_was_written_down_goes_on_where_it_was(NonNegativeInt a, NonNegativeInt b)
    {
        var (size, end) = Sizes(a, b);
        var range = new CompactRange();
        for (var i = 0; i < size; i++)
        {
            range.Append(Leaf(i));
        }
        var tried = range.Copy();
        tried.Append(MerkleTree.EmptyRoot);
        var again = CompactRange.Decode(size, range.Encode());
        for (var i = size; i < end; i++)
        {
            again.Append(Leaf(i));
        }
        Assert.Equal(Root(size), range.Root());
        Assert.Equal(Root(end), again.Root());
        Assert.Throws<FormatException>(() => CompactRange.Decode(size, range.Encode().AsSpan(1)));
    }

    [Property(MaxTest = 500)]
    public void A_tile_path_reads_back(byte level, PositiveInt number, byte width, bool entries)
    {
        var n = (long)number.Get * 7919;
        var path = entries ? TilePath.Entries(n, width + 1) : TilePath.Hashes(level % 64, n, width + 1);
        Assert.True(TilePath.TryParse(path.Text, out var back));
        Assert.Equal(path, back);
    }

    [Property(MaxTest = 200)]
    public void Growing_in_steps_writes_every_file_that_the_last_size_needs(NonNegativeInt a, NonNegativeInt b)
    {
        var (small, large) = (a.Get * 9973L, (a.Get * 9973L) + (b.Get * 131L));
        var written = TilePath.TilesToWrite(0, small).Concat(TilePath.TilesToWrite(small, large)).ToHashSet();
        Assert.Subset(written, TilePath.TilesToWrite(0, large).ToHashSet());
        Assert.Equal((large + 255) / 256, TilePath.BundlesToWrite(0, large).LongCount());
    }

    [Fact]
    public void Each_hash_kernel_agrees_with_the_system_library()
    {
        Assert.True(WideSha256.Agrees(WideSha256.Wide<EightLanes>, EightLanes.Count));
        Assert.True(WideSha256.Agrees(WideSha256.Wide<SixteenLanes>, SixteenLanes.Count));
        Assert.True(WideSha256.Agrees(WideSha256.Scalar, 1));
        Assert.False(WideSha256.Agrees((_, _, _, order, hashes) => hashes[order[0]] = 1, 8));
    }
}
