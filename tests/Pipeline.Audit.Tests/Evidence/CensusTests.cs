using System.Security.Cryptography;
using System.Text;
using Pipeline.Audit.Evidence;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;
using static Pipeline.Audit.Tests.Evidence.Tale;

namespace Pipeline.Audit.Tests.Evidence;

/// <summary>The census: its root by hand, and that no difference between it and the log passes.</summary>
public sealed class CensusTests
{
    private static readonly Tale Whole = new Tale().Uploaded("album").Delivered("album").HandedIn("album").Passed("album").Counted();

    [Fact]
    public void The_root_is_that_of_a_tree_over_the_sorted_lines()
    {
        var count = CensusCount.Of([new CountedSource(0xB, 12, CountedKind.Release), new CountedSource(0xA, 7, CountedKind.Upload), new CountedSource(0xC, 1, CountedKind.Other)]);
        static byte[] Leaf(string line) => SHA256.HashData([0, .. Encoding.ASCII.GetBytes(line)]);
        static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
        var root = Node(
            Node(Leaf("0000000000000000000000000000000a 7"), Leaf("0000000000000000000000000000000b 12")), Leaf("0000000000000000000000000000000c 1"));
        Assert.Equal(new CensusCount(3, 20, 0, 1, 1, new Sha256Digest(root)), count);
    }

    [Fact]
    public void A_source_that_is_counted_twice_or_never_wrote_is_a_bug()
    {
        Assert.Throws<InvariantBrokenException>(() => CensusCount.Of([new CountedSource(1, 1, default), new CountedSource(1, 2, default)]));
        Assert.Throws<InvariantBrokenException>(() => CensusCount.Of([new CountedSource(1, 0, default)]));
    }

    [Fact]
    public void A_census_may_speak_of_less_than_stands_before_it_and_each_of_several_is_recounted()
    {
        var tale = Of(Whole.Told).Delivered("other").Counted(asOf: 23).Passed("other").Counted();
        var report = tale.Check();
        Assert.Empty(report.Defects);
        Assert.Contains(report.Checked, s => s.StartsWith("3 censuses", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_figure_of_a_census_is_held_against_the_log()
    {
        Func<Census, Census>[] lies =
        [
            c => c with { Sources = c.Sources + 1 }, c => c with { Facts = c.Facts + 1 }, c => c with { Deliveries = 0 }, c => c with { Releases = 2 },
            c => c with { Uploads = 0 }, c => c with { Root = Some.Digest("other") }, c => c with { AsOf = c.AsOf - 1 }, c => c with { AsOf = c.AsOf + 1 }, c => c with { AsOf = -1 },
        ];
        foreach (var lie in lies)
        {
            var told = Of(Whole.Told.Select(t => t.Fact is Census c ? t with { Fact = lie(c) } : t));
            Assert.NotEmpty(told.Check().Defects);
        }
    }

    [Fact]
    public void A_whole_source_that_was_kept_out_of_the_log_is_missed()
    {
        // Nobody else speaks of this upload, so its numbers, its thread and all rules are as they should be.
        var refused = new Telling("upload:bad", A<UploadRefused>() with { Upload = Some.Upload("bad") });
        var all = Of([refused, .. Whole.Told.SkipLast(1)]).Counted();
        Assert.Empty(all.Check().Defects);
        var kept = Of(all.Told.Skip(1));
        Assert.Contains(kept.Check().Defects, d => d.What.Contains("census", StringComparison.Ordinal));
    }

    [Fact]
    public void A_census_that_goes_back_is_wrong() => Assert.Contains(
        Of(Whole.Told).Counted(asOf: 5).Check().Defects, d => d.What.Contains("follows one of", StringComparison.Ordinal));
}
