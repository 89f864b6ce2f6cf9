using Akka.Actor;
using Akka.Persistence;
using Dapper;
using Pipeline.Actors.Backups;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Ingest.Audio;

namespace Pipeline.Actors.Hosting;

/// <summary>The node does not start; the message says cause, evidence and the one safe thing to do.</summary>
public sealed class StartupRefusedException(string message) : Exception(message);

/// <summary>What must hold before the first byte is accepted.</summary>
public static class StartupChecks
{
    /// <summary>A commit that is not on disk is no commit: SQLite must run with WAL and synchronous=FULL (2).</summary>
    public static void RequireDurableCommits(Stores stores)
    {
        if (stores.Dialect != SqlDialect.Sqlite)
        {
            using var pg = stores.Journal.OpenConnection();
            var commit = pg.ExecuteScalar<string>("SHOW synchronous_commit");
            if (commit == "off")
            {
                throw new StartupRefusedException(
                    "PostgreSQL answers commits before they are on disk (synchronous_commit = off). Set it on for this database: ALTER DATABASE … SET synchronous_commit = on.");
            }
            return;
        }
        foreach (var (name, source) in new[] { ("journal", stores.Journal), ("log", stores.Log), ("people", stores.People) })
        {
            using var db = source.OpenConnection();
            var mode = db.ExecuteScalar<string>("PRAGMA journal_mode");
            var synchronous = db.ExecuteScalar<long>("PRAGMA synchronous");
            if (mode != "wal" || synchronous < 2)
            {
                throw new StartupRefusedException(
                    $"{name}.db would lose commits in a power cut (journal_mode={mode}, synchronous={synchronous}; wal and 2 are wanted): this build of SQLite is not fit for facts.");
            }
        }
    }

    /// <summary>
    /// A recovery that ended half-way has databases of two times: sequencing over the gap would fork the log. And a
    /// restored node that is started without its vault would write down every object as lost.
    /// </summary>
    public static void RequireWholeRestore(NodeOptions options, DataDirectory data, IDisk disk)
    {
        if (RecoveryMark.Find(disk, data.Root) is not { } mark)
        {
            return;
        }
        if (mark.Phase == RecoveryPhase.Refilling)
        {
            throw new StartupRefusedException(
                $"A recovery of {data.Root} was begun and not ended ({RecoveryMark.FileName}). Run it again; it goes on where it stopped: mp recover --from-log LOG --data {data.Root}. See ops/docs/runbooks/log-database-rolled-back.md.");
        }
        var vault = Path.Combine(data.Root, "vault");
        if (StoreLayout.Read(disk, data.Root) is null && options.VaultSpec is null && options.Config.Vault is null && !disk.DirectoryExists(vault))
        {
            throw new StartupRefusedException(
                $"{data.Root} was restored, and its vault {vault} is not there: no backup holds it. Put the vault there, or restore with --vault. To go on without any object, make an empty directory of that name. Nothing was changed.");
        }
    }

    /// <summary>Hostile bytes are decoded in a cage or not at all.</summary>
    public static void RequireSandbox(Sandbox sandbox, NodeOptions options)
    {
        var weakWillDo = options.DemoFiles || options.Config.WeakSandbox == "allowed";
        if (sandbox.Strength == SandboxStrength.None || (sandbox.Strength == SandboxStrength.Weak && !weakWillDo))
        {
            throw new StartupRefusedException(
                $"{sandbox.Reason}. See ops/docs/runbooks/sandbox-missing.md; 'ops/setup run' installs bubblewrap, and \"weakSandbox\": \"allowed\" in --config accepts the weaker mode.");
        }
    }

    /// <summary>A misspelt plugin id would mean facts in memory, and the default replay filter discards them silently.</summary>
    public static void RequireJournal(ActorSystem system)
    {
        var config = system.Settings.Config;
        var plugin = config.GetString("akka.persistence.journal.plugin");
        var filter = config.GetString("akka.persistence.journal.sql.replay-filter.mode");
        if (plugin != "akka.persistence.journal.sql" || filter != "fail")
        {
            throw new StartupRefusedException($"The journal is '{plugin}' with replay filter '{filter}'; facts need akka.persistence.journal.sql and fail.");
        }
        // Their tables come into being now, not with the first entity.
        Persistence.Instance.Apply(system).JournalFor(null);
        Persistence.Instance.Apply(system).SnapshotStoreFor(null);
    }
}
