using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Export;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Ingest.Tests.Export;

public sealed class WritingBags(ITestOutputHelper output) : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mp-write-bag-").FullName;

    private string Target => Path.Combine(_root, "out", "album.bag");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task What_is_written_is_a_valid_bag_with_everything_in_it()
    {
        await WriteAsync();
        var report = BagValidator.Validate(Target, CancellationToken.None);
        Assert.True(report.IsValid);
        Assert.Empty(report.Findings);
        Assert.Equal(("1.0", 3, 3_000_021L), (report.Version, report.PayloadFiles, report.PayloadBytes));
        Assert.Equal(["sha256", "sha512"], report.Algorithms);
        Assert.Equal("Payload-Oxum: 3000021.3\nExternal-Identifier: release-1\nContact-Name: two lines\n", File.ReadAllText(Path.Combine(Target, "bag-info.txt")));
        Assert.Equal(["album.bag"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Target)!).Select(p => Path.GetFileName(p)));
    }

    [Fact]
    public async Task Any_change_of_any_byte_of_any_file_is_found()
    {
        await WriteAsync();
        var random = Seeds.ForTest(output.WriteLine);
        foreach (var file in Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            var changed = bytes.ToArray();
            // A checksum may be written in either case: change what is not the case of a letter.
            changed[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(5));
            await File.WriteAllBytesAsync(file, changed);
            Assert.False(BagValidator.Validate(Target, CancellationToken.None).IsValid, file);
            await File.WriteAllBytesAsync(file, bytes[..^1]);
            // Of the last line of a text only the end may go.
            Assert.True(!BagValidator.Validate(Target, CancellationToken.None).IsValid || Path.GetFileName(file).StartsWith("tagmanifest", StringComparison.Ordinal), file);
            File.Delete(file);
            Assert.True(!BagValidator.Validate(Target, CancellationToken.None).IsValid || Path.GetFileName(file).StartsWith("tagmanifest", StringComparison.Ordinal), file);
            await File.WriteAllBytesAsync(file, bytes);
        }
        Assert.True(BagValidator.Validate(Target, CancellationToken.None).IsValid);
    }

    [Fact]
    public async Task Nothing_is_written_into_a_directory_that_has_something()
    {
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "mine"), "mine");
        Assert.Throws<BagExistsException>(() => BagWriter.Begin(new PosixDisk(), Target));
        Assert.Equal(["mine"], Directory.EnumerateFileSystemEntries(Target).Select(p => Path.GetFileName(p)));
    }

    [Fact]
    public async Task An_empty_directory_is_taken_and_one_that_fills_meanwhile_is_not()
    {
        Directory.CreateDirectory(Target);
        var first = BagWriter.Begin(new PosixDisk(), Target);
        await first.AddAsync("a", "a"u8.ToArray(), CancellationToken.None);
        await WriteAsync();
        Assert.Throws<BagExistsException>(() => first.Finish([]));
        Assert.True(BagValidator.Validate(Target, CancellationToken.None).IsValid);
    }

    [Fact]
    public async Task Bytes_that_are_not_the_announced_ones_are_not_taken_and_may_come_again()
    {
        var writer = BagWriter.Begin(new PosixDisk(), Target);
        var wanted = Sha256Digest.Of("good"u8);
        await Assert.ThrowsAsync<PayloadDiffersException>(() => writer.AddAsync("a", new MemoryStream("bad and longer"u8.ToArray()), wanted, CancellationToken.None));
        await writer.AddAsync("a", new MemoryStream("good"u8.ToArray()), wanted, CancellationToken.None);
        writer.Finish([]);
        Assert.Equal(4, BagValidator.Validate(Target, CancellationToken.None).PayloadBytes);
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("100%")]
    [InlineData("a\nb")]
    public async Task A_path_that_tools_read_differently_is_a_bug_of_ours(string path)
    {
        var writer = BagWriter.Begin(new PosixDisk(), Target);
        await Assert.ThrowsAsync<InvariantBrokenException>(() => writer.AddAsync(path, "a"u8.ToArray(), CancellationToken.None));
    }

    [Fact]
    public async Task What_was_interrupted_is_no_bag()
    {
        var writer = BagWriter.Begin(new PosixDisk(), Target);
        await writer.AddAsync("a", "a"u8.ToArray(), CancellationToken.None);
        Assert.False(Directory.Exists(Target));
        Assert.Contains(BagValidator.Validate(writer.PartialDirectory, CancellationToken.None).Findings, f => f.Rule == "BAG_NO_DECLARATION");
    }

    [SkippableFact]
    public async Task Bagit_python_accepts_what_we_write_and_refuses_it_after_one_more_byte()
    {
        Skip.IfNot(Run("-c", "import bagit") == 0, "bagit-python is not installed");
        await WriteAsync();
        Assert.Equal(0, Run("-m", "bagit", "--validate", Target));
        await File.AppendAllTextAsync(Path.Combine(Target, "data", "README.txt"), "x");
        Assert.Equal(1, Run("-m", "bagit", "--validate", Target));
    }

    private async Task WriteAsync()
    {
        var names = new PayloadNames();
        var writer = BagWriter.Begin(new PosixDisk(), Target);
        await writer.AddAsync("README.txt", Encoding.UTF8.GetBytes("read me"), CancellationToken.None);
        await writer.AddAsync(names.Next("delivery", "CD 1/Bla\u030a 100%.wav"), new MemoryStream(Some.Bytes(3_000_000, 7)), Sha256Digest.Of(Some.Bytes(3_000_000, 7)), CancellationToken.None);
        await writer.AddAsync(names.Next("delivery", "cd 1/blå 100%.wav"), "the other name"u8.ToArray(), CancellationToken.None);
        Assert.Equal((3, 3_000_021L), (writer.PayloadFiles, writer.PayloadBytes));
        writer.Finish([new("External-Identifier", "release-1"), new("Contact-Name", "two\nlines")]);
    }

    private static int? Run(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            _ = process.StandardOutput.ReadToEndAsync();
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
