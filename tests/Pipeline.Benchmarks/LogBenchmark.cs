using System.Diagnostics;

namespace Pipeline.Benchmarks;

/// <summary>The log fed directly, with every sync on: how many entries, how soon, and how fast it is back after a death.</summary>
internal static class LogBenchmark
{
    private const int BatchEntries = 2_000;
    private const int DurableEntries = 100_000;
    private const int FloorEntries = 60_000;
    private const int IdleRounds = 100;
    private const int LoadPerSecond = 1_000;
    private const int Unpublished = 10_000;

    private static readonly TimeSpan Sustained = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UnderLoad = TimeSpan.FromSeconds(15);

    public static IEnumerable<Row> Run()
    {
        yield return With(Durable);
        yield return With(Published);
        yield return With(Idle);
        yield return With(Loaded);
        yield return With(Recovered);
    }

    private static Row With(Func<string, Row> measure)
    {
        using var folder = new TemporaryFolder();
        return measure(folder.Path);
    }

    private static Row Durable(string folder)
    {
        using var log = new LogUnderTest(folder);
        log.Sequence(log.Made(BatchEntries));
        using var bare = new BareDisk(folder);
        return new Row(
            "log: 200-byte facts durable in their order; theirs: bare inserts", "entries/s",
            DurableEntries / Timing.Seconds(() => Batches(DurableEntries, n => log.Sequence(log.Made(n)))),
            DurableEntries / Timing.Seconds(() => Batches(DurableEntries, bare.Insert)), 25_000, MoreIsBetter: true);
    }

    private static Row Published(string folder)
    {
        using var log = new LogUnderTest(folder);
        log.Fill(BatchEntries, BatchEntries);
        var before = log.CountFiles();
        var (entries, started) = (0, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(started) < Sustained)
        {
            log.Fill(BatchEntries, BatchEntries);
            entries += BatchEntries;
        }
        var ours = entries / Stopwatch.GetElapsedTime(started).TotalSeconds;
        var files = (int)((log.CountFiles() - before) * (long)FloorEntries / entries);
        using var bare = new BareDisk(folder);
        var theirs = FloorEntries / (Timing.Seconds(() => Batches(FloorEntries, bare.Insert)) + Timing.Seconds(() => bare.WriteFiles(files)));
        return new Row(
            "log: durable and published, 60 s long; theirs: bare inserts, then as many bare files", "entries/s", ours, theirs, 10_000, MoreIsBetter: true);
    }

    private static Row Idle(string folder)
    {
        using var log = new LogUnderTest(folder);
        log.Fill(300, 1);
        using var bare = new BareDisk(folder);
        return new Row(
            "log: idle, submitted to published, p50; theirs: one SQLite commit and one file replaced", "ms",
            Timing.MedianMilliseconds(IdleRounds, () => log.Fill(1, 1)),
            Timing.MedianMilliseconds(IdleRounds, () => Step(bare, 1)), 10, MoreIsBetter: false);
    }

    private static Row Loaded(string folder)
    {
        using var log = new LogUnderTest(folder);
        log.Fill(300, 1);
        using var bare = new BareDisk(folder);
        return new Row(
            "log: 1,000 facts a second, submitted to published, p99; theirs: commits and a file replaced, p99", "ms",
            WorstOfHundred(n => log.Fill(n, n)), WorstOfHundred(n => Step(bare, n)), 250, MoreIsBetter: false);
    }

    /// <summary>Facts fall due one a millisecond, whatever the log does; each step takes all that are due, as the sequencer does.</summary>
    private static double WorstOfHundred(Action<int> step)
    {
        var (waits, started) = (new List<double>(), Stopwatch.GetTimestamp());
        int Due() => (int)(Stopwatch.GetElapsedTime(started).TotalSeconds * LoadPerSecond) - waits.Count;
        while (Stopwatch.GetElapsedTime(started) < UnderLoad)
        {
            SpinWait.SpinUntil(() => Due() > 0);
            var due = Due();
            step(due);
            var done = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            waits.AddRange(Enumerable.Range(waits.Count, due).Select(i => done - (i * 1000.0 / LoadPerSecond)));
        }
        return waits.Order().ElementAt(waits.Count * 99 / 100);
    }

    private static Row Recovered(string folder)
    {
        using (var log = new LogUnderTest(folder))
        {
            log.Fill(50_000, BatchEntries);
            Batches(Unpublished, n => log.Sequence(log.Made(n)));
        }
        var ours = Timing.Seconds(() =>
        {
            using var again = new LogUnderTest(folder);
            again.Publish();
        });
        using var bare = new BareDisk(folder);
        return new Row(
            "log: opened with 10,000 entries unpublished, to published; theirs: as many bare files", "s",
            ours, Timing.Seconds(() => bare.WriteFiles(2 * Unpublished / 256)), 2, MoreIsBetter: false);
    }

    private static void Step(BareDisk bare, int rows)
    {
        bare.Insert(rows);
        bare.Replace();
    }

    private static void Batches(int entries, Action<int> step)
    {
        for (var done = 0; done < entries; done += BatchEntries)
        {
            step(Math.Min(BatchEntries, entries - done));
        }
    }
}
