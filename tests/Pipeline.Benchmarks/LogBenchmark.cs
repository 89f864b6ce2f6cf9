using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;

namespace Pipeline.Benchmarks;

/// <summary>The log fed directly, with every sync on: how many entries, how soon, and how fast a whole log is checked.</summary>
internal static class LogBenchmark
{
    private const string Origin = "musicpipeline.local/bench/2026";
    private const int PublicBytes = 200;
    private const int BatchEntries = 2_000;
    private const int ThroughputEntries = 60_000;
    private const int IdleRounds = 100;
    private const int FsckEntries = 1_000_000;
    private const int FsckBatchEntries = 50_000;

    private const double GoalEntriesPerSecond = 10_000;
    private const double GoalIdleMilliseconds = 10;
    private const double GoalFsckSeconds = 1.5;

    public static IEnumerable<Row> Run()
    {
        using var folder = new TemporaryFolder();
        using (var log = new LogUnderTest(Path.Combine(folder.Path, "throughput")))
        {
            var ours = EntriesPerSecond(log);
            yield return new Row(
                "log: 200-byte facts durable and published; theirs: bare inserts, then as many bare files", "entries/s",
                ours, FloorEntriesPerSecond(folder.Path, log.FilesWritten), GoalEntriesPerSecond, MoreIsBetter: true);
        }
        using (var log = new LogUnderTest(Path.Combine(folder.Path, "idle")))
        {
            yield return new Row(
                "log: idle, submitted to published, p50; theirs: one SQLite commit and one file replaced", "ms",
                IdleMilliseconds(log), IdleFloorMilliseconds(folder.Path), GoalIdleMilliseconds, MoreIsBetter: false);
        }
        using (var log = new LogUnderTest(Path.Combine(folder.Path, "fsck")))
        {
            log.Fill(FsckEntries, FsckBatchEntries);
            yield return new Row(
                "log: fsck of 1,000,000 entries, warm; theirs: SHA-256 of the same bytes, one thread", "s",
                FsckSeconds(log), HashSeconds(log), GoalFsckSeconds, MoreIsBetter: false);
        }
    }

    private static double EntriesPerSecond(LogUnderTest log)
    {
        log.Fill(BatchEntries, BatchEntries);
        var before = log.CountFiles();
        var seconds = Time(() => log.Fill(ThroughputEntries, BatchEntries));
        log.FilesWritten = log.CountFiles() - before;
        return ThroughputEntries / seconds;
    }

    /// <summary>The same bytes in one table with one sync a batch, and the same number of files, each synced.</summary>
    private static double FloorEntriesPerSecond(string folder, int files) =>
        ThroughputEntries / (RawInsertSeconds(folder) + TileWriteSeconds(folder, files));

    private static double IdleMilliseconds(LogUnderTest log)
    {
        log.Fill(300, 1);
        return Median(IdleRounds, () => log.Fill(1, 1));
    }

    private static double FsckSeconds(LogUnderTest log) => Enumerable.Range(0, 4).Select(_ => Time(() =>
    {
        var report = Fsck.Run(new LogDirectory(log.Directory), new FsckOptions { LogKey = log.Key });
        if (!report.IsClean || report.Size != FsckEntries)
        {
            throw new InvalidOperationException($"the log is not clean: {string.Join("; ", report.Defects)}");
        }
    })).Min();

