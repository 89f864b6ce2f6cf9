using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

/// <summary>A mirror believes nothing, goes on where it stopped, and convicts.</summary>
public sealed class LogMirrorTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mp-mirror-").FullName;
    private readonly NoteSigner _signer = NoteSigner.FromSeed("log.example/2026", Some.Bytes(32, 1));

    private string Log => Path.Combine(_root, "log");

    private string Mirror => Path.Combine(_root, "mirror");

    public void Dispose()
    {
        _signer.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private Checkpoint Grow(params long[] sizes) => LogOnDisk.Write(Log, LogOnDisk.Leaves((int)sizes[^1]), sizes, _signer);

    private Task<MirrorResult> RunAsync(Func<string, byte[]?, byte[]?>? change = null, bool withEntries = true, IReadOnlyList<NoteVerifierKey>? keys = null) => new LogMirror(
        new PosixDisk(), Mirror, keys ?? [_signer.VerifierKey],
        (path, max, _) =>
        {
            var file = Path.Combine(Log, path);
            var bytes = File.Exists(file) ? File.ReadAllBytes(file) : null;
            Assert.True(bytes is null || bytes.Length <= max);
            return Task.FromResult(change is null ? bytes : change(path, bytes));
        },
        withEntries).RunAsync(CancellationToken.None);

    private FsckReport Fsck() => Audit.Log.Fsck.Run(new LogDirectory(Mirror), new FsckOptions { LogKey = _signer.VerifierKey });

    [Fact]
    public async Task It_follows_a_growing_log_and_each_of_its_states_is_a_whole_log()
    {
        long[] sizes = [1, 255, 256, 300, 70_000];
        var from = 0L;
        for (var i = 0; i < sizes.Length; i++)
        {
            var checkpoint = Grow(sizes[..(i + 1)]);
            var mirrored = Assert.IsType<MirrorResult.Mirrored>(await RunAsync());
            Assert.Equal((checkpoint, from), (mirrored.Checkpoint, mirrored.From));
            var report = Fsck();
            Assert.True(report.IsClean, string.Join('\n', report.Defects));
            from = checkpoint.Size;
        }
        Assert.Equal(0, Assert.IsType<MirrorResult.Mirrored>(await RunAsync()).Files);
    }

    [Fact]
    public async Task Broken_off_after_any_file_the_next_run_ends_it()
    {
        Grow(100, 1100);
        for (var after = 0; ; after++)
        {
            var left = after;
            try
            {
                await RunAsync((_, bytes) => left-- > 0 ? bytes : throw new IOException("the line broke"));
                // Each run keeps what the ones before it brought.
                Assert.True(after > 3, "nothing was broken off");
                break;
            }
            catch (IOException e) when (e.Message == "the line broke")
            {
                Assert.False(File.Exists(Path.Combine(Mirror, "checkpoint")), "a checkpoint without its files");
            }
        }
        Assert.True(Fsck().IsClean);
    }

    [Fact]
    public async Task One_bit_in_any_file_is_found_before_it_is_kept()
    {
        Grow(3000);
        var files = Directory.GetFiles(Log, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Log, f))
            .Where(f => f is not ("history" or "vkey")).Order(StringComparer.Ordinal).ToList();
        var random = new Random(7);
        Assert.Contains("tile/1/000.p/11", files);
        foreach (var chosen in files)
        {
            if (Directory.Exists(Mirror))
            {
                Directory.Delete(Mirror, recursive: true);
            }
            var result = await RunAsync((path, bytes) =>
            {
                if (path == chosen)
                {
                    bytes = [.. bytes!];
                    bytes[chosen == "checkpoint" ? 3 : random.Next(bytes.Length)] ^= 1;
                }
                return bytes;
            });
            Assert.True(result is MirrorResult.Damaged, $"{chosen}: {result}");
            Assert.False(File.Exists(Path.Combine(Mirror, chosen)));
        }
        Assert.IsType<MirrorResult.Mirrored>(await RunAsync());
        Assert.True(Fsck().IsClean);
    }

    [Fact]
    public async Task A_log_that_went_back_or_forked_is_convicted_with_both_notes()
    {
        Grow(300);
        Assert.IsType<MirrorResult.Mirrored>(await RunAsync());
        Directory.Delete(Log, recursive: true);
        Grow(200);
        var back = Assert.IsType<MirrorResult.NotContinued>(await RunAsync());
        Assert.Contains("rolled back", back.Why, StringComparison.Ordinal);
        Assert.Equal(2, File.ReadAllText(back.EvidencePath).Split("\u2014 log.example/2026").Length - 1);

        Directory.Delete(Log, recursive: true);
        LogOnDisk.Write(Log, [.. LogOnDisk.Leaves(400).Select((e, i) => i == 3 ? LogOnDisk.Leaves(1)[0] : e)], [400], _signer);
        Assert.IsType<MirrorResult.NotContinued>(await RunAsync());
        // What was mirrored stays what it was.
        Assert.True(Fsck().IsClean);
        Assert.Equal(300, Fsck().Size);

        // And nothing of the other history is in the way of the right one.
        Directory.Delete(Log, recursive: true);
        Grow(300, 400);
        Assert.IsType<MirrorResult.Mirrored>(await RunAsync());
        Assert.True(Fsck().IsClean);
    }

    [Fact]
    public async Task Without_a_key_to_the_entries_the_hashes_alone_are_kept()
    {
        Grow(600);
        Assert.IsType<MirrorResult.Mirrored>(await RunAsync(withEntries: false));
        Assert.False(Directory.Exists(Path.Combine(Mirror, "tile", "entries")));
        Directory.Delete(Mirror, recursive: true);
        // A hash of a leaf that nothing below vouches for: only the root tells, and it must not stay.
        Assert.IsType<MirrorResult.Damaged>(await RunAsync((path, bytes) => path == "tile/0/002.p/88" ? [.. bytes!.Select((b, i) => i == 5 ? (byte)(b ^ 1) : b)] : bytes, withEntries: false));
        Assert.IsType<MirrorResult.Mirrored>(await RunAsync(withEntries: false));
        Assert.Equal(600, LogProver.Open(new LogDirectory(Mirror), _signer.VerifierKey).Checkpoint.Size);
    }

    [Fact]
    public async Task A_change_of_key_is_followed_while_both_sign_and_afterwards_only_by_whoever_gives_the_new_key()
    {
        using var successor = NoteSigner.FromSeed("log.example/2026", Some.Bytes(32, 2));
        var first = Grow(100);
        Assert.IsType<MirrorResult.Mirrored>(await RunAsync());
        var second = Grow(100, 300);
        using (var both = new LogSigner(NoteSigner.FromSeed("log.example/2026", Some.Bytes(32, 1)), NoteSigner.FromSeed("log.example/2026", Some.Bytes(32, 2))))
        {
            File.WriteAllBytes(Path.Combine(Log, "checkpoint"), both.Sign(second).Format());
            File.WriteAllBytes(Path.Combine(Log, "vkeys"), both.Keys.Format());
        }
        Assert.Equal(first.Size, Assert.IsType<MirrorResult.Mirrored>(await RunAsync()).From);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Log, "vkeys")), File.ReadAllBytes(Path.Combine(Mirror, "vkeys")));
        Assert.True(Fsck().IsClean);

        var third = Grow(100, 300, 400);
        File.WriteAllBytes(Path.Combine(Log, "checkpoint"), third.Sign(successor).Format());
        File.WriteAllText(Path.Combine(Log, "vkey"), successor.VerifierKey.Vkey + "\n");
        Assert.IsType<MirrorResult.Damaged>(await RunAsync());
        Assert.Equal(_signer.VerifierKey.Vkey + "\n", File.ReadAllText(Path.Combine(Mirror, "vkey")));

        NoteVerifierKey[] given = [_signer.VerifierKey, successor.VerifierKey];
        Assert.Equal(second.Size, Assert.IsType<MirrorResult.Mirrored>(await RunAsync(keys: given)).From);
        Assert.Equal(successor.VerifierKey.Vkey + "\n", File.ReadAllText(Path.Combine(Mirror, "vkey")));
        var report = Audit.Log.Fsck.Run(new LogDirectory(Mirror), new FsckOptions { LogKey = successor.VerifierKey });
        Assert.True(report.IsClean, string.Join('\n', report.Defects));
    }
}
