using Dapper;
using Pipeline.Audit.Durable;

namespace Pipeline.Actors.Backups;

/// <summary>
/// Copies a data directory, beside its node or without one. Each copy is consistent in itself, and each is of the same
/// instant as the one before it or later: read model, ledger, published log, log database, journal. So whatever an
/// earlier copy has read from a later one is inside, and a restored node goes on as after a crash.
/// </summary>
public static class BackupMaking
{
    /// <summary>Consumers before what they read from (design, section 6).</summary>
    private static readonly string[] BeforeTheLog = ["read", "ledger"];

    private static readonly string[] AfterThePublishedLog = ["log", "journal", "people"];

    private static readonly string[] Settings = ["format", "stores.json", RecoveryMark.FileName];

    /// <param name="data">A data directory; absolute.</param>
    /// <param name="log">Its log directory; absolute.</param>
    /// <param name="backup">A directory that is not there yet; absolute.</param>
    /// <exception cref="RecoveryRefusedException">There is nothing to copy, or no new place for it.</exception>
    public static BackupManifest Make(IDisk disk, string data, string log, string backup, TimeProvider time)
    {
        RequireEmbedded(disk, data);
        if (disk.FileExists(backup) || disk.DirectoryExists(backup))
        {
            throw new RecoveryRefusedException($"{backup} is there already. A backup gets a directory of its own: name one that does not exist.");
        }
        if (RecoveryMark.Find(disk, data) is { Phase: RecoveryPhase.Refilling })
        {
            throw new RecoveryRefusedException($"{data} is in the middle of a recovery. Run 'mp recover --from-log' to its end first.");
        }
        var taken = time.GetUtcNow().ToUnixTimeMilliseconds();
        DurableFile.EnsureDirectory(disk, backup);
        // Bundles and people are nobody else's business.
        File.SetUnixFileMode(backup, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var files = new List<BackupFile>();
        foreach (var name in Settings.Where(name => disk.FileExists(Path.Combine(data, name))))
        {
            files.Add(CopiedFile.Copy(disk, Path.Combine(data, name), Path.Combine(backup, name), name));
        }
        CopyDatabases(BeforeTheLog);
        // Before the log database, so that every published entry is in it: a restored node must never be behind its own
        // checkpoint.
        files.AddRange(CopiedLog.Copy(disk, log, Path.Combine(backup, "log"), out var published));
        CopyDatabases(AfterThePublishedLog);
        var (origin, size, root, logOnly) = Head(Path.Combine(backup, "log.db"));
        RequireOrder(Path.Combine(backup, "journal.db"), size, published, logOnly);
        CopiedFile.SyncTree(disk, backup);
        var manifest = new BackupManifest(
            BackupManifest.CurrentVersion, origin, taken, size, root, published,
            [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)], NotInside(data));
        // If we crash here, there is no manifest, and nobody takes what is there for a backup.
        DurableFile.WriteOnce(disk, Path.Combine(backup, BackupManifest.FileName), manifest.ToBytes());
        return manifest;

        void CopyDatabases(IEnumerable<string> names)
        {
            foreach (var name in names.Select(n => n + ".db").Where(n => disk.FileExists(Path.Combine(data, n))))
            {
                files.Add(CopiedDatabase.Copy(disk, Path.Combine(data, name), Path.Combine(backup, name), name));
            }
        }
    }

    /// <summary>Only files of ours are copied by us.</summary>
    /// <exception cref="RecoveryRefusedException">No data directory, or one whose databases are on a server.</exception>
    public static void RequireEmbedded(IDisk disk, string data)
    {
        if (!disk.FileExists(Path.Combine(data, "format")))
        {
            throw new RecoveryRefusedException($"{data} is no data directory: it has no file 'format'.");
        }
        if (!disk.FileExists(Path.Combine(data, "journal.db")) || !disk.FileExists(Path.Combine(data, "log.db")))
        {
            throw new RecoveryRefusedException(
                $"{data} has no journal.db and log.db. In PostgreSQL journal, log, ledger and read model are one database: back it up and restore it with its own "
                + "tools (pg_dump, or base backup and WAL), which copy all of it as of one instant. Copy the log directory BEFORE the database, never after it: "
                + "a restored database must not be older than the checkpoint beside it. Keys are backed up apart.");
        }
    }

    private static (string Origin, long Size, string Root, long LogOnly) Head(string copy)
    {
        using var db = CopiedDatabase.Open(copy);
        if (db.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE name = 'log_head'") == 0)
        {
            throw new RecoveryRefusedException("The log has not begun: nothing was ever received here, and there is nothing to back up.");
        }
        var (origin, size, root) = db.QuerySingle<(string, long, byte[])>("SELECT origin, size, root FROM log_head WHERE id = 1");
        var lost = db.ExecuteScalar<long>(
            "SELECT COUNT(*) FROM log_entry WHERE persistence_id >= @from AND persistence_id < @to",
            new { from = LogRecovery.LostSource, to = LogRecovery.LostSource + "~" });
        return (origin, size, Convert.ToHexStringLower(root), lost);
    }

    /// <param name="logOnly">Entries that no journal has since a recovery.</param>
    private static void RequireOrder(string journal, long logSize, long published, long logOnly)
    {
        using var db = CopiedDatabase.Open(journal);
        var rows = db.ExecuteScalar<long>("SELECT COUNT(*) FROM journal");
        if (published > logSize)
        {
            throw new InvalidDataException(
                $"{published} entries are published and log.db has {logSize}: it is older than the log. Runbook: ops/docs/runbooks/log-database-rolled-back.md");
        }
        if (rows + logOnly < logSize)
        {
            throw new InvalidDataException(
                $"the journal has {rows} facts and the log {logSize}: one of the two was restored from another time. Runbook: ops/docs/runbooks/log-unreconciled.md");
        }
    }

    private static List<string> NotInside(string data) =>
    [
        $"Keys: the log's private key is in {data}.keys or where --keys says. Keep a copy of it apart from this backup; without it the log ends.",
        $"The vault's objects: {data}/vault, or the stores that stores.json names. Copies of them are what replicas are for (--replica).",
        $"The spool: {data}/spool, uploads that had not come whole. Their senders still have them.",
        "Secrets of stores: connection strings and their files.",
    ];
}
