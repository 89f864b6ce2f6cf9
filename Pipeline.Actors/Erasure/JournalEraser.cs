using System.Data.Common;
using Dapper;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Erasure;

/// <summary>
/// Overwrites rows of the journal by the same facts without their private parts: the one change that a row ever sees. Rows
/// that a recovery set aside are overwritten with them.
/// </summary>
public sealed class JournalEraser(DbDataSource journal, SqlDialect dialect, Func<long, SequencedEntry?> find)
{
    private static readonly string[] Tables = ["journal", "journal_set_aside"];

    /// <param name="entries">Positions in the log.</param>
    /// <param name="destroyed">Told how many private parts went, once they are gone from the database, though perhaps not yet
    /// from its files.</param>
    /// <exception cref="InvalidDataException">The log has no such entry (yet): a database behind its own order.</exception>
    /// <exception cref="TimeoutException">They are gone from the tables, and not provably from the files.</exception>
    /// <param name="wasDone">An earlier time ended well: the files are rewritten only if something has come back.</param>
    public async Task EraseAsync(IReadOnlyCollection<long> entries, bool wasDone, Action<long> destroyed)
    {
        var rows = entries.Select(e => find(e)
            ?? throw new InvalidDataException($"Entry {e.ToString(System.Globalization.CultureInfo.InvariantCulture)} is to be erased and is not in the log.")).ToList();
        await using var open = await journal.OpenConnectionAsync();
        var count = 0L;
        await using (var transaction = await open.BeginTransactionAsync())
        {
            foreach (var table in await TablesAsync(open, transaction))
            {
                foreach (var row in rows)
                {
                    count += await EraseAsync(open, transaction, table, row) && table == Tables[0] ? 1 : 0;
                }
            }
            // If we crash here, all of these rows are as they were, and the order is carried out again.
            await transaction.CommitAsync();
            destroyed(count);
        }
        if (count > 0 || !wasDone)
        {
            await Overwriting.FinishAsync(open, Tables[0]);
        }
    }

    private async Task<IReadOnlyList<string>> TablesAsync(DbConnection open, DbTransaction transaction)
    {
        var found = new List<string>();
        foreach (var table in Tables)
        {
            if (await open.ExecuteScalarAsync<long>(
                dialect == SqlDialect.PostgreSql
                    ? "SELECT CASE WHEN to_regclass(@table) IS NULL THEN 0 ELSE 1 END"
                    : "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = @table",
                new { table }, transaction) == 1)
            {
                found.Add(table);
            }
        }
        return found;
    }

    private static async Task<bool> EraseAsync(DbConnection open, DbTransaction transaction, string table, SequencedEntry row)
    {
        var key = new { row.PersistenceId, row.SequenceNr };
        var message = await open.ExecuteScalarAsync<byte[]?>(
            $"SELECT message FROM {table} WHERE persistence_id = @PersistenceId AND sequence_number = @SequenceNr", key, transaction);
        return message is not null && FactCodec.Erase(message) is { } erased
            && await open.ExecuteAsync(
                $"UPDATE {table} SET message = @erased WHERE persistence_id = @PersistenceId AND sequence_number = @SequenceNr",
                new { row.PersistenceId, row.SequenceNr, erased }, transaction) > 0;
    }
}
