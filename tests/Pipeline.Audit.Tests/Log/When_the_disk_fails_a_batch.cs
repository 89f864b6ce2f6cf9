using Pipeline.Audit.Log;
using Pipeline.Tests.Support;
using Xunit.Abstractions;
using static Pipeline.Audit.Tests.Log.SomeJournal;

namespace Pipeline.Audit.Tests.Log;

/// <summary>
/// A process sequences and publishes one batch on a real disk and a real database, and one of its system calls is answered
/// with EIO, or with the death of the process. A few by the seed, and every one with <c>MP_TEST_LONG=1</c>.
/// </summary>
public sealed class When_the_disk_fails_a_batch(ITestOutputHelper output) : IDisposable
{
    /// <summary>In the default form.</summary>
    private const int Sample = 4;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1";

    private readonly LogScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Before => Path.Combine(_scratch.Path, "before");

    private string Subject => Path.Combine(_scratch.Path, "subject");

    private string Trace => Path.Combine(_scratch.Path, "trace");

    [SkippableTheory, InlineData("error=EIO"), InlineData("signal=KILL")]
    public void The_next_run_finishes_it_and_no_fact_is_lost_or_in_the_log_twice(string fault)
    {
        StraceProgram.Require();
        Directory.CreateDirectory(Before);
        Assert.IsType<PublishResult.Published>(OneBatch.Run(Before, OneBatch.SizeBefore));
        Restore();
        var calls = TracedBatch.Record(Subject, Trace);
        RequireWhole("no fault");
        foreach (var call in new[] { "openat", "link", "rename", "fsync", "fdatasync", "pwrite64" })
        {
            Assert.Contains(calls, c => c.Call == call);
        }
        var random = Seeds.ForTest(output.WriteLine, fault.Length);
        IReadOnlyList<TracedCall> tried = IsLong ? calls : random.GetItems(calls.ToArray(), Sample);
        foreach (var call in tried)
        {
            Restore();
            Assert.True(TracedBatch.RunWith(call, fault, Subject, Trace), $"{call} was never met");
            RequireSafe(call);
            Assert.IsType<PublishResult.Published>(OneBatch.Run(Subject, OneBatch.SizeAfter));
            RequireWhole($"{call}, {fault}");
        }
        output.WriteLine($"{fault}: {tried.Count} of {calls.Count} calls: {string.Join(", ", tried.CountBy(c => c.Call).Select(c => $"{c.Value} {c.Key}"))}");
    }

    private void Restore()
    {
        if (Directory.Exists(Subject))
        {
            Directory.Delete(Subject, recursive: true);
        }
        foreach (var file in Directory.EnumerateFiles(Before, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Subject, Path.GetRelativePath(Before, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        Directory.CreateDirectory(Path.Combine(OneBatch.LogOf(Subject), ".tmp"));
    }

    /// <summary>What is shown between the fault and the next run is the old log or the new one, whole.</summary>
    private void RequireSafe(TracedCall call)
    {
        var report = Check();
        Assert.True(report.IsClean, $"after {call}: {string.Join("; ", report.Defects)}");
        Assert.Contains(report.Size, new long[] { OneBatch.SizeBefore, OneBatch.SizeAfter });
    }

    private void RequireWhole(string after)
    {
        using var source = OneBatch.DatabaseOf(Subject);
        using var store = OneBatch.StoreOf(source);
        RequireClean(store);
        Assert.Equal(OneBatch.SizeAfter, store.ReadHead().Size);
        var report = Check();
        Assert.True(report.IsClean, $"after {after}: {string.Join("; ", report.Defects)}");
        Assert.Equal(OneBatch.SizeAfter, report.Size);
    }

    private FsckReport Check() =>
        Fsck.Run(new LogDirectory(OneBatch.LogOf(Subject)), new FsckOptions { LogKey = OneBatch.Signer.VerifierKey });
}
