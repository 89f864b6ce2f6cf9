using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using static Pipeline.Audit.Tests.Log.SomeJournal;

namespace Pipeline.Audit.Tests.Log;

/// <summary>The publisher on the real disk, judged by the product's own fsck.</summary>
public sealed class PublisherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mp-publish-").FullName;
    private readonly LogDatabase _database = LogDatabase.Create("sqlite");
    private readonly PosixDisk _disk = new();
    private readonly NoteSigner _signer = NoteSigner.FromSeed(Origin, Enumerable.Repeat((byte)9, 32).ToArray());
    private readonly SequencerStore _store;
    private readonly long _epoch;

    public PublisherTests()
    {
        _store = _database.Store();
        _epoch = _store.TakeOver(Origin);
    }

    private string Log => Path.Combine(_folder, "log");

    public void Dispose()
    {
        _store.Dispose();
        _database.Dispose();
        _signer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Publisher NewPublisher(string? log = null) => new(_disk, log ?? Log, _store, _epoch, _signer);

    private void Grow(int size) => Assert.IsType<SequenceResult.Sequenced>(_store.Sequence(_epoch, SomeFacts(size), size));

    private void RequireSound(string log)
    {
        var report = Fsck.Run(new LogDirectory(log), new FsckOptions { LogKey = _signer.VerifierKey });
        Assert.True(report.IsClean, string.Join("; ", report.Defects));
        Assert.Equal(_store.ReadHead().Size, report.Size);
    }

    [Fact]
    public void Every_size_published_is_sound_and_partials_go_when_their_full_file_is_there()
    {
        var publisher = NewPublisher();
        foreach (var size in new[] { 0, 1, 2, 255, 256, 300, 300, 1000, 70_000 })
        {
            Grow(size);
            var published = Assert.IsType<PublishResult.Published>(publisher.Publish());
            Assert.Equal(size, published.Checkpoint.Size);
            Assert.Equal(published.Note, File.ReadAllBytes($"{Log}/checkpoint"));
            Assert.Equal(published.Note, _store.LatestCheckpoint()!.Note);
            Assert.Equal(size, _store.ReadHead().PublishedSize);
            RequireSound(Log);
        }
        Assert.Equal("0\n1\n2\n255\n256\n300\n1000\n70000\n", File.ReadAllText($"{Log}/history"));
        Assert.Equal(_signer.VerifierKey.Vkey + "\n", File.ReadAllText($"{Log}/vkey"));
        Assert.Empty(Directory.GetFiles($"{Log}/tile/entries/000.p"));
        Assert.Empty(Directory.GetFiles($"{Log}/.tmp"));
    }

    [Fact]
    public void Whoever_is_overtaken_between_its_looks_at_database_and_checkpoint_is_fenced_and_halts_nothing()
    {
        Grow(5);
        Assert.IsType<PublishResult.Published>(NewPublisher().Publish());
        var overtaken = 0;
        void Overtake(string step)
        {
            if (!step.EndsWith("/checkpoint", StringComparison.Ordinal) || overtaken++ > 0)
            {
                return;
            }
            using var store = _database.Store();
            var epoch = store.TakeOver(Origin);
            Assert.IsType<SequenceResult.Sequenced>(store.Sequence(epoch, [.. SomeFacts(9).Skip(5)], 9));
            Assert.IsType<PublishResult.Published>(new Publisher(_disk, Log, store, epoch, _signer).Publish());
        }
        var slow = new FaultyDisk(_disk, new OneFault(FaultKind.Fails, at: 0) { Before = Overtake });

        Assert.IsType<PublishResult.Fenced>(new Publisher(slow, Log, _store, _epoch, _signer).Publish());

        Assert.True(overtaken > 0, "nobody was overtaken");
        RequireSound(Log);
    }

    [Fact]
    public void A_lost_directory_is_written_again_with_every_size_ever_shown()
    {
        foreach (var size in new[] { 10, 300, 310, 320 })
        {
            Grow(size);
            Assert.IsType<PublishResult.Published>(NewPublisher().Publish());
        }
        Grow(330);
        var elsewhere = Path.Combine(_folder, "restored");
        Assert.IsType<PublishResult.Published>(NewPublisher(elsewhere).Publish());
        RequireSound(elsewhere);
        Assert.True(File.Exists($"{elsewhere}/tile/entries/001.p/{310 - 256}"));
    }

    [Fact]
    public void A_tile_with_other_bytes_halts_and_keeps_both()
    {
        Grow(10);
        Directory.CreateDirectory($"{Log}/tile/0/000.p");
        File.WriteAllText($"{Log}/tile/0/000.p/10", "something else");
        var halted = Assert.IsType<PublishResult.Halted>(NewPublisher().Publish());
        Assert.Contains("tile/0/000.p/10", halted.Cause, StringComparison.Ordinal);
        Assert.Equal(320, new FileInfo(halted.EvidencePath).Length);
        Assert.Equal("something else", File.ReadAllText($"{Log}/tile/0/000.p/10"));
        Assert.False(File.Exists($"{Log}/checkpoint"));
        Assert.Null(_store.LatestCheckpoint());
    }

    [Fact]
    public void A_checkpoint_beyond_the_database_halts()
    {
        Grow(10);
        NewPublisher().Publish();
        File.WriteAllBytes($"{Log}/checkpoint", new Checkpoint(Origin, 11, MerkleTree.LeafHash("x"u8)).Sign(_signer).Format());
        Assert.IsType<PublishResult.Halted>(NewPublisher().Publish());
    }

    [Fact]
    public void Another_root_at_a_size_that_was_shown_halts()
    {
        Grow(10);
        NewPublisher().Publish();
        File.WriteAllBytes($"{Log}/checkpoint", new Checkpoint(Origin, 10, MerkleTree.LeafHash("x"u8)).Sign(_signer).Format());
        Assert.IsType<PublishResult.Halted>(NewPublisher().Publish());
    }

    [Fact]
    public void A_history_that_shows_more_than_the_database_knows_halts()
    {
        Grow(10);
        NewPublisher().Publish();
        File.AppendAllText($"{Log}/history", "12\n");
        Grow(11);
        var halted = Assert.IsType<PublishResult.Halted>(NewPublisher().Publish());
        Assert.Contains("12", halted.Cause, StringComparison.Ordinal);
    }

    [Theory, InlineData("3\0\0"), InlineData("3\0\0\n")]
    public void A_torn_end_of_the_history_is_written_again(string torn)
    {
        Grow(10);
        NewPublisher().Publish();
        Grow(300);
        NewPublisher().Publish();
        File.WriteAllText($"{Log}/history", "10\n" + torn);
        Assert.IsType<PublishResult.Published>(NewPublisher().Publish());
        Assert.Equal("10\n300\n", File.ReadAllText($"{Log}/history"));
    }

    [Fact]
    public void A_fenced_publisher_shows_nothing()
    {
        var publisher = NewPublisher();
        Grow(10);
        publisher.Publish();
        Grow(20);
        using var young = _database.Store();
        young.TakeOver(Origin);
        Assert.IsType<PublishResult.Fenced>(publisher.Publish());
        Assert.Equal(10, _store.LatestCheckpoint()!.Size);
    }

    [Fact]
    public void While_another_process_publishes_the_checkpoint_stays_and_later_it_goes_on()
    {
        var publisher = NewPublisher();
        Grow(10);
        publisher.Publish();
        Grow(20);
        using (_disk.TryLock($"{Log}/.publish.lock"))
        {
            Assert.IsType<PublishResult.Busy>(publisher.Publish());
            Assert.Contains("\n10\n", File.ReadAllText($"{Log}/checkpoint"), StringComparison.Ordinal);
        }
        Assert.Equal(20, Assert.IsType<PublishResult.Published>(publisher.Publish()).Checkpoint.Size);
        RequireSound(Log);
    }
}
