using System.Diagnostics;
using System.Text;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

/// <summary>Defects that other checkers miss, and what a hostile log may try.</summary>
public sealed class FsckTests : IDisposable
{
    private const string Origin = "musicpipeline.local/test/2026";
    private static readonly long[] Published = [1, 3, 200, 300, 700];

    private readonly LogScratch _scratch = new();
    private readonly NoteSigner _signer = NoteSigner.FromSeed(Origin, new byte[32]);

    public void Dispose()
    {
        _scratch.Dispose();
        _signer.Dispose();
    }

    private string At(string file) => Path.Combine(_scratch.Path, file);

    private Checkpoint Write(IReadOnlyList<byte[]> entries) => LogOnDisk.Write(_scratch.Path, entries, Published, _signer);

    private FsckReport Check(FsckOptions? options = null) => Fsck.Run(new LogDirectory(_scratch.Path), options ?? new FsckOptions());

    [Fact]
    public void A_log_of_ours_is_clean_and_says_what_was_not_checked()
    {
        var checkpoint = Write(LogOnDisk.Leaves(700));
        var report = Check(new FsckOptions { LogKey = _signer.VerifierKey });
        Assert.Equal([], report.Defects);
        Assert.Equal(checkpoint.Root, report.Root);
        Assert.Contains(report.Checked, s => s.Contains("700 leaves: the numbers of 3 sources", StringComparison.Ordinal));
        Assert.Contains(report.NotChecked, s => s.StartsWith("Roll-back", StringComparison.Ordinal));
        Assert.Contains(report.NotChecked, s => s.StartsWith("Witnesses", StringComparison.Ordinal));
        Assert.DoesNotContain(report.NotChecked, s => s.StartsWith("Whose log", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tree_of_three_levels_is_recomputed_to_its_golden_root()
    {
        var entries = Enumerable.Range(0, 65_537).Select(i => Golden.Entry(i)).ToList();
        LogOnDisk.Write(_scratch.Path, entries, [65_535, 65_536, 65_537], _signer);
        var report = Check(new FsckOptions { Envelopes = false });
        Assert.Equal([], report.Defects);
        Assert.Equal((string)Golden.XMod["roots"]!["65537"]!, report.Root.ToString());
        var top = File.ReadAllBytes(At("tile/2/000.p/1"));
        top[31] ^= 1;
        File.WriteAllBytes(At("tile/2/000.p/1"), top);
        Assert.Equal("tile/2/000.p/1", Assert.Single(Check(new FsckOptions { Envelopes = false }).Defects).Place);
    }

    [Fact]
    public void A_source_whose_number_is_skipped_is_named_with_its_entry()
    {
        var entries = LogOnDisk.Leaves(703).ToList();
        // Entry 6 belongs to source 0, which then goes from number 2 to 4; no asset thread runs through it.
        entries.RemoveRange(6, 3);
        Write(entries);
        var report = Check();
        Assert.Contains(report.Defects, d => d.Place == "entry 6" && d.What.Contains("from number 2 to 4", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cut_thread_of_an_asset_is_named_with_its_entry()
    {
        var entries = LogOnDisk.Leaves(700).ToList();
        Assert.True(LeafEnvelope.TryDecode(entries[10], out var envelope, out var rest));
        Assert.Equal(5, envelope.Prev);
        entries[10] = (envelope with { Prev = 0 }).Encode(rest.Span);
        Write(entries);
        var defect = Assert.Single(Check().Defects);
        Assert.Equal("entry 10", defect.Place);
        Assert.Contains("stands at 5", defect.What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_is_no_leaf_of_ours_is_named()
    {
        var entries = LogOnDisk.Leaves(700).ToList();
        entries[699] = "{\"asset\": \"\"}\n{}"u8.ToArray();
        Write(entries);
        Assert.Equal("entry 699", Assert.Single(Check().Defects).Place);
        Assert.True(Check(new FsckOptions { Envelopes = false }).IsClean);
    }

    [Fact]
    public void A_log_that_continues_another_does_not_begin_its_sources_at_one()
    {
        var entries = LogOnDisk.Leaves(700).Select((e, i) =>
        {
            Assert.True(LeafEnvelope.TryDecode(e, out var envelope, out var rest));
            var prev = envelope.Prev < 0 ? (envelope.Asset.Length > 0 ? 17 : -1) : envelope.Prev + 1000;
            return (envelope with { Seq = envelope.Seq + 50, Prev = prev }).Encode(rest.Span);
        }).ToList();
        Write(entries);
        Assert.False(Check().IsClean);
        var report = Check(new FsckOptions { BasePosition = 1000 });
        Assert.Equal([], report.Defects);
        Assert.Contains("5 links into the log before position 1000.", report.NotChecked);
    }

    [Fact]
    public void Every_defect_is_listed_up_to_the_bound_and_the_rest_is_counted()
    {
        Write(LogOnDisk.Leaves(700));
        var tile = File.ReadAllBytes(At("tile/0/001"));
        File.WriteAllBytes(At("tile/0/001"), [.. tile.Select(b => (byte)~b)]);
        var report = Check(new FsckOptions { MaxDefects = 10 });
        Assert.Equal(10, report.Defects.Count);
        // 256 entries, the tile above twice (two published widths), the earlier partial, the root.
        Assert.Equal(256 + 1 + 1 + 1, report.Defects.Count + report.More);
    }

    [Fact]
    public void A_published_size_whose_files_are_gone_is_found()
    {
        LogOnDisk.Write(_scratch.Path, LogOnDisk.Leaves(700), [1, 600, 700], _signer);
        File.Delete(At("tile/0/002.p/88"));
        File.Delete(At("tile/0/000.p/1"));
        var defect = Assert.Single(Check().Defects);
        Assert.Equal("tile/0/002.p/88", defect.Place);
        Assert.Contains("600", defect.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partial_file_that_no_history_names_is_compared_all_the_same()
    {
        Write(LogOnDisk.Leaves(700));
        Directory.CreateDirectory(At("tile/0/001.p"));
        File.WriteAllBytes(At("tile/0/001.p/9"), File.ReadAllBytes(At("tile/0/001"))[..(9 * 32)]);
        Assert.True(Check().IsClean);
        File.WriteAllBytes(At("tile/0/001.p/9"), new byte[9 * 32]);
        Assert.Equal("tile/0/001.p/9", Assert.Single(Check().Defects).Place);
    }

    [Theory]
    [InlineData("1\n3\n200\n300\n", "does not list the checkpoint's size")]
    [InlineData("1\n3\n200\n300\n300\n700\n", "line 5")]
    [InlineData("1\n03\n200\n300\n700\n", "line 2")]
    [InlineData("1\r\n3\n200\n300\n700\n", "line 1")]
    public void A_wrong_history_is_found(string history, string what)
    {
        Write(LogOnDisk.Leaves(700));
        File.WriteAllText(At("history"), history);
        Assert.Contains(what, Assert.Single(Check().Defects).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_publication_that_was_interrupted_before_the_checkpoint_is_a_note()
    {
        var entries = LogOnDisk.Leaves(900);
        LogOnDisk.Write(_scratch.Path, entries, [300, 700], _signer);
        var before = File.ReadAllBytes(At("checkpoint"));
        LogOnDisk.Write(_scratch.Path, entries, [300, 700, 900], _signer);
        File.WriteAllBytes(At("checkpoint"), before);
        File.WriteAllText(At("README"), "not of a log");
        var report = Check();
        Assert.Equal([], report.Defects);
        Assert.Equal(700, report.Size);
        Assert.Contains(report.Notes, n => n.Contains("tile/0/003.p/132 lies beyond", StringComparison.Ordinal));
        Assert.Contains(report.Notes, n => n.Contains("history goes on to size 900", StringComparison.Ordinal));
        Assert.Contains(report.Notes, n => n.StartsWith("README", StringComparison.Ordinal));
    }

    [Fact]
    public void The_full_file_serves_where_the_partial_of_the_checkpoint_is_gone()
    {
        var entries = LogOnDisk.Leaves(900);
        LogOnDisk.Write(_scratch.Path, entries, [300, 700], _signer);
        var before = File.ReadAllBytes(At("checkpoint"));
        LogOnDisk.Write(_scratch.Path, entries, [300, 700, 900], _signer);
        File.WriteAllBytes(At("checkpoint"), before);
        File.Delete(At("tile/0/002.p/188"));
        File.Delete(At("tile/entries/002.p/188"));
        Assert.Equal([], Check().Defects);
        var bundle = File.ReadAllBytes(At("tile/entries/002"));
        bundle[100] ^= 1;
        File.WriteAllBytes(At("tile/entries/002"), bundle);
        Assert.False(Check().IsClean);
    }

    [Fact]
    public void A_signed_size_beyond_all_files_neither_hangs_nor_passes()
    {
        Write(LogOnDisk.Leaves(700));
        var lie = new Checkpoint(Origin, long.MaxValue, Sha256Digest.Of("lie"u8));
        File.WriteAllBytes(At("checkpoint"), lie.Sign(_signer).Format());
        File.AppendAllText(At("history"), $"{long.MaxValue}\n");
        var watch = Stopwatch.StartNew();
        var report = Check();
        Assert.Equal(100, report.Defects.Count);
        Assert.True(report.More > 1L << 50);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_file_far_beyond_the_others_does_not_make_the_check_walk_there()
    {
        Write(LogOnDisk.Leaves(700));
        var far = At("tile/0/x999/x999/x999/x999/999");
        Directory.CreateDirectory(Path.GetDirectoryName(far)!);
        File.WriteAllBytes(far, new byte[8192]);
        var report = Check();
        Assert.True(report.IsClean);
        Assert.Contains(report.Notes, n => n.StartsWith("tile/0/x999", StringComparison.Ordinal));
    }

    [Fact]
    public void Signature_lines_of_unknown_keys_are_ignored_and_a_foreign_key_is_refused()
    {
        var checkpoint = Write(LogOnDisk.Leaves(700));
        using var stranger = NoteSigner.FromSeed("stranger.example/k", Enumerable.Repeat((byte)9, 32).ToArray());
        File.WriteAllBytes(At("checkpoint"), checkpoint.Sign(_signer).With(stranger.Sign(checkpoint.Body())).Format());
        Assert.True(Check().IsClean);
        using var impostor = NoteSigner.FromSeed(Origin, Enumerable.Repeat((byte)9, 32).ToArray());
        File.WriteAllBytes(At("checkpoint"), checkpoint.Sign(impostor).Format());
        Assert.Contains(Check().Defects, d => d.Place == "checkpoint");
        File.WriteAllText(At("vkey"), impostor.VerifierKey.Vkey + "\n");
        Assert.True(Check().IsClean);
        Assert.False(Check(new FsckOptions { LogKey = _signer.VerifierKey }).IsClean);
    }

    [Fact]
    public void Another_history_of_the_same_size_is_found_by_whoever_remembers_the_first()
    {
        Write(LogOnDisk.Leaves(700));
        var first = File.ReadAllBytes(At("checkpoint"));
        Write(LogOnDisk.Leaves(700, publicBytes: 41));
        Assert.True(Check().IsClean);
        var report = Check(new FsckOptions { Remembered = first });
        Assert.Contains("two histories", Assert.Single(report.Defects).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_bundle_does_not_flood_the_report_with_broken_threads()
    {
        Write(LogOnDisk.Leaves(700));
        File.Delete(At("tile/entries/001"));
        var report = Check();
        Assert.Equal("tile/entries/001", Assert.Single(report.Defects).Place);
        Assert.Contains(report.NotChecked, s => s.StartsWith("Numbers of sources", StringComparison.Ordinal));
    }

    [Fact]
    public void A_log_that_grows_while_it_is_checked_is_checked_as_it_was()
    {
        var entries = LogOnDisk.Leaves(900);
        LogOnDisk.Write(_scratch.Path, entries, [300, 700], _signer);
        var report = Fsck.Run(new LogThatGrows(new LogDirectory(_scratch.Path), Grow), new FsckOptions());
        Assert.Equal([], report.Defects);
        Assert.Equal(700, report.Size);

        void Grow()
        {
            LogOnDisk.Write(_scratch.Path, entries, [300, 700, 900], _signer);
            File.Delete(At("tile/0/002.p/188"));
            File.Delete(At("tile/entries/002.p/188"));
        }
    }

    /// <summary>A publisher that finishes a publication just after the files were listed.</summary>
    private sealed class LogThatGrows(ILogFiles files, Action grow) : ILogFiles
    {
        private bool _grown;

        public byte[]? Read(string path, int maxBytes) => files.Read(path, maxBytes);

        public IEnumerable<string> List()
        {
            var before = files.List().ToList();
            if (!_grown)
            {
                _grown = true;
                grow();
            }
            return before;
        }
    }

    [Fact]
    public void A_cosigners_key_is_no_log_key()
    {
        Write(LogOnDisk.Leaves(700));
        using var witness = NoteSigner.FromSeed(Origin, new byte[32], NoteKeyType.Cosignature);
        File.WriteAllText(At("vkey"), witness.VerifierKey.Vkey);
        Assert.Contains(Check().Defects, d => d.Place == "vkey");
    }

    [Fact]
    public void The_empty_log_is_clean()
    {
        LogOnDisk.Write(_scratch.Path, [], [0], _signer);
        var report = Check();
        Assert.Equal([], report.Defects);
        Assert.Equal(MerkleTree.EmptyRoot, report.Root);
    }

    [Fact]
    public void A_bare_file_of_bytes_is_no_log()
    {
        File.WriteAllBytes(At("checkpoint"), Encoding.UTF8.GetBytes("hello"));
        Assert.False(Check().IsClean);
    }
}
