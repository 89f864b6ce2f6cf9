using Dapper;
using Microsoft.Data.Sqlite;
using Pipeline.Audit.Durable;

namespace Pipeline.Actors.Backups;

/// <summary>
/// Copies one SQLite file as it stands at one instant, beside whoever writes to it. VACUUM INTO reads in one transaction
/// and writes live rows only: pages that held what was erased do not come along, as they would with a copy of the file.
/// </summary>
internal static class CopiedDatabase
{
    private const int BusySeconds = 60;

    /// <exception cref="InvalidDataException">The copy is not a sound database: the original is damaged.</exception>
    public static BackupFile Copy(IDisk disk, string source, string target, string name)
    {
        using (var db = Open(source))
        {
            db.Execute("VACUUM INTO @target", new { target });
        }
        using (var copy = Open(target))
        {
            var says = copy.Query<string>("PRAGMA quick_check").ToList();
            if (says is not ["ok"])
            {
                throw new InvalidDataException($"{source} is damaged: {string.Join("; ", says.Take(3))}. Restore it from an earlier backup.");
            }
        }
        using (var file = disk.OpenExisting(target))
        {
            // If we crash here, the copy may be torn: the backup has no manifest yet.
            file.SyncData();
        }
        return CopiedFile.Look(disk, target, name);
    }

    /// <summary>Reads and changes nothing, not even the write-ahead log.</summary>
    public static SqliteConnection Open(string path)
    {
        var db = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        }.ToString());
        db.Open();
        return db;
    }
}
