using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Pipeline.Actors.Patrol;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Patrol;

/// <summary>Bytes without an owner move after their time, with a fact, and never while somebody may still claim them.</summary>
public abstract class StraySweepTests : IAsyncLifetime
{
    private static readonly TimeSpan Grace = TimeSpan.FromDays(7);

    private readonly string _folder = Directory.CreateTempSubdirectory("mp-stray-").FullName;
    private readonly SetClock _clock = new();
    private readonly PosixDisk _disk = new();
    private readonly HashSet<Sha256Digest> _kept = [];
    private readonly List<string> _noted = [];
    private TemporaryFiles _temporary = null!;
    private FileStore _store = null!;
    private VaultTables _tables = null!;
    private bool _complete = true;
    private long? _oldestOpen;

    protected string ReadFolder => _folder;

    protected abstract DbDataSource NewDatabase();

    public async Task InitializeAsync()
    {
        _temporary = TemporaryFiles.Open(_disk, _folder, "test");
        _store = new FileStore(_disk, "primary", "local", _folder, _temporary, [_temporary.Folder]);
        _tables = new VaultTables(NewDatabase());
        await _tables.InitialiseAsync();
    }

    public Task DisposeAsync()
    {
        _temporary.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [SkippableFact]
    public async Task What_nothing_owns_moves_after_its_time_and_its_fact_comes_first()
    {
        var id = await StoreAsync(1);
        await SweepAsync();
        _clock.Advance(Grace);
        await SweepAsync();
        Assert.Empty(_noted);
        Assert.True(File.Exists(_store.PathOf(id)));

        _clock.Advance(TimeSpan.FromMinutes(1));
        await SweepAsync();

        Assert.Equal([$"primary {id} 1000 still there: True"], _noted);
        Assert.False(File.Exists(_store.PathOf(id)));
        Assert.Equal(Some.Bytes(1000, 1), await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Path.Combine(_folder, "unclaimed")))));
        await SweepAsync();
        Assert.Single(_noted);
    }

    [SkippableTheory, InlineData("owned"), InlineData("kept outcome"), InlineData("gaps"), InlineData("older open delivery")]
    public async Task What_is_or_may_be_owned_stays(string why)
    {
        var id = await StoreAsync(2);
        _oldestOpen = why == "older open delivery" ? _clock.GetUtcNow().ToUnixTimeMilliseconds() : null;
        await SweepAsync();
        _clock.Advance(Grace * 2);
        _complete = why != "gaps";
        if (why == "kept outcome")
        {
            _kept.Add(id);
        }
        if (why == "owned")
        {
            await OwnAsync(id);
        }
        await SweepAsync();
        Assert.Empty(_noted);
        Assert.True(File.Exists(_store.PathOf(id)));
    }

    [SkippableFact]
    public async Task What_turns_out_to_be_owned_is_given_back()
    {
        var id = await StoreAsync(3);
        await SweepAsync();
        _clock.Advance(Grace * 2);
        await SweepAsync();
        Assert.False(File.Exists(_store.PathOf(id)));
        await OwnAsync(id);

        await Sweep().GiveBackAsync(id, -1, CancellationToken.None);

        Assert.Equal(id, Sha256Digest.Of(await File.ReadAllBytesAsync(_store.PathOf(id))));
    }

    private StraySweep Sweep() => new(
        _tables, _ => Task.FromResult(_complete), () => _kept, [_store], _disk, Grace, _clock, () => Task.FromResult(_oldestOpen));

    private Task SweepAsync() => Sweep().SweepAsync(
        (store, id, size) =>
        {
            _noted.Add($"{store} {id} {size} still there: {File.Exists(_store.PathOf(id))}");
            return Task.CompletedTask;
        },
        CancellationToken.None);

    private async Task<Sha256Digest> StoreAsync(int seed)
    {
        var bytes = Some.Bytes(1000, seed);
        var path = _temporary.Next();
        await File.WriteAllBytesAsync(path, bytes);
        var id = Sha256Digest.Of(bytes);
        await _store.PutAsync(id, path, bytes.Length, CancellationToken.None);
        File.Delete(path);
        return id;
    }

    private async Task OwnAsync(Sha256Digest id)
    {
        await using var open = await _tables.Database.OpenConnectionAsync();
        await using var insert = open.CreateCommand();
        insert.CommandText = $"INSERT INTO vault_object (digest, size, since) VALUES ('{id}', 1000, 1)";
        await insert.ExecuteNonQueryAsync();
    }

    /// <summary>Stands until it is moved.</summary>
    private sealed class SetClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(Some.Time);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }
}

public sealed class StraySweepOnSqliteTests : StraySweepTests
{
    protected override DbDataSource NewDatabase() => SqliteFactory.Instance.CreateDataSource($"Data Source={ReadFolder}/read.db");
}

public sealed class StraySweepOnPostgresTests : StraySweepTests
{
    protected override DbDataSource NewDatabase() => NpgsqlDataSource.Create(PostgresServer.NewDatabase());
}
