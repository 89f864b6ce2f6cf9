using System.Diagnostics;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;
using Xunit.Abstractions;
using static Pipeline.Audit.Tests.Log.SomeJournal;

namespace Pipeline.Audit.Tests.Log;

/// <summary>
/// A log grows batch by batch, a tenth of each handed in before, while others read proofs from it and check all of it: ten
/// thousand entries, and a million with <c>MP_TEST_LONG=1</c>.
/// </summary>
[Collection(Alone.Name)]
public sealed class When_a_log_grows_to_a_million_entries(ITestOutputHelper output) : IDisposable
{
    private const int Sources = 1009;
    private const int Batch = 1000;
    private const int Duplicates = Batch / 10;
    private const int ProofsPerOpening = 50;

    /// <summary>What may be alive at the end more than at a tenth of the way, checkers at work included.</summary>
    private const long MostGrowthBytes = 64 * 1024 * 1024;

    private static readonly int Entries = Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1" ? 1_000_000 : 10_000;

    private readonly LogScratch _scratch = new();
    private readonly LogDatabase _database = LogDatabase.Create("sqlite");
    private readonly NoteSigner _signer = NoteSigner.FromSeed(Origin, Some.Bytes(32, 5));
    private long _proofs;
    private long _checks;

    private string Directory => Path.Combine(_scratch.Path, "log");

    public void Dispose()
    {
        _database.Dispose();
        _signer.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task No_number_is_left_out_readers_find_it_whole_at_every_moment_and_memory_stays_flat()
    {
        var random = Seeds.ForTest(output.WriteLine);
        using var store = _database.Store();
        var epoch = store.TakeOver(Origin);
        var publisher = new Publisher(new PosixDisk(), Directory, store, epoch, _signer);
        Grow(store, publisher, epoch, 0, random);
        var proving = new Random(random.Next());
        using var ended = new CancellationTokenSource();
        Task[] readers = [Reader(() => Prove(proving, ended.Token)), Reader(() => CheckAll(ended.Token))];

        var (clock, alive) = (Stopwatch.StartNew(), new List<long>());
        for (var from = Batch; from < Entries && !readers.Any(r => r.IsFaulted); from += Batch)
        {
            Grow(store, publisher, epoch, from, random);
            if ((from + Batch) % (Entries / 10) == 0)
            {
                BothReadAgain(readers);
                alive.Add(GC.GetTotalMemory(forceFullCollection: true));
                output.WriteLine($"{from + Batch:N0} entries after {clock.Elapsed.TotalSeconds:F0} s; alive {alive[^1] / 1048576.0:F1} MiB, resident {Environment.WorkingSet / 1048576.0:F0} MiB; {_proofs:N0} proofs, {_checks:N0} checks");
            }
        }
        await ended.CancelAsync();
        await Task.WhenAll(readers);

        Assert.Empty(store.ParkedSources());
        Assert.Equal(Entries, store.ReadHead().Size);
        Assert.Equal(Entries, Check().Size);
        Assert.True(_proofs > 0 && _checks > 0, "nobody read");
        Assert.True(alive[^1] - alive[0] <= MostGrowthBytes, $"memory grew: {string.Join(", ", alive)}");
        var files = new DirectoryInfo(Directory).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        var database = _database.SizeBytes;
        output.WriteLine($"{Entries:N0} entries, of {Entries + (Entries / 10):N0} facts handed in: {files.Sum(f => f.Length) / (double)Entries:F1} bytes per entry in {files.Count:N0} files, {database / (double)Entries:F1} in the database");
    }

    /// <summary>One batch, with facts among it that were handed in before, some of them in this very batch.</summary>
    private static void Grow(SequencerStore store, Publisher publisher, long epoch, int from, Random random)
    {
        var batch = SomeFacts(Batch, Sources, from).ToList();
        for (var i = 0; i < Duplicates; i++)
        {
            batch.Insert(random.Next(batch.Count + 1), SomeFacts(1, Sources, random.Next(from + 1))[0]);
        }
        var sequenced = Assert.IsType<SequenceResult.Sequenced>(store.Sequence(epoch, batch, from + Batch));
        Assert.Equal((from, Batch), (sequenced.FirstIndex, sequenced.Count));
        Assert.IsType<PublishResult.Published>(publisher.Publish());
    }

    /// <summary>
    /// The log stands still at this size until each reader has ended a round: a busy machine may give a reader no turn at
    /// all while a short log grows.
    /// </summary>
    private void BothReadAgain(Task[] readers)
    {
        var (proofs, checks) = (Interlocked.Read(ref _proofs), Interlocked.Read(ref _checks));
        SpinWait.SpinUntil(() => (Interlocked.Read(ref _proofs) > proofs && Interlocked.Read(ref _checks) > checks) || readers.Any(r => r.IsFaulted));
    }

    /// <summary>On a thread of its own: the runner may hold every thread of a small machine's pool.</summary>
    private static Task Reader(Action read) =>
        Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Prove(Random random, CancellationToken ended)
    {
        var files = new LogDirectory(Directory);
        while (!ended.IsCancellationRequested)
        {
            var prover = LogProver.Open(files, _signer.VerifierKey);
            for (var i = 0; i < ProofsPerOpening; i++)
            {
                var proven = prover.Prove(random.NextInt64(prover.Checkpoint.Size));
                Assert.IsType<ProofVerdict.Proven>(proven.Proof.Verify(proven.Entry.Span, _signer.VerifierKey));
                Interlocked.Increment(ref _proofs);
            }
        }
    }

    private void CheckAll(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            Check();
            Interlocked.Increment(ref _checks);
        }
    }

    private FsckReport Check()
    {
        var report = Fsck.Run(new LogDirectory(Directory), new FsckOptions { LogKey = _signer.VerifierKey, Parallelism = 1 });
        Assert.True(report.IsClean, string.Join("; ", report.Defects));
        return report;
    }
}
