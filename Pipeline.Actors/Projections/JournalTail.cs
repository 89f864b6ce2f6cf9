using System.Data.Common;
using System.Diagnostics;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Projections;

/// <summary>One row of the journal as Akka.Persistence.Sql wrote it.</summary>
public sealed record JournalRow(long Ordering, string PersistenceId, long SequenceNr, string Manifest, byte[] Message);

/// <summary>
/// Our own exact read of the journal (design, section 7.1). Akka's live query gives up on a gap in <c>ordering</c> after
/// a number of polls and skips a late commit for ever; here nothing above a row that may still appear is ever read.
/// </summary>
/// <remarks>
/// PostgreSQL: H = max(ordering) now; a transaction that drew an ordering at or below H holds RowExclusiveLock on the
/// journal or has ended; when exactly those have ended, rows up to H are final. A rolled-back transaction leaves a gap
/// that is just as final. SQLite has one writer: commit order is ordering.
/// </remarks>
public sealed class JournalTail(DbDataSource journal, SqlDialect dialect)
{
    /// <summary>How often to look whether the transactions we wait for have ended.</summary>
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(5);

    /// <summary>An insert takes milliseconds; a transaction open this long is somebody's mistake.</summary>
    private static readonly TimeSpan WaitAlarm = TimeSpan.FromSeconds(30);

    private const string Columns = "ordering, persistence_id, sequence_number, manifest, message";

    private string TableExists => dialect == SqlDialect.PostgreSql
        ? "SELECT CASE WHEN to_regclass('journal') IS NULL THEN 0 ELSE 1 END"
        : "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'journal'";

    // The lock table covers every database of the server, and numbers of relations repeat between them.
    private const string Writers = """
        SELECT l.virtualtransaction FROM pg_locks l
        WHERE l.locktype = 'relation' AND l.relation = 'journal'::regclass AND l.mode = 'RowExclusiveLock' AND l.granted
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """;

    // The journal plugin makes its table when it first starts; until then the journal is empty. Only ever set to true.
    private volatile bool _exists;

    /// <summary>The highest ordering below which nothing can appear any more. 0 for an empty journal.</summary>
    /// <remarks>Waits as long as a transaction holds the journal open; the gauge and, after half a minute, the log say so.</remarks>
    public async Task<long> FinalAsync(CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        await using var db = await journal.OpenConnectionAsync(cancel);
        if (!await ExistsAsync(db, cancel))
        {
            return 0;
        }
        var high = await ScalarAsync(db, "SELECT COALESCE(MAX(ordering), 0) FROM journal", cancel);
        if (dialect == SqlDialect.PostgreSql)
        {
            var waiting = await ListAsync(db, cancel);
            var alarmAfter = WaitAlarm;
            while (waiting.Count > 0)
            {
                await Task.Delay(LockPoll, cancel);
                var waited = Stopwatch.GetElapsedTime(started);
                Metrics.JournalWait.Set(waited.TotalSeconds);
                if (waited > alarmAfter)
                {
                    alarmAfter += WaitAlarm;
                    Serilog.Log.Warning(
                        "The journal waits {Seconds} s for open transactions: {Transactions} (see pg_locks, pg_stat_activity)",
                        (long)waited.TotalSeconds, string.Join(", ", waiting));
                }
                waiting.IntersectWith(await ListAsync(db, cancel));
            }
        }
        Metrics.JournalWait.Set(Stopwatch.GetElapsedTime(started).TotalSeconds);
        return high;
    }

    /// <summary>Final rows after one ordering up to another, at most <paramref name="max"/>, in order.</summary>
    public Task<IReadOnlyList<JournalRow>> ReadAsync(long after, long upTo, int max, CancellationToken cancel) => RowsAsync(
        $"SELECT {Columns} FROM journal WHERE ordering > @a AND ordering <= @b ORDER BY ordering LIMIT @n",
        cancel, ("a", after), ("b", upTo), ("n", (long)max));

    /// <summary>Rows of one source from a sequence number on: how a parked source catches up.</summary>
    public Task<IReadOnlyList<JournalRow>> ReadSourceAsync(
        string persistenceId, long from, long upToOrdering, int max, CancellationToken cancel) => RowsAsync(
        $"SELECT {Columns} FROM journal WHERE persistence_id = @p AND sequence_number >= @a AND ordering <= @b ORDER BY sequence_number LIMIT @n",
        cancel, ("p", persistenceId), ("a", from), ("b", upToOrdering), ("n", (long)max));

    /// <summary>Of every source its highest sequence number among the final rows up to an ordering, in no order.</summary>
    public async IAsyncEnumerable<(string PersistenceId, long SequenceNr)> LastNumbersAsync(
        long upToOrdering, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var db = await journal.OpenConnectionAsync(cancel);
        if (!await ExistsAsync(db, cancel))
        {
            yield break;
        }
        await using var command = db.CreateCommand();
        command.CommandText = "SELECT persistence_id, MAX(sequence_number) FROM journal WHERE ordering <= @b GROUP BY persistence_id";
        var upTo = command.CreateParameter();
        (upTo.ParameterName, upTo.Value) = ("b", upToOrdering);
        command.Parameters.Add(upTo);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return (reader.GetString(0), reader.GetInt64(1));
        }
    }

    /// <summary>One row, for its private part.</summary>
    public async Task<JournalRow?> FindAsync(string persistenceId, long sequenceNr, CancellationToken cancel)
    {
        var rows = await RowsAsync(
            $"SELECT {Columns} FROM journal WHERE persistence_id = @p AND sequence_number = @s",
            cancel, ("p", persistenceId), ("s", sequenceNr));
        return rows.Count == 0 ? null : rows[0];
    }

    private async Task<bool> ExistsAsync(DbConnection db, CancellationToken cancel) =>
        _exists = _exists || await ScalarAsync(db, TableExists, cancel) == 1;

    private async Task<IReadOnlyList<JournalRow>> RowsAsync(
        string sql, CancellationToken cancel, params (string Name, object Value)[] parameters)
    {
        await using var db = await journal.OpenConnectionAsync(cancel);
        if (!await ExistsAsync(db, cancel))
        {
            return [];
        }
        await using var command = db.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
        var rows = new List<JournalRow>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(new JournalRow(
                reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), (byte[])reader.GetValue(4)));
        }
        return rows;
    }

    private static async Task<HashSet<string>> ListAsync(DbConnection db, CancellationToken cancel)
    {
        await using var command = db.CreateCommand();
        command.CommandText = Writers;
        var found = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            found.Add(reader.GetString(0));
        }
        return found;
    }

    private static async Task<long> ScalarAsync(DbConnection db, string sql, CancellationToken cancel)
    {
        await using var command = db.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), System.Globalization.CultureInfo.InvariantCulture);
    }
}
