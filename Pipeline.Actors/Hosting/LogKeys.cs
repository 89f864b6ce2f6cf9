using System.Security.Cryptography;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Hosting;

/// <summary>The log's keys: files named by its origin, readable by their owner alone, outside the data directory.</summary>
public static class LogKeys
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static string PathOf(string keys, string origin) => Of(keys, origin, new PosixDisk()).CurrentPath;

    public static KeyFiles Of(string keys, string origin, IDisk disk) => new(disk, keys, origin);

    /// <exception cref="StartupRefusedException">A file is no key of this origin.</exception>
    public static LogSigner OpenOrMake(string keys, string origin, IDisk disk)
    {
        var path = Of(keys, origin, disk).CurrentPath;
        if (!disk.FileExists(path))
        {
            DurableFile.EnsureDirectory(disk, keys);
            File.SetUnixFileMode(keys, OwnerOnly | UnixFileMode.UserExecute);
            var text = NoteSigner.FormatKeyFile(origin, RandomNumberGenerator.GetBytes(NoteSigner.SeedBytes)) + "\n";
            // Two nodes may start at once: the first to link its key wins, the other reads it. If we crash here, the key
            // signed nothing yet.
            var temporary = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
            DurableFile.WriteOnce(disk, path, System.Text.Encoding.ASCII.GetBytes(text), temporary);
            File.SetUnixFileMode(path, OwnerOnly);
        }
        return Open(keys, origin, disk);
    }

    /// <summary>The keys that are there; makes none.</summary>
    /// <exception cref="StartupRefusedException">There is none, or a file is no key of this origin.</exception>
    public static LogSigner Open(string keys, string origin, IDisk disk)
    {
        var files = Of(keys, origin, disk);
        if (!files.Any)
        {
            throw new StartupRefusedException($"The log's key {files.CurrentPath} is missing. Put it back from your key backup, or say with --keys where it is; nothing was changed.");
        }
        return files.TryOpen(out var signer, out var problem)
            ? signer
            : throw new StartupRefusedException($"These are not the keys of {origin}: {problem}. Restore them from your key backup.");
    }

    /// <summary>Takes from group and others whatever a copy or a crash gave them.</summary>
    /// <param name="keys">The directory of the files.</param>
    public static void Protect(string keys, KeyFiles files)
    {
        File.SetUnixFileMode(keys, OwnerOnly | UnixFileMode.UserExecute);
        foreach (var path in files.Private)
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }
}
