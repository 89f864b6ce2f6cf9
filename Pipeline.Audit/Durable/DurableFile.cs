using System.Buffers;

namespace Pipeline.Audit.Durable;

/// <summary>What became of a file that may be written only once.</summary>
public enum WriteOnceResult
{
    /// <summary>It was not there; it is now, and stays.</summary>
    Written,

    /// <summary>It was there with these very bytes; and is durable now, whoever wrote it.</summary>
    SameAlready,

    /// <summary>It was there with other bytes, and still is: evidence, never overwritten.</summary>
    Differs,
}

/// <summary>
/// The durable writes everything else is made of. When one of these returns, what it did survives a power cut; when it
/// throws, nothing is promised and the target is as before or complete, never half.
/// </summary>
/// <remarks>Two writers must not share a temporary name: one would link the other's half-written bytes. Callers give
/// one that names the writer (a process start, an epoch) wherever two may write one target.</remarks>
public static class DurableFile
{
    /// <summary>Appended to a target's path when the caller names no temporary file.</summary>
    public const string TemporarySuffix = ".tmp";

    private const int CompareBufferBytes = 64 * 1024;

    /// <summary>Writes a file that never changes afterwards. Its directory must exist.</summary>
    /// <param name="temporaryPath">On the same file system; a leftover under this name is replaced.</param>
    public static WriteOnceResult WriteOnce(
        IDisk disk, string path, ReadOnlySpan<byte> bytes, string? temporaryPath = null)
    {
        if (disk.FileExists(path))
        {
            return Compare(disk, path, bytes);
        }
        var temporary = temporaryPath ?? path + TemporarySuffix;
        WriteTemporary(disk, temporary, bytes);
        try
        {
            // If we crash here, the temporary file is swept or overwritten by the next writer of that name.
            if (!disk.Link(temporary, path))
            {
                return Compare(disk, path, bytes);
            }
            // If we crash here, the name may be lost, the bytes behind it cannot be half: the next run writes it again.
            disk.SyncDirectory(DirectoryOf(path));
            return WriteOnceResult.Written;
        }
        finally
        {
            UnlinkLeftover(disk, temporary);
        }
    }

    /// <summary>Puts <paramref name="bytes"/> in place of whatever is there, atomically. For files meant to change.</summary>
    /// <param name="temporaryPath">As in <see cref="WriteOnce"/>.</param>
    public static void Replace(IDisk disk, string path, ReadOnlySpan<byte> bytes, string? temporaryPath = null)
    {
        var temporary = temporaryPath ?? path + TemporarySuffix;
        WriteTemporary(disk, temporary, bytes);
        // If we crash here, the old content stands.
        disk.Rename(temporary, path);
        // If we crash here, old or new stands, whole either way.
        disk.SyncDirectory(DirectoryOf(path));
    }

    /// <summary>
    /// Makes a directory and every missing level above it. The parent of the deepest level that exists is synced too:
    /// whoever made it may have died in between, and each level is made only after the one above is durable, so no more
    /// than that one can be in doubt.
    /// </summary>
    public static void EnsureDirectory(IDisk disk, string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return;
        }
        if (!disk.DirectoryExists(path))
        {
            EnsureDirectory(disk, parent);
            disk.MakeDirectory(path);
        }
        // If we crash here, the directory may be gone, and nothing was put into it that anybody was told of.
        disk.SyncDirectory(parent);
    }

    /// <summary>The whole file.</summary>
    /// <exception cref="InvalidDataException">Longer than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static byte[] ReadAll(IDisk disk, string path, int maxBytes)
    {
        var length = disk.FileLength(path);
        if (length > maxBytes)
        {
            throw new InvalidDataException($"{path} has {length} bytes, more than the {maxBytes} that are read");
        }
        var bytes = new byte[length];
        using var source = disk.OpenRead(path);
        source.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Directory part of an absolute path.</summary>
    public static string DirectoryOf(string path) =>
        Path.GetDirectoryName(path) ?? throw new ArgumentException($"'{path}' names no file", nameof(path));

    private static void WriteTemporary(IDisk disk, string temporary, ReadOnlySpan<byte> bytes)
    {
        disk.Unlink(temporary);
        using var file = disk.CreateNew(temporary);
        try
        {
            file.Write(0, bytes);
            file.SyncData();
        }
        catch (IOException)
        {
            UnlinkLeftover(disk, temporary);
            throw;
        }
    }

    private static WriteOnceResult Compare(IDisk disk, string path, ReadOnlySpan<byte> bytes)
    {
        if (!HasBytes(disk, path, bytes))
        {
            return WriteOnceResult.Differs;
        }
        // Bytes are synced before they get their name, but whoever linked it may have died before this sync.
        // If we crash here, the name may be lost as if it had never been found.
        disk.SyncDirectory(DirectoryOf(path));
        return WriteOnceResult.SameAlready;
    }

    private static bool HasBytes(IDisk disk, string path, ReadOnlySpan<byte> bytes)
    {
        if (disk.FileLength(path) != bytes.Length)
        {
            return false;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(CompareBufferBytes);
        try
        {
            using var source = disk.OpenRead(path);
            while (source.Read(buffer) is > 0 and var read)
            {
                if (read > bytes.Length || !bytes[..read].SequenceEqual(buffer.AsSpan(0, read)))
                {
                    return false;
                }
                bytes = bytes[read..];
            }
            return bytes.IsEmpty;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A leftover costs space, never truth: failing to remove it must not hide the result or the error.</summary>
    private static void UnlinkLeftover(IDisk disk, string temporary)
    {
        try
        {
            disk.Unlink(temporary);
        }
        catch (IOException)
        {
            // Swept at the next start.
        }
    }
}
