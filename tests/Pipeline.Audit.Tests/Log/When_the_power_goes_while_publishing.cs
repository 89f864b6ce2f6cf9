using Microsoft.Data.Sqlite;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;
using Xunit.Abstractions;
using static Pipeline.Audit.Tests.Log.SomeJournal;

namespace Pipeline.Audit.Tests.Log;

/// <summary>
/// The files of the log on a disk that keeps only what was synced; the database is kept, as its own commits promise. At
/// every step of the publisher the power goes, then it runs again to its end.
/// </summary>
public sealed class When_the_power_goes_while_publishing(ITestOutputHelper output)
{
    private const string Root = "/data/log";
    private const int MinimumPoints = 3000;
    private const int StatesPerStep = 24;

    /// <summary>Sizes published one after the other: within a tile, to its edge, over it, twice the same.</summary>
    private static readonly int[] Growth = [2, 255, 256, 256, 258];

    private static readonly NoteSigner Signer = NoteSigner.FromSeed(Origin, Enumerable.Repeat((byte)7, 32).ToArray());

    /// <summary>One log with its database in memory, and what it has shown to anybody.</summary>
    private sealed class Subject : IDisposable
    {
        private static int _count;
        private readonly System.Data.Common.DbDataSource _source;
        private readonly SqliteConnection _keepsItAlive;
        private readonly SequencerStore _store;
        private int _sequenced;

        public Subject()
        {
            _source = SqliteFactory.Instance.CreateDataSource(
                $"Data Source=publish{Interlocked.Increment(ref _count)};Mode=Memory;Cache=Shared");
            _keepsItAlive = (SqliteConnection)_source.OpenConnection();
            _store = new SequencerStore(_source, SqlDialect.Sqlite, Seeded.Bytes);
        }

        /// <summary>What the caller of the publisher was told, or the database says to whoever asks over HTTP.</summary>
        public List<Checkpoint> Shown { get; } = [];

        /// <summary>Another log in the same state, to go on with after another state of the disk.</summary>
        public Subject Copy()
        {
            var copy = new Subject { _sequenced = _sequenced };
            _keepsItAlive.BackupDatabase(copy._keepsItAlive);
            copy.Shown.AddRange(Shown);
            return copy;
        }

        /// <summary>Runs the whole growth from where it stands; false when the power went.</summary>
        public bool Run(IDisk disk, Func<bool> ended)
        {
            try
            {
                var epoch = _store.TakeOver(Origin);
                var publisher = new Publisher(disk, Root, _store, epoch, Signer, parallelism: 1);
                foreach (var size in Growth.SkipWhile(size => size < _sequenced).Prepend(_sequenced))
                {
                    Assert.IsType<SequenceResult.Sequenced>(_store.Sequence(epoch, SomeFacts(size), size));
                    _sequenced = size;
                    Shown.Add(Assert.IsType<PublishResult.Published>(publisher.Publish()).Checkpoint);
                    Assert.Null(SmallFsck.TornHistory(disk, Root));
                }
                return true;
            }
            catch (SimulatedPowerLossException)
            {
                return ended();
            }
        }

        public void Dispose()
        {
            _store.Dispose();
            _keepsItAlive.Dispose();
            _source.Dispose();
        }
    }

    private static class Seeded
    {
        private static int _draw;

        public static byte[] Bytes(int count)
        {
            var bytes = new byte[count];
            new Random(Interlocked.Increment(ref _draw)).NextBytes(bytes);
            return bytes;
        }
    }

    private static SimulatedDisk NewDisk()
    {
        var disk = new SimulatedDisk();
        disk.MakeDirectory("/data");
        disk.SyncDirectory("/");
        return disk;
    }

