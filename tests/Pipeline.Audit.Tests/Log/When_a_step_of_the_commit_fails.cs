using System.Data.Common;
using Microsoft.Data.Sqlite;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;
using Xunit.Abstractions;
using static Pipeline.Audit.Tests.Log.SomeJournal;

namespace Pipeline.Audit.Tests.Log;

/// <summary>
/// Every call to the database and to the disk that it takes to sequence and publish, from opening over swap, inserts, commit
/// and tiles to the checkpoint's replacement: it fails; it fails although it was done; the machine stays broken until mended.
/// Each kind of step and one in twelve of all by the seed, and all with <c>MP_TEST_LONG=1</c>.
/// </summary>
public sealed class When_a_step_of_the_commit_fails(ITestOutputHelper output)
{
    private const string Root = "/data/log";
    private const int MostFailures = 3;

    /// <summary>What is tried in every run.</summary>
    private static readonly string[] Parts =
    [
        "UPDATE log_head SET epoch", "UPDATE log_head SET size", "INSERT INTO log_entry", "INSERT INTO log_full_tile", "COMMIT", "link /data/log/tile",
        "INSERT INTO log_checkpoint", "sync /data/log/history", "rename /data/log/.tmp", "UPDATE log_head SET published_size",
    ];

    /// <summary>Within a tile, to its edge, over it.</summary>
    private static readonly int[] Growth = [2, 256, 258];

    private static readonly int StepsApart = Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1" ? 1 : 12;
    private static readonly NoteSigner Signer = NoteSigner.FromSeed(Origin, Some.Bytes(32, 7));

    [Theory, InlineData(FaultKind.Fails), InlineData(FaultKind.FailsButPersists), InlineData(FaultKind.StaysDown)]
    public void It_is_done_again_to_the_end_and_no_fact_is_lost_or_in_the_log_twice(FaultKind kind)
    {
        var random = Seeds.ForTest(output.WriteLine, (int)kind);
        var unhindered = new OneFault(kind, int.MaxValue);
        Run(unhindered, kind);
        var steps = unhindered.Steps;
        var phase = random.Next(StepsApart);
        var tried = Enumerable.Range(0, steps.Count).Where(i => i % StepsApart == phase).Union(Parts.SelectMany(part => Of(part, steps, random))).ToList();
        foreach (var step in tried)
        {
            var fault = new OneFault(kind, step + 1);
            Run(fault, kind);
            Assert.Equal(steps[step], fault.Met);
        }
        output.WriteLine($"{tried.Count} of {steps.Count} steps went wrong");
    }

    /// <summary>Of a part of the commit one step, of the commits themselves each.</summary>
    private static int[] Of(string part, IReadOnlyList<string> steps, Random random)
    {
        int[] all = [.. Enumerable.Range(0, steps.Count).Where(i => steps[i].StartsWith(part, StringComparison.Ordinal))];
        Assert.True(all.Length > 0, $"there is no step '{part}'");
        return part == "COMMIT" ? all : [all[random.Next(all.Length)]];
    }

    private static void Run(OneFault fault, FaultKind kind)
    {
        using var subject = new Subject(fault, kind);
        foreach (var size in Growth)
        {
            for (var failures = 0; !subject.TryGrow(size); failures++)
            {
                Assert.True(failures < MostFailures, $"{fault.Met}: it does not come to an end");
            }
        }
        fault.Mend();
        subject.RequireWhole();
    }

    /// <summary>One log with its database in memory, and who sequences and publishes it: does what failed again, and takes over where it must.</summary>
    private sealed class Subject : IDisposable
    {
        private static int _count;

        private readonly OneFault _fault;
        private readonly FaultKind _kind;
        private readonly DbDataSource _database;
        private readonly DbConnection _keepsItAlive;
        private readonly SequencerStore _store;
        private readonly SimulatedDisk _disk = new();
        private readonly List<Checkpoint> _shown = [];
        private int _draws;
        private long? _epoch;
        private Publisher? _publisher;

        public Subject(OneFault fault, FaultKind kind)
        {
            (_fault, _kind) = (fault, kind);
            _database = SqliteFactory.Instance.CreateDataSource($"Data Source=step{Interlocked.Increment(ref _count)};Mode=Memory;Cache=Shared");
            _keepsItAlive = _database.OpenConnection();
            _store = new SequencerStore(new FaultyDatabase(_database, fault), SqlDialect.Sqlite, count => Some.Bytes(count, ++_draws));
            _disk.MakeDirectory("/data");
        }

        public bool TryGrow(int size)
        {
            try
            {
                if (_epoch is not { } epoch)
                {
                    epoch = _store.TakeOver(Origin);
                    _publisher = new Publisher(new FaultyDisk(_disk, _fault), Root, _store, epoch, Signer, parallelism: 1);
                    _epoch = epoch;
                }
                switch (_store.Sequence(epoch, SomeFacts(size), size))
                {
                    case SequenceResult.Ambiguous:
                        RequireStopped(size);
                        return false;
                    case var result:
                        Assert.IsType<SequenceResult.Sequenced>(result);
                        break;
                }
                _shown.Add(Assert.IsType<PublishResult.Published>(_publisher!.Publish()).Checkpoint);
                return true;
            }
            catch (Exception failed) when (failed is FaultyDatabaseException or IOException)
            {
                if (_kind == FaultKind.StaysDown)
                {
                    RequireStopped(size);
                }
                return false;
            }
        }

        /// <summary>Between a failed reload and the next one that succeeds nothing is sequenced.</summary>
        private void RequireStopped(int size)
        {
            if (_kind == FaultKind.StaysDown)
            {
                Assert.Throws<FaultyDatabaseException>(() => _store.TakeOver(Origin));
            }
            Assert.IsType<SequenceResult.Fenced>(_store.Sequence(_epoch ?? 1, SomeFacts(size), size));
            _fault.Mend();
            _epoch = null;
        }

        public void RequireWhole()
        {
            RequireClean(_store);
            Assert.Equal(Growth[^1], _store.ReadHead().Size);
            Assert.Null(SmallFsck.Problem(_disk, Root, Signer.VerifierKey, _shown));
            var report = Fsck.Run(new SimulatedLogFiles(_disk, Root), new FsckOptions { LogKey = Signer.VerifierKey, Parallelism = 1 });
            Assert.True(report.IsClean, $"{_fault.Met}: {string.Join("; ", report.Defects)}");
        }

        public void Dispose()
        {
            _store.Dispose();
            _keepsItAlive.Dispose();
            _database.Dispose();
        }
    }
}
