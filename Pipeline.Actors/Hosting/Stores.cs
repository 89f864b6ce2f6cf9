using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// Where everything but bytes is kept. Embedded: five SQLite files, because one file has one writer and a shared one
/// gave the sequencer seconds of waiting. Grown up: one PostgreSQL database.
/// </summary>
public sealed class Stores : IAsyncDisposable
{
    private Stores(SqlDialect dialect, string journalConnection, DbDataSource journal, DbDataSource log, DbDataSource ledger, DbDataSource read, DbDataSource people)
    {
        Dialect = dialect;
        JournalConnection = journalConnection;
        (Journal, Log, Ledger, Read, People) = (journal, log, ledger, read, people);
    }

    public SqlDialect Dialect { get; }

    /// <summary>What Akka.Persistence.Sql is given.</summary>
    public string JournalConnection { get; }

    public DbDataSource Journal { get; }

    public DbDataSource Log { get; }

    public DbDataSource Ledger { get; }

    public DbDataSource Read { get; }

    public DbDataSource People { get; }

    public static Stores Open(NodeConfig config, DataDirectory data)
    {
        if (config.Postgres is { } connection)
        {
            var all = NpgsqlDataSource.Create(connection);
            return new Stores(SqlDialect.PostgreSql, connection, all, all, all, all, all);
        }
        DbDataSource File(string name)
        {
            var text = Connection(data, name);
            using var db = new SqliteConnection(text);
            db.Open();
            using var command = db.CreateCommand();
            // WAL is a property of the file and is set once; readers then never block the one writer.
            command.CommandText = "PRAGMA journal_mode=WAL";
            command.ExecuteNonQuery();
            return SqliteFactory.Instance.CreateDataSource(text);
        }
        return new Stores(
            SqlDialect.Sqlite, Connection(data, "journal"),
            File("journal"), File("log"), File("ledger"), File("read"), File("people"));
    }

    private static string Connection(DataDirectory data, string name) =>
        new SqliteConnectionStringBuilder { DataSource = data.Database(name), DefaultTimeout = 30, Pooling = true }.ToString();

    public async ValueTask DisposeAsync()
    {
        foreach (var source in new[] { Journal, Log, Ledger, Read, People }.Distinct())
        {
            await source.DisposeAsync();
        }
        SqliteConnection.ClearAllPools();
    }
}
