using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Audit.Tests.Evidence;

namespace Pipeline.Benchmarks;

/// <summary>A log's store and publisher on the real disk, with every sync on, and the facts to feed it.</summary>
internal sealed class LogUnderTest : IDisposable
{
    /// <summary>Bytes of a made-up fact's public part.</summary>
    public const int PublicBytes = 200;

    private const string Origin = "musicpipeline.local/bench/2026";

    private readonly DbDataSource _database;
    private readonly SequencerStore _store;
    private readonly NoteSigner _signer = NoteSigner.FromSeed(Origin, new byte[NoteSigner.SeedBytes]);
    private readonly Publisher _publisher;
    private readonly long _epoch;
    private readonly Dictionary<string, long> _sequenceNumbers = new(StringComparer.Ordinal);
    private long _ordering;

    /// <summary>Opens what is in <paramref name="folder"/>, or begins there.</summary>
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

    /// <summary>Each batch is committed and published before the next.</summary>
    public void Fill(int entries, int batch)
    {
        for (var done = 0; done < entries; done += batch)
        {
            Sequence(Made(Math.Min(batch, entries - done)));
            Publish();
        }
    }

    /// <summary>Lives of releases, from upload to archive, until the log has at least <paramref name="entries"/>.</summary>
    /// <returns>The entries it has.</returns>
    public long FillWithLives(int entries)
    {
        const int releasesInABatch = 1_000;
        for (var batch = 0; _ordering < entries; batch++)
        {
            var tale = new Tale();
            foreach (var name in Enumerable.Range(0, releasesInABatch).Select(i => string.Create(CultureInfo.InvariantCulture, $"{batch} {i}")))
            {
                tale.Uploaded(name).Delivered(name).HandedIn(name).Passed(name);
            }
            Sequence([.. tale.Told.Select(Numbered)]);
            Publish();
        }
        return _ordering;
    }

    public JournalFact[] Made(int count) => [.. Enumerable.Range(0, count).Select(_ => Made())];

    public void Sequence(JournalFact[] facts)
    {
        if (_store.Sequence(_epoch, facts, _ordering) is not SequenceResult.Sequenced)
        {
            throw new InvalidOperationException("the log did not take the batch");
        }
    }

    public void Publish()
    {
        if (_publisher.Publish() is not PublishResult.Published)
        {
            throw new InvalidOperationException("the log did not publish the batch");
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

    private JournalFact Made()
    {
        var source = string.Create(CultureInfo.InvariantCulture, $"release-local-{_ordering / 5 % 20_000}");
        var head = string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{++_ordering}},"x":""");
        var body = Encoding.ASCII.GetBytes($"{head}\"{new string('x', PublicBytes - head.Length - 3)}\"}}");
        return new JournalFact(_ordering, source, NextNumber(source), "release.received.1", "local", source, body);
    }

    private JournalFact Numbered(Telling told) => new(
        ++_ordering, told.Source, NextNumber(told.Source), FactManifest.Of(told.Fact), told.Fact.Tenant.Text, told.Fact.GetAsset(), FactCodec.PublicBytes(told.Fact));

    private long NextNumber(string source) => _sequenceNumbers[source] = _sequenceNumbers.GetValueOrDefault(source) + 1;
}
