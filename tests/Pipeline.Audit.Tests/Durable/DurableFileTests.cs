using Pipeline.Audit.Durable;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Audit.Tests.Durable;

public sealed class DurableFileTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mp-durable-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Disks => ["posix", "simulated"];

    private (IDisk Disk, string Root) Disk(string kind)
    {
        if (kind == "posix")
        {
            return (new PosixDisk(), _folder);
        }
        var disk = new SimulatedDisk();
        DurableFile.EnsureDirectory(disk, "/data");
        return (disk, "/data");
    }

    [Theory, MemberData(nameof(Disks))]
    public void A_file_is_written_once_and_its_bytes_decide_afterwards(string kind)
    {
        var (disk, root) = Disk(kind);
        var path = $"{root}/a";

        Assert.Equal(WriteOnceResult.Written, DurableFile.WriteOnce(disk, path, "one"u8));
        Assert.Equal(WriteOnceResult.SameAlready, DurableFile.WriteOnce(disk, path, "one"u8));
        Assert.Equal(WriteOnceResult.Differs, DurableFile.WriteOnce(disk, path, "two"u8));
        Assert.Equal(WriteOnceResult.Differs, DurableFile.WriteOnce(disk, path, "ones"u8));
        Assert.Equal("one"u8.ToArray(), DurableFile.ReadAll(disk, path, 10));
        Assert.Equal(["a"], disk.ListFiles(root));
    }

    [Theory, MemberData(nameof(Disks))]
    public void A_leftover_temporary_file_blocks_nobody(string kind)
    {
        var (disk, root) = Disk(kind);
        using (var leftover = disk.CreateNew($"{root}/a.tmp"))
        {
            leftover.Write(0, "half of something else, and longer"u8);
        }

        Assert.Equal(WriteOnceResult.Written, DurableFile.WriteOnce(disk, $"{root}/a", "one"u8));
        Assert.Equal("one"u8.ToArray(), DurableFile.ReadAll(disk, $"{root}/a", 10));
        Assert.Equal(["a"], disk.ListFiles(root));
    }

    [Theory, MemberData(nameof(Disks))]
    public void Replacing_changes_the_whole_content(string kind)
    {
        var (disk, root) = Disk(kind);
        DurableFile.Replace(disk, $"{root}/c", "a long first content"u8);
        DurableFile.Replace(disk, $"{root}/c", "second"u8);

        Assert.Equal("second"u8.ToArray(), DurableFile.ReadAll(disk, $"{root}/c", 10));
        Assert.Throws<InvalidDataException>(() => DurableFile.ReadAll(disk, $"{root}/c", 5));
        Assert.Equal(["c"], disk.ListFiles(root));
    }

    [Theory, MemberData(nameof(Disks))]
    public void The_calls_answer_as_their_contract_says(string kind)
    {
        var (disk, root) = Disk(kind);
        DurableFile.EnsureDirectory(disk, $"{root}/x/y/z");
        Assert.False(disk.MakeDirectory($"{root}/x/y/z"));
        Assert.True(disk.DirectoryExists($"{root}/x/y/z"));
        Assert.Equal(["x"], disk.ListDirectories(root));
        using (var file = disk.CreateNew($"{root}/f"))
        {
            file.Write(2, "cd"u8);
            file.Write(0, "ab"u8);
            file.Truncate(3);
            file.SyncData();
        }
        using (var again = disk.OpenExisting($"{root}/f"))
        {
            again.Write(3, "D"u8);
        }

        Assert.Equal("abcD"u8.ToArray(), DurableFile.ReadAll(disk, $"{root}/f", 10));
        Assert.Equal(4, disk.FileLength($"{root}/f"));
        Assert.Throws<IOException>(() => disk.CreateNew($"{root}/f"));
        Assert.True(disk.Link($"{root}/f", $"{root}/g"));
        Assert.False(disk.Link($"{root}/f", $"{root}/g"));
        disk.MakeReadOnly($"{root}/g");
        disk.Unlink($"{root}/f");
        disk.Unlink($"{root}/f");
        Assert.Throws<FileNotFoundException>(() => disk.OpenRead($"{root}/f"));
        Assert.Throws<FileNotFoundException>(() => disk.OpenRead($"{root}/none/f"));
        Assert.Throws<FileNotFoundException>(() => disk.OpenExisting($"{root}/f"));
        Assert.Throws<FileNotFoundException>(() => disk.FileLength($"{root}/f"));
        Assert.Empty(disk.ListFiles($"{root}/none"));
        Assert.Equal(["g"], disk.ListFiles(root));
    }

    [Theory, MemberData(nameof(Disks))]
    public void A_lock_has_one_holder(string kind)
    {
        var (disk, root) = Disk(kind);
        using (var held = disk.TryLock($"{root}/lock"))
        {
            Assert.NotNull(held);
            Assert.Null(disk.TryLock($"{root}/lock"));
        }
        using var after = disk.TryLock($"{root}/lock");
        Assert.NotNull(after);
    }

    [Fact]
    public void An_error_names_call_path_and_errno()
    {
        var error = Assert.Throws<IOException>(() => new PosixDisk().CreateNew("/proc/self/status"));
        Assert.Contains("open /proc/self/status", error.Message, StringComparison.Ordinal);
        Assert.Contains("errno 17", error.Message, StringComparison.Ordinal);
        Assert.Equal(17, error.HResult);
    }

    /// <summary>A run in which the power goes at every step, many times; false when a promise was broken.</summary>
    private static int BrokenPromises(Random random, Func<SyncKind, string, bool> ignore, bool dieFirst)
    {
        var broken = 0;
        for (var step = 1L; ; step++)
        {
            var finished = false;
            for (var round = 0; round < 20; round++)
            {
                var disk = new SimulatedDisk { IgnoreSync = ignore };
                disk.MakeDirectory("/data");
                disk.SyncDirectory("/");
                disk.CrashAt(disk.Steps + step);
                var told = new Told();
                finished = Run(disk, told);
                if (dieFirst && !finished)
                {
                    disk.AfterProcessDeath();
                    Run(disk, told);
                }
                broken += told.HoldsOn(disk.AfterPowerLoss(round == 0 ? null : random)) ? 0 : 1;
            }
            if (finished)
            {
                return broken;
            }
        }
    }

    private sealed class Told
    {
        public bool Once { get; set; }
        public byte Version { get; set; }

        public bool HoldsOn(SimulatedDisk disk)
        {
            const string once = "/data/a/b/once", changing = "/data/changing";
            var onceHolds = disk.FileExists(once)
                ? DurableFile.ReadAll(disk, once, 5000).AsSpan().SequenceEqual(Content(1))
                : !Once;
            var changingHolds = disk.FileExists(changing)
                ? DurableFile.ReadAll(disk, changing, 5000) is { Length: > 0 } bytes && bytes[0] >= Version && bytes.AsSpan().SequenceEqual(Content(bytes[0]))
                : Version == 0;
            return onceHolds && changingHolds;
        }
    }

    private static byte[] Content(byte version) => [.. Enumerable.Repeat(version, 1500)];

    private static bool Run(SimulatedDisk disk, Told told)
    {
        try
        {
            DurableFile.EnsureDirectory(disk, "/data/a/b");
            DurableFile.WriteOnce(disk, "/data/a/b/once", Content(1));
            told.Once = true;
            DurableFile.Replace(disk, "/data/changing", Content(1));
            told.Version = Math.Max(told.Version, (byte)1);
            DurableFile.Replace(disk, "/data/changing", Content(2));
            told.Version = 2;
            return true;
        }
        catch (SimulatedPowerLossException)
        {
            return false;
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void What_was_written_survives_a_power_cut_at_any_step_also_after_a_death_and_a_second_run(bool dieFirst) =>
        Assert.Equal(0, BrokenPromises(Seeds.ForTest(output.WriteLine), (_, _) => false, dieFirst));

    [Theory]
    [InlineData(SyncKind.FileData, "/data/a/b/once.tmp", false)]
    [InlineData(SyncKind.FileData, "/data/changing.tmp", false)]
    [InlineData(SyncKind.Directory, "/data/a/b", false)]
    [InlineData(SyncKind.Directory, "/data/a", false)]
    [InlineData(SyncKind.Directory, "/data", false)]
    [InlineData(SyncKind.Directory, "/data/a/b", true)]
    public void Leaving_out_any_one_sync_is_seen(SyncKind kind, string path, bool dieFirst) =>
        Assert.NotEqual(0, BrokenPromises(Seeds.ForTest(output.WriteLine), (k, p) => k == kind && p == path, dieFirst));
}
