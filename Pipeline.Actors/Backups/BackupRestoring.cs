using Pipeline.Actors.Hosting;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Backups;

/// <summary>How the log's key stands after a restore.</summary>
public enum KeyStanding
{
    /// <summary>It is where the node will look, and it is the one that signed the restored log, or one that follows it.</summary>
    There,

    /// <summary>No file: it has to come from its own backup.</summary>
    Missing,

    /// <summary>A key, but neither the one that signed the restored log nor one that came after it.</summary>
    Another,
}

/// <summary>What a restore did.</summary>
/// <param name="KeyPath">Where the node will look for the log's key.</param>
public sealed record Restored(BackupManifest Manifest, KeyStanding Key, string KeyPath);

/// <summary>Makes a new data directory of a backup, after every digest of it was checked.</summary>
public static class BackupRestoring
{
    /// <param name="backup">Made by <see cref="BackupMaking"/>; absolute.</param>
    /// <param name="data">Where to; not there, or empty. Absolute.</param>
    /// <param name="keys">Where the log's key is or will be.</param>
    /// <param name="vault">The primary store as <c>--vault</c> names it; null keeps what the backup says.</param>
    /// <exception cref="BackupDamagedException">A file is not what the manifest says; the message names it.</exception>
    /// <exception cref="RecoveryRefusedException">The place is taken.</exception>
    public static Restored Restore(IDisk disk, string backup, string data, string keys, string? vault, TimeProvider time)
    {
        if (disk.FileExists(data) || disk.ListFiles(data).Count > 0 || disk.ListDirectories(data).Count > 0)
        {
            throw new RecoveryRefusedException($"{data} is not empty. A backup is restored into a new directory; nothing was changed.");
        }
        var manifest = BackupManifest.Read(disk, backup);
        Check(disk, backup, manifest);
        var making = data + ".restoring";
        if (disk.DirectoryExists(making))
        {
            // Left by a restore that ended half-way: nobody else gives this name.
            Directory.Delete(making, recursive: true);
        }
        DurableFile.EnsureDirectory(disk, making);
        foreach (var file in manifest.Files)
        {
            var target = Path.Combine(making, file.Path);
            DurableFile.EnsureDirectory(disk, DurableFile.DirectoryOf(target));
            Require(file, CopiedFile.Copy(disk, Path.Combine(backup, file.Path), target, file.Path));
        }
        if (vault is not null)
        {
            RelocateVault(disk, making, data, manifest.Origin, vault);
        }
        // What an earlier recovery counted stands; the gates shut again.
        ((RecoveryMark.Find(disk, making) ?? RecoveryMark.Begun(manifest.Taken)) with
        {
            Phase = RecoveryPhase.Ended,
            Taken = manifest.Taken,
            Ended = time.GetUtcNow().ToUnixTimeMilliseconds(),
            UploadsCleared = 0,
        }).Write(disk, making);
        CopiedFile.SyncTree(disk, making);
        // If we crash here, the data directory is not there, and the next restore begins anew.
        disk.Rename(making, data);
        disk.SyncDirectory(DurableFile.DirectoryOf(data));
        return new Restored(
            manifest, KeyAt(disk, keys, manifest.Origin, Path.Combine(data, "log")), LogKeys.PathOf(keys, manifest.Origin));
    }

    private static void Check(IDisk disk, string backup, BackupManifest manifest)
    {
        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(backup, file.Path);
            if (!disk.FileExists(path))
            {
                throw new BackupDamagedException($"{file.Path} is missing in {backup}. Nothing was restored; use another backup.");
            }
            Require(file, CopiedFile.Look(disk, path, file.Path));
        }
    }

    private static void Require(BackupFile wanted, BackupFile found)
    {
        if (wanted != found)
        {
            throw new BackupDamagedException(
                $"{wanted.Path} is not what was backed up: {found.SizeBytes} bytes with SHA-256 {found.Sha256}, wanted {wanted.SizeBytes} with {wanted.Sha256}. "
                + "Nothing was restored; use another backup.");
        }
    }

    /// <summary>The same store in another place keeps its name, because facts name stores.</summary>
    private static void RelocateVault(IDisk disk, string making, string data, string origin, string vault)
    {
        if (!StoreSpec.TryParse(vault, Environment.CurrentDirectory, out var spec, out var problem))
        {
            throw new RecoveryRefusedException($"--vault '{vault}': {problem}. Nothing was restored.");
        }
        var kept = StoreLayout.Read(disk, making);
        var name = kept?.Stores[0].Name ?? CopiedVault.PrimaryName;
        if (spec is StoreSpec.Files files)
        {
            // A vault that never had replicas carries no mark; from here on it is one that could be mistaken.
            var wrong = !disk.DirectoryExists(files.Path)
                ? $"{files.Path} is not there"
                : StoreMark.Check(disk, files.Path, origin, name, known: kept is not null, Path.Combine(files.Path, "store.restoring"));
            if (wrong is not null)
            {
                throw new RecoveryRefusedException($"--vault: {wrong}. Nothing was restored.");
            }
        }
        var primary = new NamedStore(name, (spec with { Name = name }).ToString());
        var layout = kept is null
            ? new StoreLayout(StoreLayout.CurrentVersion, [primary], [], null)
            : kept with { Stores = [primary, .. kept.Stores.Skip(1)] };
        // Named as it will be found: a store inside the data directory is written relative to it.
        StoreLayout.Settle(layout, null, null, null, data).Layout!.Write(disk, making);
    }

    private static KeyStanding KeyAt(IDisk disk, string keys, string origin, string log)
    {
        if (!disk.FileExists(LogKeys.PathOf(keys, origin)))
        {
            return KeyStanding.Missing;
        }
        try
        {
            using var signer = LogKeys.Open(keys, origin, disk);
            return ShownKeys.Look(disk, log, signer.Keys) is ShownKeys.Fit ? KeyStanding.There : KeyStanding.Another;
        }
        catch (StartupRefusedException)
        {
            return KeyStanding.Another;
        }
    }
}
