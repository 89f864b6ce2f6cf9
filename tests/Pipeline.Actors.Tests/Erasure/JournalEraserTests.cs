using System.Data.Common;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Pipeline.Actors.Erasure;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Erasure;

/// <summary>Rows of a journal lose their private part, and the file of an embedded one every trace of it.</summary>
public sealed class JournalEraserTests : IDisposable
{
    private static readonly DeliveryReceived Received = SomeFacts.OfEveryKind.OfType<DeliveryReceived>().Single();

    private readonly string _folder = Directory.CreateTempSubdirectory("mp-eraser-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [SkippableTheory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task The_named_rows_keep_their_public_part_and_the_others_everything(string database)
    {
        await using var source = await JournalAsync(database, rows: 3);
        var eraser = Eraser(source, database);
        var destroyed = new List<long>();
        await eraser.EraseAsync([0, 2], wasDone: false, destroyed.Add);
        await eraser.EraseAsync([0, 2], wasDone: false, destroyed.Add);

        await using var open = await source.OpenConnectionAsync();
        var rows = (await open.QueryAsync<byte[]>("SELECT message FROM journal ORDER BY sequence_number")).ToList();
        Assert.Equal([2L, 0L], destroyed);
        foreach (var (row, n) in rows.Select((r, n) => (r, n)))
        {
            var fact = (DeliveryReceived)FactCodec.FromJournal("delivery.received.1", row);
            Assert.Equal(n == 1, fact.Private.Value is not null);
            Assert.Equal(FactCodec.PublicBytes(Received), FactCodec.PublicBytes(fact));
        }
    }

    [SkippableTheory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task Rows_that_a_recovery_set_aside_are_erased_with_them(string database)
    {
        await using var source = await JournalAsync(database, rows: 1);
        await using (var open = await source.OpenConnectionAsync())
        {
            await open.ExecuteAsync("CREATE TABLE journal_set_aside AS SELECT * FROM journal");
        }
        await Eraser(source, database).EraseAsync([0], wasDone: false, _ => { });
        await using var after = await source.OpenConnectionAsync();
        Assert.Null(FactCodec.ReadOpening(await after.ExecuteScalarAsync<byte[]>("SELECT message FROM journal_set_aside")).Opening);
    }

    [Fact]
    public async Task No_file_of_an_embedded_journal_holds_the_bytes_any_more()
    {
        await using var source = await JournalAsync("SQLite", rows: 50);
        // A second connection keeps the files open, as a running node does.
        await using var node = await source.OpenConnectionAsync();
        Assert.True(Holds("PADPIDA2013042401U"));
        await Eraser(source, "SQLite").EraseAsync([.. Enumerable.Range(0, 50).Select(i => (long)i)], wasDone: false, _ => { });
        Assert.False(Holds("PADPIDA2013042401U"));
        Assert.True(Holds("delivery.received.1"), "nothing was read");
    }

    [Fact]
    public async Task An_entry_that_the_log_does_not_have_is_said_and_nothing_is_erased()
    {
        await using var source = await JournalAsync("SQLite", rows: 1);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => Eraser(source, "SQLite").EraseAsync([0, 77], wasDone: false, _ => { }));
        Assert.Contains("77", refused.Message, StringComparison.Ordinal);
        Assert.True(Holds("PADPIDA2013042401U"));
    }

    private static JournalEraser Eraser(DbDataSource source, string database) => new(
        source, database == "SQLite" ? SqlDialect.Sqlite : SqlDialect.PostgreSql,
        index => index < 50 ? new SequencedEntry(index, "delivery:one", index + 1, []) : null);

    private bool Holds(string text) => Directory.GetFiles(_folder).Any(f => Read(f).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private async Task<DbDataSource> JournalAsync(string database, int rows)
    {
        DbDataSource source = database == "SQLite"
            ? SqliteFactory.Instance.CreateDataSource($"Data Source={_folder}/journal.db")
            : Npgsql.NpgsqlDataSource.Create(PostgresServer.NewDatabase());
        await using var open = await source.OpenConnectionAsync();
        if (database == "SQLite")
        {
            await open.ExecuteAsync("PRAGMA journal_mode = WAL");
        }
        await open.ExecuteAsync($"CREATE TABLE journal (persistence_id TEXT, sequence_number BIGINT, manifest TEXT, message {(database == "SQLite" ? "BLOB" : "BYTEA")})");
        for (var n = 1; n <= rows; n++)
        {
            await open.ExecuteAsync(
                "INSERT INTO journal VALUES ('delivery:one', @n, 'delivery.received.1', @message)", new { n = (long)n, message = FactCodec.ToJournal(Received) });
        }
        return source;
    }
}