    /// <summary>Hash what the bundles hold, read from the same warm files, and nothing else.</summary>
    private static double HashSeconds(LogUnderTest log) => Enumerable.Range(0, 3).Select(_ => Time(() =>
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var path in Directory.EnumerateFiles(Path.Combine(log.Directory, "tile", "entries"), "*", SearchOption.AllDirectories))
        {
            SHA256.HashData(File.ReadAllBytes(path), hash);
        }
    })).Min();

    private static double RawInsertSeconds(string folder)
    {
        using var connection = OpenRaw(folder, "raw");
        var leaf = new byte[PublicBytes + 200];
        return Time(() =>
        {
            for (var i = 0; i < ThroughputEntries; i += BatchEntries)
            {
                using var transaction = connection.BeginTransaction();
                using var insert = connection.CreateCommand();
                insert.Transaction = (SqliteTransaction)transaction;
                insert.CommandText = "INSERT INTO t VALUES (@i, @b)";
                var index = insert.Parameters.Add("@i", SqliteType.Integer);
                insert.Parameters.Add("@b", SqliteType.Blob).Value = leaf;
                for (var j = 0; j < BatchEntries; j++)
                {
                    index.Value = i + j;
                    insert.ExecuteNonQuery();
                }
                transaction.Commit();
            }
        });
    }

    private static double TileWriteSeconds(string folder, int files)
    {
        var disk = new PosixDisk();
        var directory = Path.Combine(folder, "floor");
        DurableFile.EnsureDirectory(disk, directory);
        var tile = new byte[8192];
        return Time(() =>
        {
            for (var i = 0; i < files; i++)
            {
                DurableFile.WriteOnce(disk, Path.Combine(directory, i.ToString(CultureInfo.InvariantCulture)), tile);
            }
        });
    }

    private static double IdleFloorMilliseconds(string folder)
    {
        using var connection = OpenRaw(folder, "floor");
        var disk = new PosixDisk();
        var file = Path.Combine(folder, "replaced");
        var bytes = new byte[200];
        var next = 0;
        return Median(IdleRounds, () =>
        {
            using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO t VALUES (@i, @b)";
            insert.Parameters.AddWithValue("@i", next++);
            insert.Parameters.AddWithValue("@b", bytes);
            insert.ExecuteNonQuery();
            DurableFile.Replace(disk, file, bytes);
        });
    }

    private static SqliteConnection OpenRaw(string folder, string name)
    {
        var connection = new SqliteConnection($"Data Source={folder}/{name}.db;Pooling=False");
        connection.Open();
        using var create = connection.CreateCommand();
        create.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (i INTEGER PRIMARY KEY, b BLOB)";
        create.ExecuteNonQuery();
        return connection;
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(int rounds, Action action) =>
        Enumerable.Range(0, rounds).Select(_ => Time(action) * 1000).Order().ElementAt(rounds / 2);

    /// <summary>A store and a publisher on the real disk.</summary>
    private sealed class LogUnderTest : IDisposable
    {
        private readonly DbDataSource _database;
        private readonly SequencerStore _store;
        private readonly NoteSigner _signer = NoteSigner.FromSeed(Origin, new byte[NoteSigner.SeedBytes]);
        private readonly Publisher _publisher;
        private readonly long _epoch;
        private readonly Dictionary<string, long> _sequenceNumbers = new(StringComparer.Ordinal);
        private long _ordering;

        public LogUnderTest(string folder)
        {
            System.IO.Directory.CreateDirectory(folder);
            Directory = Path.Combine(folder, "log");
            _database = SqliteFactory.Instance.CreateDataSource($"Data Source={folder}/log.db");
            _store = new SequencerStore(_database, SqlDialect.Sqlite, RandomNumberGenerator.GetBytes);
            _epoch = _store.TakeOver(Origin);
            _publisher = new Publisher(new PosixDisk(), Directory, _store, _epoch, _signer);
        }

        public string Directory { get; }

        public NoteVerifierKey Key => _signer.VerifierKey;

        public int FilesWritten { get; set; }

        /// <summary>Each batch is committed and published before the next.</summary>
        public void Fill(int entries, int batch)
        {
            for (var done = 0; done < entries; done += batch)
            {
                var facts = Enumerable.Range(0, Math.Min(batch, entries - done)).Select(_ => NextFact()).ToArray();
                if (_store.Sequence(_epoch, facts, _ordering) is not SequenceResult.Sequenced
                    || _publisher.Publish() is not PublishResult.Published)
                {
                    throw new InvalidOperationException("the log did not take the batch");
                }
            }
        }

        public int CountFiles() =>
            System.IO.Directory.EnumerateFiles(Directory, "*", SearchOption.AllDirectories).Count();

        public void Dispose()
        {
            _store.Dispose();
            _signer.Dispose();
            _database.Dispose();
            SqliteConnection.ClearAllPools();
        }

        private JournalFact NextFact()
        {
            var source = string.Create(CultureInfo.InvariantCulture, $"release-local-{_ordering / 5 % 20_000}");
            var number = _sequenceNumbers[source] = _sequenceNumbers.GetValueOrDefault(source) + 1;
            var head = string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{++_ordering}},"x":""");
            var body = Encoding.ASCII.GetBytes($"{head}\"{new string('x', PublicBytes - head.Length - 3)}\"}}");
            return new JournalFact(_ordering, source, number, "release.received.1", "local", source, body);
        }
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = System.IO.Directory.CreateTempSubdirectory("mp-bench-").FullName;

        public void Dispose() => System.IO.Directory.Delete(Path, recursive: true);
    }
}
