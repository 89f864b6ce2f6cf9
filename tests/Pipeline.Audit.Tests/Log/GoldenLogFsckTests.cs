using Pipeline.Audit.Log;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Audit.Tests.Log;

/// <summary>The golden log of 600 entries, made by another program, and every way to damage it.</summary>
public sealed class GoldenLogFsckTests(ITestOutputHelper output) : IDisposable
{
    private const int FlipsPerFile = 6;

    private static readonly FsckOptions Foreign = new() { Envelopes = false };
    private static readonly long[] Published = [0, 1, 2, 3, 4, 7, 8, 255, 256, 257, 511, 512, 513, 600];

    private readonly LogScratch _scratch = new();
    private readonly Random _random = Seeds.ForTest(output.WriteLine);

    public void Dispose() => _scratch.Dispose();

    private IReadOnlyList<string> Copy()
    {
        var golden = Path.Combine(Golden.Folder, "golden-log-600");
        var files = Directory.EnumerateFiles(Path.Combine(golden, "tile"), "*", SearchOption.AllDirectories)
            .Concat([Path.Combine(golden, "checkpoint"), Path.Combine(golden, "vkey")])
            .Select(f => Path.GetRelativePath(golden, f)).Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(file))!);
            File.Copy(Path.Combine(golden, file), At(file), overwrite: true);
        }
        File.WriteAllLines(At("history"), Published.Select(p => $"{p}"));
        return [.. files.Where(f => f.StartsWith("tile", StringComparison.Ordinal))];
    }

    private string At(string file) => Path.Combine(_scratch.Path, file);

    private FsckReport Check() => Fsck.Run(new LogDirectory(_scratch.Path), Foreign);

    private void MustBeFound(string what)
    {
        var report = Check();
        Assert.False(report.IsClean, $"{what} went unnoticed");
    }

    private bool HasFull(string tile)
    {
        Assert.True(TilePath.TryParse(tile, out var path));
        return !path.IsFull && File.Exists(At(path.Full.Text));
    }

    [Fact]
    public void The_golden_log_is_clean()
    {
        Copy();
        var report = Check();
        Assert.Equal([], report.Defects);
        Assert.True(report.IsClean);
        Assert.Equal(600, report.Size);
        Assert.Equal("audit.example/golden", report.Origin);
        Assert.Equal([], report.Notes);
        Assert.NotEmpty(report.NotChecked);
    }

    [Fact]
    public void One_flipped_bit_in_any_file_is_found()
    {
        foreach (var file in Copy())
        {
            var bytes = File.ReadAllBytes(At(file));
            for (var i = 0; i < FlipsPerFile; i++)
            {
                var (at, bit) = (_random.Next(bytes.Length), _random.Next(8));
                var changed = bytes.ToArray();
                changed[at] ^= (byte)(1 << bit);
                File.WriteAllBytes(At(file), changed);
                MustBeFound($"bit {bit} of byte {at} of {file}");
            }
            File.WriteAllBytes(At(file), bytes);
        }
        Assert.True(Check().IsClean);
    }

    [Fact]
    public void A_shortened_or_lengthened_or_emptied_file_is_found()
    {
        foreach (var file in Copy())
        {
            var bytes = File.ReadAllBytes(At(file));
            foreach (var (changed, what) in new[]
            {
                (bytes[..^1], "one byte less"), (bytes[.._random.Next(bytes.Length)], "a torn end"), ([], "nothing left"),
                ([.. bytes, 0], "one byte more"), ((byte[])[.. bytes, .. bytes], "twice the bytes"),
            })
            {
                File.WriteAllBytes(At(file), changed);
                MustBeFound($"{what} in {file}");
            }
            File.WriteAllBytes(At(file), bytes);
        }
    }

    [Fact]
    public void A_lost_file_is_found_unless_the_full_one_has_taken_its_place()
    {
        foreach (var file in Copy())
        {
            var bytes = File.ReadAllBytes(At(file));
            File.Delete(At(file));
            Assert.Equal(HasFull(file), Check().IsClean);
            File.WriteAllBytes(At(file), bytes);
        }
    }

    [Fact]
    public void Two_exchanged_files_are_found()
    {
        var files = Copy();
        var pairs = files.SelectMany(a => files.Select(b => (a, b)))
            .Where(p => string.CompareOrdinal(p.a, p.b) < 0 && p.a.Contains("entries", StringComparison.Ordinal) == p.b.Contains("entries", StringComparison.Ordinal));
        foreach (var (one, other) in pairs)
        {
            var (bytes, otherBytes) = (File.ReadAllBytes(At(one)), File.ReadAllBytes(At(other)));
            if (bytes.AsSpan().SequenceEqual(otherBytes))
            {
                continue;
            }
            File.WriteAllBytes(At(one), otherBytes);
            File.WriteAllBytes(At(other), bytes);
            MustBeFound($"{one} and {other} exchanged");
            File.WriteAllBytes(At(one), bytes);
            File.WriteAllBytes(At(other), otherBytes);
        }
    }

    [Fact]
    public void A_flipped_bit_in_any_byte_of_the_checkpoint_is_found()
    {
        Copy();
        var bytes = File.ReadAllBytes(At("checkpoint"));
        for (var at = 0; at < bytes.Length; at++)
        {
            var bit = _random.Next(8);
            var changed = bytes.ToArray();
            changed[at] ^= (byte)(1 << bit);
            File.WriteAllBytes(At("checkpoint"), changed);
            MustBeFound($"bit {bit} of byte {at} of the checkpoint");
        }
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("vkey")]
    [InlineData("history")]
    public void A_missing_file_beside_the_tiles_is_found(string file)
    {
        Copy();
        File.Delete(At(file));
        MustBeFound($"without {file}");
    }

    [Fact]
    public void An_older_checkpoint_of_the_log_is_found_by_whoever_remembers_a_newer_one()
    {
        Copy();
        var newest = File.ReadAllBytes(At("checkpoint"));
        File.Copy(Path.Combine(Golden.Folder, "golden-log-600", "checkpoint.513"), At("checkpoint"), overwrite: true);
        Assert.True(Check().IsClean);
        var report = Fsck.Run(new LogDirectory(_scratch.Path), Foreign with { Remembered = newest });
        Assert.Contains(report.Defects, d => d.What.Contains("rolled back", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_older_checkpoint_is_in_the_past_of_the_log()
    {
        Copy();
        foreach (var size in Published)
        {
            var old = File.ReadAllBytes(Path.Combine(Golden.Folder, "golden-log-600", $"checkpoint.{size}"));
            var report = Fsck.Run(new LogDirectory(_scratch.Path), Foreign with { Remembered = old });
            Assert.True(report.IsClean, $"size {size}: {string.Join("; ", report.Defects)}");
        }
    }

    [Fact]
    public void A_directory_that_is_not_there_gives_no_verdict() =>
        Assert.Throws<DirectoryNotFoundException>(() => new LogDirectory(At("nowhere")));
}
