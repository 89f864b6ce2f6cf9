using System.Buffers;
using System.Security.Cryptography;
using Pipeline.Audit.Durable;

namespace Pipeline.Actors.Backups;

/// <summary>Copies a file through the durable seam and says what it copied.</summary>
internal static class CopiedFile
{
    private const int BufferBytes = 1024 * 1024;

    /// <summary>The bytes are on the medium when this returns; the name is once its directory was synced.</summary>
    /// <param name="name">As the manifest names it.</param>
    /// <exception cref="FileNotFoundException">There is no such source.</exception>
    public static BackupFile Copy(IDisk disk, string source, string target, string name)
    {
        using var from = disk.OpenRead(source);
        using var to = disk.CreateNew(target);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var length = 0L;
            while (from.Read(buffer) is > 0 and var read)
            {
                to.Write(length, buffer.AsSpan(0, read));
                hash.AppendData(buffer.AsSpan(0, read));
                length += read;
            }
            // If we crash here, the copy may be torn: what it is part of has no manifest yet.
            to.SyncData();
            return new BackupFile(name, length, Convert.ToHexStringLower(hash.GetCurrentHash()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What is there, without copying it.</summary>
    public static BackupFile Look(IDisk disk, string path, string name)
    {
        using var from = disk.OpenRead(path);
        var digest = SHA256.HashData(from);
        return new BackupFile(name, disk.FileLength(path), Convert.ToHexStringLower(digest));
    }

    /// <summary>Makes every name below a directory durable, the deepest first.</summary>
    public static void SyncTree(IDisk disk, string directory)
    {
        foreach (var below in disk.ListDirectories(directory))
        {
            SyncTree(disk, Path.Combine(directory, below));
        }
        disk.SyncDirectory(directory);
    }
}
