using Dapper;
using Npgsql;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Hosting;

/// <summary>What all nodes of a cluster share and none may choose or make alone: the log's origin, the tables.</summary>
public static class Installation
{
    // Arbitrary, ours: keeps nodes that start together on an empty database from choosing two origins.
    private const long LockNumber = 7_078_751;

    /// <summary>A node that waits for another's first start gives up after this.</summary>
    private const int LongestStartSeconds = 120;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Half a minute: then Akka's own log says why its tables are not there.</summary>
    private const int MaxLooks = 1500;

    /// <summary>A directory that belongs to another log must not sequence into this database.</summary>
    /// <exception cref="StartupRefusedException">The origins differ.</exception>
    public static void RequireSameOrigin(NodeConfig config, DataDirectory data, TimeProvider time)
    {
        if (config.Postgres is not null && ChooseOrigin(config, time) is var shared && shared != data.Format.Origin)
        {
            throw new StartupRefusedException(
                $"{data.Root} belongs to the log {data.Format.Origin}, the database to {shared}. Give this node a new --data directory; nothing was written.");
        }
    }

    /// <summary>
    /// The origin for a new data directory: drawn when alone; in a cluster the one the database keeps, put there by
    /// whichever node came first.
    /// </summary>
    public static string ChooseOrigin(NodeConfig config, TimeProvider time)
    {
        var mine = config.Origin ?? DataDirectory.DrawOrigin(time);
        if (config.Postgres is not { } connection)
        {
            return mine;
        }
        using var db = new NpgsqlConnection(connection);
        db.Open();
        using var transaction = db.BeginTransaction();
        db.Execute("SELECT pg_advisory_xact_lock(@LockNumber)", new { LockNumber }, transaction);
        db.Execute("CREATE TABLE IF NOT EXISTS installation (id INTEGER PRIMARY KEY CHECK (id = 1), origin TEXT NOT NULL)", transaction: transaction);
        db.Execute("INSERT INTO installation (id, origin) VALUES (1, @mine) ON CONFLICT DO NOTHING", new { mine }, transaction);
        var origin = db.ExecuteScalar<string>("SELECT origin FROM installation WHERE id = 1", transaction: transaction)!;
        transaction.Commit();
        return origin;
    }

    /// <summary>
    /// Starts a node so that no two make the same tables at once: PostgreSQL's IF NOT EXISTS does not hold between two
    /// sessions, and the one that loses fails. Where the tables are there already, nodes start side by side.
    /// </summary>
    /// <param name="makeOurs">Makes our tables.</param>
    /// <param name="start">Starts Akka, whose plugins make theirs in the background.</param>
    public static async Task StartAsync(Stores stores, Func<Task> makeOurs, Func<Task> start, CancellationToken cancel)
    {
        if (stores.Dialect == SqlDialect.Sqlite)
        {
            await makeOurs();
            await start();
            return;
        }
        await using var db = await stores.Journal.OpenConnectionAsync(cancel);
        // If we crash here, the session ends and the lock with it.
        await db.ExecuteAsync("SELECT pg_advisory_lock(@LockNumber)", new { LockNumber }, commandTimeout: LongestStartSeconds);
        try
        {
            await makeOurs();
            if (!await AkkasTablesAreThereAsync())
            {
                await start();
                for (var looks = 0; !await AkkasTablesAreThereAsync() && looks < MaxLooks; looks++)
                {
                    await Task.Delay(Look, cancel);
                }
                return;
            }
        }
        finally
        {
            await db.ExecuteAsync("SELECT pg_advisory_unlock(@LockNumber)", new { LockNumber });
        }
        await start();

        async Task<bool> AkkasTablesAreThereAsync() => await db.ExecuteScalarAsync<bool>(
            "SELECT to_regclass('journal') IS NOT NULL AND to_regclass('snapshot') IS NOT NULL");
    }
}
