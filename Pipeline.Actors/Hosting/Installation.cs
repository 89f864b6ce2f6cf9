using Dapper;
using Npgsql;

namespace Pipeline.Actors.Hosting;

/// <summary>What all nodes of a cluster share and none may choose alone: the log's origin.</summary>
public static class Installation
{
    // Arbitrary, ours: keeps nodes that start together on an empty database from choosing two origins.
    private const long LockNumber = 7_078_751;

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
}
