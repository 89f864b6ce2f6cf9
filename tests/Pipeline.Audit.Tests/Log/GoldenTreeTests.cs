using System.Globalization;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Tests.Log;

public sealed class GoldenTreeTests
{
    [Fact]
    public void Every_root_of_the_golden_file_comes_out_of_the_compact_range()
    {
        var roots = Golden.XMod["roots"]!.AsObject().ToDictionary(
            r => long.Parse(r.Key, CultureInfo.InvariantCulture), r => Sha256Digest.Parse((string)r.Value!));
        var range = new CompactRange();
        var seen = 0;
        for (var size = 0L; ; size++)
        {
            if (roots.TryGetValue(size, out var root))
            {
                Assert.Equal(root, range.Root());
                Assert.Equal(root, CompactRange.Decode(size, range.Encode()).Root());
                seen++;
            }
            if (size == roots.Keys.Max())
            {
                break;
            }
            range.Append(MerkleTree.LeafHash(Golden.Entry(size)));
        }
        Assert.Equal(1032, seen);
    }

    [Fact]
    public void Every_inclusion_proof_of_the_golden_file_is_made_and_verified()
    {
        var roots = Golden.XMod["roots"]!;
        var cases = Golden.XMod["inclusion"]!.AsArray();
        Assert.Equal(639, cases.Count);
        foreach (var (index, size, proof) in cases.Select(c => ((long)c!["Index"]!, (long)c["Size"]!, Golden.Hashes(c["Proof"]))))
        {
            Assert.Equal(proof, ProofBuilder.Inclusion(index, size, Golden.Million.Value.Read));
            var root = Sha256Digest.Parse((string)roots[size.ToString(CultureInfo.InvariantCulture)]!);
            Assert.True(Proofs.VerifyInclusion(index, size, MerkleTree.LeafHash(Golden.Entry(index)), proof, root));
            Assert.False(Proofs.VerifyInclusion(index, size, MerkleTree.LeafHash(Golden.Entry(index + 1)), proof, root));
        }
    }

    [Fact]
    public void Every_consistency_proof_of_the_golden_file_is_made_and_verified()
    {
        var cases = Golden.XMod["consistency"]!.AsArray();
        Assert.Equal(631, cases.Count);
        foreach (var (old, size, proof) in cases.Select(c => ((long)c!["Old"]!, (long)c["Size"]!, Golden.Hashes(c["Proof"]))))
        {
            Assert.Equal(proof, ProofBuilder.Consistency(old, size, Golden.Million.Value.Read));
            Assert.True(Proofs.VerifyConsistency(old, size, Root(old), Root(size), proof));
            Assert.False(Proofs.VerifyConsistency(old, size, Root(old), MerkleTree.EmptyRoot, proof));
            Assert.False(Proofs.VerifyConsistency(old, size, MerkleTree.EmptyRoot, Root(size), proof));
        }

        static Sha256Digest Root(long size) => ProofBuilder.Root(size, Golden.Million.Value.Read);
    }

    [Fact]
    public void The_first_leaf_hashes_are_those_of_the_golden_file() =>
        Assert.Equal(
            Golden.Hashes(Golden.XMod["leafHashes0to15"]), Enumerable.Range(0, 16).Select(i => MerkleTree.LeafHash(Golden.Entry(i))));

    [Fact]
    public void Tile_paths_are_those_of_the_golden_file_and_read_back()
    {
        foreach (var (key, text) in Golden.XMod["tilePaths"]!.AsObject())
        {
            var numbers = key.Split(' ').Select(p => long.Parse(p[2..], CultureInfo.InvariantCulture)).ToArray();
            var tile = TilePath.Hashes((int)numbers[0], numbers[1], (int)numbers[2]);
            Assert.Equal((string)text!, tile.Text);
            Assert.True(TilePath.TryParse(tile.Text, out var back));
            Assert.Equal(tile, back);
        }
    }

    [Theory]
    [InlineData("tile/0/00")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/00/000")]
    [InlineData("tile/0/x000/000")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/64/000")]
    [InlineData("tile/entries/x001")]
    [InlineData("tile/entries/001/000")]
    [InlineData("tile/data/000")]
    [InlineData("tile/0/../000")]
    [InlineData("")]
    public void A_path_that_no_log_writes_is_no_tile(string text) => Assert.False(TilePath.TryParse(text, out _));

    [Fact]
    public void The_tiles_to_write_are_those_of_the_golden_file()
    {
        foreach (var (key, list) in Golden.XMod["newTiles"]!.AsObject())
        {
            var sizes = key.Split("->").Select(s => long.Parse(s, CultureInfo.InvariantCulture)).ToArray();
            var wanted = list!.AsArray().Select(p => (string)p!).ToList();
            var ours = TilePath.TilesToWrite(sizes[0], sizes[1]).Select(t => t.Text).ToList();
            var gap = wanted.FindIndex(w => w.StartsWith("...", StringComparison.Ordinal));
            if (gap >= 0)
            {
                // The golden list of 277 shows its beginning and its end.
                Assert.Equal(277, ours.Count);
                ours.RemoveRange(gap, ours.Count - (wanted.Count - 1));
                wanted.RemoveAt(gap);
            }
            Assert.Equal(wanted, ours);
        }
    }
}
