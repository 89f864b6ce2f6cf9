using System.Collections.Concurrent;
using System.Globalization;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;
using Xunit.Abstractions;
using static Pipeline.Audit.Tests.Log.SomeJournal;

namespace Pipeline.Audit.Tests.Log;

/// <summary>
/// What a cluster without a lease may come to: several nodes that all believe they are the one sequencer, on one database
/// and one log directory. The swap of the head alone decides.
/// </summary>
public sealed class When_several_sequencers_are_alive(ITestOutputHelper output) : IDisposable
{
    private const int Sequencers = 3;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1";
    private static readonly int Rounds = IsLong ? 300 : 8;
    private static readonly int Facts = IsLong ? 20_000 : 1_200;

    private readonly LogScratch _scratch = new();
    private readonly PosixDisk _disk = new();
    private readonly NoteSigner _signer = NoteSigner.FromSeed(Origin, Some.Bytes(32, 3));

    public static TheoryData<string> Kinds => LogDatabase.Kinds;

    public void Dispose()
    {
        _scratch.Dispose();
        _signer.Dispose();
    }

    private string Directory => Path.Combine(_scratch.Path, "log");

    private Publisher NewPublisher(SequencerStore store, long epoch) => new(_disk, Directory, store, epoch, _signer);

    /// <summary>In each round all have taken over, one after the other, and then all sequence and publish at once.</summary>
    [SkippableTheory, MemberData(nameof(Kinds))]
    public async Task Exactly_one_wins_each_swap_and_the_losers_write_nothing(string kind)
    {
        using var database = LogDatabase.Create(kind);
        var (size, shown) = (0, new List<Checkpoint>());
        for (var round = 1; round <= Rounds; round++)
        {
            var stores = Enumerable.Range(0, Sequencers).Select(_ => database.Store()).ToList();
            var epochs = await Task.WhenAll(stores.Select(store => Task.Run(() => store.TakeOver(Origin))));
            Assert.Equal(Sequencers, epochs.Distinct().Count());

            // Each hands in another batch, so that the log itself says who wrote.
            var tail = size;
            var sequenced = await Task.WhenAll(stores.Select((store, i) => Task.Run(() => store.Sequence(epochs[i], SomeFacts(30 + i, from: tail), tail + 30 + i))));
            var winner = Array.IndexOf(epochs, epochs.Max());
            Assert.All(sequenced.Select((result, i) => (result, i)), at => Assert.Equal(
                at.i == winner ? typeof(SequenceResult.Sequenced) : typeof(SequenceResult.Fenced), at.result.GetType()));
            size += 30 + winner;
            Assert.Equal(size, stores[winner].ReadHead().Size);

            var published = await Task.WhenAll(stores.Select((store, i) => Task.Run(() => NewPublisher(store, epochs[i]).Publish())));
            Assert.All(published.Where((_, i) => i != winner), result => Assert.IsType<PublishResult.Fenced>(result));
            shown.Add(Assert.IsType<PublishResult.Published>(published[winner]).Checkpoint);
            Assert.Equal(size, shown[^1].Size);
            stores.ForEach(store => store.Dispose());
        }
        using var after = database.Store();
        RequireWhole(after, size, shown);
    }

