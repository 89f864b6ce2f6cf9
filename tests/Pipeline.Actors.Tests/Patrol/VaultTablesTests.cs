using Microsoft.Data.Sqlite;
using Pipeline.Actors.Patrol;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Actors.Tests.Patrol;

/// <summary>The tables answer what the rules would.</summary>
public sealed class VaultTablesTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mp-tables-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [SkippableTheory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task Copies_come_in_the_order_of_the_rule(string database)
    {
        var random = Seeds.ForTest(output.WriteLine);
        var tables = await TablesAsync(database, objects: 40);
        string[] stores = ["primary", "replica-1"];
        foreach (var store in stores)
        {
            await tables.AddStoreAsync(store);
        }
        var expected = new List<CopyDue>();
        foreach (var copy in await tables.DueAsync(stores, 1, 100))
        {
            var at = random.Next(0, 5);
            expected.Add(new CopyDue(copy.Id, copy.Store, at));
            if (at > 0)
            {
                await tables.RecordAsync([Check(copy.Id, copy.Store, CopyState.Ok)], at, tried: false);
            }
        }
        Assert.Equal(80, expected.Count);

        var due = await tables.DueAsync(stores, 4, 100);

        Assert.Equal(
            expected.Where(e => e.Checked < 4).Order(PatrolSchedule.OldestFirst).Select(e => $"{e.Checked} {e.Id} {e.Store}"),
            due.Select(d => $"{d.Checked} {d.Digest} {d.Store}"));
        Assert.Equal(expected.Min(e => e.Checked), (await tables.OldestAsync(stores)).OldestCheck);
    }

    [SkippableTheory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task An_empty_vault_has_a_standing_too(string database)
    {
        var tables = await TablesAsync(database, objects: 0);
        Assert.Equal((null, null), await tables.OldestAsync(["primary"]));
        Assert.Empty(await tables.StoreCountsAsync());
        Assert.Empty(await tables.BadAsync(["primary"]));
        Assert.Equal((0, 0), await tables.AmountAsync(["primary"], 5, badOnly: true));
        var counts = await tables.CountsAsync([new NamedStore("primary", "room")], wanted: 1);
        Assert.Equal((0L, 0L, (long?)null), (counts.Objects, counts.BelowWanted, counts.OldestCheck));
    }

    [SkippableTheory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task Copies_in_one_domain_count_once_and_unread_ones_not_at_all(string database)
    {
        var tables = await TablesAsync(database, objects: 2);
        IObjectStore[] stores = [new NamedStore("primary", "room"), new NamedStore("replica-1", "room"), new NamedStore("replica-2", "far")];
        foreach (var store in stores)
        {
            await tables.AddStoreAsync(store.Name);
        }
        await tables.RecordAsync([Check(Object(0), "primary", CopyState.Ok), Check(Object(0), "replica-1", CopyState.Ok)], 9, tried: false);
        await tables.RecordAsync([Check(Object(1), "primary", CopyState.Ok), Check(Object(1), "replica-2", CopyState.Ok)], 9, tried: false);

        var counts = await tables.CountsAsync(stores, wanted: 2);

        Assert.Equal((2, 1, 2, 9L), (counts.Objects, counts.BelowWanted, counts.Unread, counts.OldestCheck!.Value));
        await tables.RecordAsync([Check(Object(1), "replica-2", CopyState.Mismatch)], 10, tried: false);
        Assert.Equal(2, (await tables.CountsAsync(stores, wanted: 2)).BelowWanted);
        Assert.Equal(Object(1).ToString(), Assert.Single(await tables.BadAsync(["primary", "replica-2"])).Digest);
    }

    [SkippableTheory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task A_copy_that_was_seen_whole_once_is_expected_ever_after(string database)
    {
        var tables = await TablesAsync(database, objects: 1);
        await tables.AddStoreAsync("replica-1");
        Assert.Equal(0, Assert.Single(await tables.CopiesOfAsync(Object(0).ToString())).Expected);
        await tables.RecordAsync([Check(Object(0), "replica-1", CopyState.Ok)], 5, tried: false);
        await tables.RecordAsync([Check(Object(0), "replica-1", CopyState.Missing)], 6, tried: false);
        Assert.Equal((1L, "missing"), (await tables.CopiesOfAsync(Object(0).ToString())).Select(c => (c.Expected, c.State)).Single());
        // Tried today, it waits; tomorrow it is on the list again.
        Assert.Single(await tables.ToMendAsync(["replica-1"], 6, 10));
        await tables.RecordAsync([Check(Object(0), "replica-1", CopyState.Missing)], 7, tried: true);
        Assert.Empty(await tables.ToMendAsync(["replica-1"], 7, 10));
        Assert.Single(await tables.ToMendAsync(["replica-1"], 8, 10));
    }

    private static Sha256Digest Object(int n) => Some.Digest($"object {n}");

    private static CopyCheck Check(Sha256Digest id, string store, CopyState state) => new(id, store, state, 10, null, [], "");

    private async Task<VaultTables> TablesAsync(string database, int objects)
    {
        System.Data.Common.DbDataSource source = database == "SQLite"
            ? SqliteFactory.Instance.CreateDataSource($"Data Source={_folder}/read.db")
            : Npgsql.NpgsqlDataSource.Create(PostgresServer.NewDatabase());
        var tables = new VaultTables(source);
        await tables.InitialiseAsync();
        await using var open = await source.OpenConnectionAsync();
        for (var n = 0; n < objects; n++)
        {
            await using var insert = open.CreateCommand();
            insert.CommandText = $"INSERT INTO vault_object (digest, size, since) VALUES ('{Object(n)}', 10, {1000 + n})";
            await insert.ExecuteNonQueryAsync();
        }
        return tables;
    }

    /// <summary>Only its name, domain and access are asked for.</summary>
    private sealed class NamedStore(string name, string domain) : IObjectStore
    {
        public string Name => name;

        public string Domain => domain;

        public StoreAccess Access => StoreAccess.ReadWrite;

        public Task<bool> PutAsync(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel) => throw new NotSupportedException();

        public Task<QuarantinedObject?> ReplaceAsync(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel) => throw new NotSupportedException();

        public Task<Stream> OpenAsync(Sha256Digest id, bool fresh, CancellationToken cancel) => throw new NotSupportedException();

        public Task<bool> ExistsAsync(Sha256Digest id, CancellationToken cancel) => throw new NotSupportedException();

        public IAsyncEnumerable<StoredObject> ListAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task<string> QuarantineAsync(Sha256Digest id, CancellationToken cancel) => throw new NotSupportedException();

        public Task<string> UnclaimAsync(Sha256Digest id, CancellationToken cancel) => throw new NotSupportedException();
    }
}