    /// <summary>The power goes at one step; the first broken promise in each of some states afterwards.</summary>
    private static (List<string> Broken, bool Finished) TryStep(
        long step, Random random, Func<SyncKind, string, bool> ignore, bool dieFirst, int states)
    {
        using var subject = new Subject();
        var disk = NewDisk();
        disk.IgnoreSync = ignore;
        disk.CrashAt(disk.Steps + step);
        var finished = subject.Run(disk, () => false);
        if (dieFirst && !finished)
        {
            subject.Run(disk.AfterProcessDeath(), NothingCrashesTwice);
        }
        var broken = new List<string>();
        for (var state = 0; state < states; state++)
        {
            var after = disk.AfterPowerLoss(state == 0 ? null : random);
            using var copy = subject.Copy();
            if (Broken(copy, after) is { } wrong)
            {
                broken.Add($"step {step}: {wrong}");
            }
        }
        return (broken, finished);
    }

    private static string? Broken(Subject subject, SimulatedDisk after)
    {
        if (SmallFsck.Problem(after, Root, Signer.VerifierKey, subject.Shown) is { } lost)
        {
            return lost;
        }
        try
        {
            subject.Run(after, NothingCrashesTwice);
        }
        catch (Exception stuck) when (stuck is Xunit.Sdk.XunitException or IOException)
        {
            return $"the second run: {stuck.Message}";
        }
        var report = Fsck.Run(
            new SimulatedLogFiles(after, Root), new FsckOptions { LogKey = Signer.VerifierKey, Parallelism = 1 });
        return report.IsClean
            ? SmallFsck.Problem(after, Root, Signer.VerifierKey, subject.Shown)
            : $"fsck after the second run: {string.Join("; ", report.Defects)}";
    }

    private static bool NothingCrashesTwice() => throw new InvalidOperationException("nothing crashes twice");

    private static (int Points, List<string> Broken) TryAll(
        Random random, Func<SyncKind, string, bool> ignore, bool dieFirst, int states, int stopAt = int.MaxValue)
    {
        var points = 0;
        var broken = new List<string>();
        for (var step = 1L; ; step++)
        {
            var (wrong, finished) = TryStep(step, random, ignore, dieFirst, states);
            points += states;
            broken.AddRange(wrong);
            if (finished || broken.Count >= stopAt)
            {
                return (points, broken);
            }
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Every_checkpoint_ever_shown_stays_provable_and_a_second_run_finishes(bool dieFirst)
    {
        var (points, broken) = TryAll(
            Seeds.ForTest(output.WriteLine), (_, _) => false, dieFirst, dieFirst ? 5 : StatesPerStep);
        output.WriteLine($"{points} power-loss points");
        Assert.Empty(broken);
        Assert.True(dieFirst || points >= MinimumPoints, $"only {points} points");
    }

    /// <summary>
    /// Each sync of the publisher, left out, is seen: by a lost or damaged checkpoint, or by a second run that meets files
    /// it cannot explain.
    /// </summary>
    [Theory]
    [InlineData(SyncKind.FileData, Root + "/.tmp/*", false)]
    [InlineData(SyncKind.FileData, Root + "/history", false)]
    [InlineData(SyncKind.Directory, Root + "/tile/0/000.p", false)]
    [InlineData(SyncKind.Directory, Root + "/tile/0/001.p", true)]
    [InlineData(SyncKind.Directory, Root + "/tile/entries/000.p", false)]
    [InlineData(SyncKind.Directory, Root + "/tile/0", false)]
    [InlineData(SyncKind.Directory, Root + "/tile/entries", false)]
    [InlineData(SyncKind.Directory, Root + "/tile/1/000.p", false)]
    [InlineData(SyncKind.Directory, Root + "/tile/1", false)]
    [InlineData(SyncKind.Directory, Root + "/tile", false)]
    [InlineData(SyncKind.Directory, Root, false)]
    [InlineData(SyncKind.Directory, Root, true)]
    [InlineData(SyncKind.Directory, "/data", false)]
    public void Leaving_out_any_one_sync_is_seen(SyncKind kind, string where, bool dieFirst)
    {
        var (_, broken) = TryAll(
            Seeds.ForTest(output.WriteLine),
            (k, path) => k == kind && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(where, path, ignoreCase: false)
                && path.Count(c => c == '/') == where.Count(c => c == '/'),
            dieFirst, states: 3, stopAt: 1);
        Assert.NotEmpty(broken);
    }
}