    /// <summary>Nobody waits for anybody: take-overs fall between a reading, a swap, a tile, and a checkpoint of others.</summary>
    [SkippableTheory, MemberData(nameof(Kinds))]
    public async Task Whatever_they_do_to_each_other_every_fact_is_in_the_log_once_and_everything_shown_is_proven(string kind)
    {
        using var database = LogDatabase.Create(kind);
        var journal = SomeFacts(Facts);
        var seed = Seeds.ForTest(output.WriteLine).Next();
        var (shown, count, fenced) = (new ConcurrentBag<Checkpoint>(), 0, 0);
        using (var first = database.Store())
        {
            first.TakeOver(Origin);
        }

        await Task.WhenAll(Enumerable.Range(0, Sequencers).Select(i => Task.Run(() => Live(new Random(seed + i)))));

        using var after = database.Store();
        NewPublisher(after, after.TakeOver(Origin)).Publish();
        output.WriteLine($"{kind}: {Facts:N0} facts by {after.ReadHead().Epoch:N0} sequencers, {fenced:N0} times fenced, {shown.Count:N0} times published");
        Assert.Equal(Facts, count);
        Assert.True(fenced > Sequencers && !shown.IsEmpty, "there was no fight");
        RequireWhole(after, Facts, [.. shown]);

        void Live(Random random)
        {
            while (true)
            {
                using var store = database.Store();
                var epoch = store.TakeOver(Origin);
                var publisher = NewPublisher(store, epoch);
                for (var lost = false; !lost;)
                {
                    var tail = (int)store.ReadHead().Tail;
                    if (tail == Facts)
                    {
                        return;
                    }
                    var batch = random.Next(1, 50);
                    var result = store.Sequence(epoch, [.. journal.Skip(tail).Take(batch)], Math.Min(Facts, tail + batch));
                    Interlocked.Add(ref count, result is SequenceResult.Sequenced { Count: var added } ? added : 0);
                    lost = result is SequenceResult.Fenced || (random.Next(3) > 0 && !Publish(publisher, store, epoch));
                }
                Interlocked.Increment(ref fenced);
                // Who has lost stays so, whatever it is asked to do; and is back when the others have come some way, or at once.
                Assert.IsType<SequenceResult.Fenced>(store.Sequence(epoch, [Fact("a loser", 1)], long.MaxValue));
                Assert.NotEqual(typeof(PublishResult.Published), PublishOrNull(publisher, store, epoch)?.GetType());
                for (var until = store.ReadHead().Size + random.Next(150); store.ReadHead().Size is var size && size < until && size < Facts;)
                {
                    Thread.Yield();
                }
            }
        }

        bool Publish(Publisher publisher, SequencerStore store, long epoch)
        {
            switch (PublishOrNull(publisher, store, epoch))
            {
                case PublishResult.Published published:
                    shown.Add(published.Checkpoint);
                    return true;
                case PublishResult.Busy:
                    return true;
                case PublishResult.Halted halted:
                    throw new InvalidOperationException(halted.Cause);
                default:
                    return false;
            }
        }
    }

    /// <summary>Null when the disk refused, which only the younger one's clearing up may cause.</summary>
    private static PublishResult? PublishOrNull(Publisher publisher, SequencerStore store, long epoch)
    {
        try
        {
            return publisher.Publish();
        }
        catch (IOException lostItsTemporaryFile)
        {
            Assert.True(store.ReadHead().Epoch > epoch, lostItsTemporaryFile.ToString());
            return null;
        }
    }

    private void RequireWhole(SequencerStore store, int size, IReadOnlyCollection<Checkpoint> shown)
    {
        RequireClean(store);
        Assert.Equal(size, store.ReadHead().Size);
        var report = Fsck.Run(new LogDirectory(Directory), new FsckOptions { LogKey = _signer.VerifierKey });
        Assert.True(report.IsClean, string.Join("; ", report.Defects));
        Assert.Equal(size, report.Size);
        var history = File.ReadAllLines(Path.Combine(Directory, LogLayout.History)).Select(line => long.Parse(line, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(history.Distinct().Order(), history);
        Assert.Subset(history.ToHashSet(), shown.Select(s => s.Size).ToHashSet());
        var (tree, tiles) = (new CompactRange(), new TileReader(new LogDirectory(Directory), size));
        var roots = new List<Sha256Digest> { tree.Root() };
        for (var index = 0; index < size; index++)
        {
            tree.Append(MerkleTree.LeafHash(tiles.Entry(index).Span));
            roots.Add(tree.Root());
        }
        Assert.All(shown, checkpoint => Assert.Equal(roots[(int)checkpoint.Size], checkpoint.Root));
    }
}
