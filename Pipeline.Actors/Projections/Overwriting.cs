using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Pipeline.Actors.Projections;

/// <summary>
/// Makes a database's files forget what was deleted from its tables. SQLite leaves it in unused room, with
/// <c>secure_delete</c> too where a page was split before; so the file is written anew (<c>VACUUM</c>) and the write-ahead
/// file, which has the old pages, emptied. Writers wait meanwhile, some seconds for each gigabyte. PostgreSQL's <c>VACUUM</c>
/// gives the dead rows' room to new ones; its write-ahead files and archives are the operator's, as backups are.
/// </summary>
internal static class Overwriting
{
    /// <summary>Readers hold the write-ahead file for as long as one question takes.</summary>
    private const int MaxTries = 40;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Seconds.</summary>
    private const int VacuumTimeout = 600;

    /// <summary>After the commit, outside of a transaction.</summary>
    /// <param name="tables">What PostgreSQL vacuums; SQLite always does all.</param>
    /// <exception cref="TimeoutException">Somebody reads without end.</exception>
    internal static async Task FinishAsync(DbConnection open, string tables)
    {
        if (open is not SqliteConnection)
        {
            await open.ExecuteAsync($"VACUUM {tables}", commandTimeout: VacuumTimeout);
            return;
        }
        await open.ExecuteAsync("VACUUM", commandTimeout: VacuumTimeout);
        for (var tries = 1; await open.ExecuteScalarAsync<long>("PRAGMA wal_checkpoint(TRUNCATE)") != 0; tries++)
        {
            if (tries == MaxTries)
            {
                throw new TimeoutException("The database's write-ahead file could not be emptied: something reads it without end.");
            }
            await Task.Delay(Pause);
        }
    }
}
