using System.Runtime.InteropServices;

namespace Pipeline.Audit.Durable;

/// <summary>
/// The real disk: Linux system calls, one to a method. Calls that a signal interrupted are repeated; every other error
/// is an <see cref="IOException"/> that names the call, the path and the errno (also its HResult: 28 is disk full).
/// </summary>
public sealed class PosixDisk : IDisk
{
    private const int OwnerWrites = 0b110_100_100;
    private const int NobodyWrites = 0b100_100_100;
    private const int DirectoryMode = 0b111_101_101;

    public IDiskFile CreateNew(string path) =>
        new PosixFile(Open(path, PosixCalls.ReadWrite | PosixCalls.Create | PosixCalls.Exclusive), path);

    public IDiskFile OpenExisting(string path) => new PosixFile(Open(path, PosixCalls.ReadWrite), path);

    public Stream OpenRead(string path)
    {
        try
        {
            // Sharing all is what keeps the runtime from taking its own flock on our files.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (DirectoryNotFoundException missing)
        {
            throw new FileNotFoundException(missing.Message, path, missing);
        }
    }

    public Stream OpenReadFresh(string path)
    {
        var descriptor = Open(path, PosixCalls.ReadOnly);
        try
        {
            // Only clean pages can be dropped, and a bit that never reached the medium proves nothing about it.
            if (PosixCalls.Uninterrupted(() => PosixCalls.WriteOut(descriptor, 0, 0, PosixCalls.WriteOutAndWait)) < 0)
            {
                throw PosixCalls.Error("sync_file_range", path);
            }
            return new FreshReader(descriptor);
        }
        catch
        {
            _ = PosixCalls.Close(descriptor);
            throw;
        }
    }

    /// <summary>
    /// The device a path is on, as <c>major:minor</c>. Two paths with one device fail together; two devices may still be
    /// partitions of one disk, and a number may change with a restart of the machine.
    /// </summary>
    /// <exception cref="IOException">No such path.</exception>
    public static unsafe string DeviceOf(string path)
    {
        const int answerBytes = 256, majorAt = 0x88, minorAt = 0x8C, currentDirectory = -100;
        var answer = new byte[answerBytes];
        fixed (byte* start = answer)
        {
            if (PosixCalls.Status(currentDirectory, path, 0, 0, start) < 0)
            {
                throw PosixCalls.Error("statx", path);
            }
        }
        return $"{BitConverter.ToUInt32(answer, majorAt)}:{BitConverter.ToUInt32(answer, minorAt)}";
    }

    public bool Link(string existingPath, string newPath)
    {
        if (PosixCalls.Uninterrupted(() => PosixCalls.Link(existingPath, newPath)) == 0)
        {
            return true;
        }
        return Marshal.GetLastPInvokeError() == PosixCalls.Exists
            ? false
            : throw PosixCalls.Error($"link {existingPath} to", newPath);
    }

    public void Rename(string path, string newPath)
    {
        if (PosixCalls.Uninterrupted(() => PosixCalls.Rename(path, newPath)) < 0)
        {
            throw PosixCalls.Error($"rename {path} to", newPath);
        }
    }

    public void Unlink(string path)
    {
        if (PosixCalls.Uninterrupted(() => PosixCalls.Unlink(path)) < 0
            && Marshal.GetLastPInvokeError() != PosixCalls.NoEntry)
        {
            throw PosixCalls.Error("unlink", path);
        }
    }

    public void MakeReadOnly(string path)
    {
        if (PosixCalls.Uninterrupted(() => PosixCalls.ChangeMode(path, NobodyWrites)) < 0)
        {
            throw PosixCalls.Error("chmod", path);
        }
    }

    public bool MakeDirectory(string path)
    {
        if (PosixCalls.Uninterrupted(() => PosixCalls.MakeDirectory(path, DirectoryMode)) == 0)
        {
            return true;
        }
        return Marshal.GetLastPInvokeError() == PosixCalls.Exists && Directory.Exists(path)
            ? false
            : throw PosixCalls.Error("mkdir", path);
    }

    public void SyncDirectory(string path)
    {
        var descriptor = Open(path, PosixCalls.ReadOnly);
        try
        {
            if (PosixCalls.Uninterrupted(() => PosixCalls.Sync(descriptor)) < 0)
            {
                throw PosixCalls.Error("fsync", path);
            }
        }
        finally
        {
            _ = PosixCalls.Close(descriptor);
        }
    }

    public IDisposable? TryLock(string path)
    {
        var descriptor = Open(path, PosixCalls.ReadWrite | PosixCalls.Create);
        if (PosixCalls.Uninterrupted(() =>
            PosixCalls.Lock(descriptor, PosixCalls.LockExclusive | PosixCalls.LockWithoutWaiting)) == 0)
        {
            return new PosixFile(descriptor, path);
        }
        var error = PosixCalls.Error("flock", path);
        _ = PosixCalls.Close(descriptor);
        return error.HResult == PosixCalls.WouldBlock ? null : throw error;
    }

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public long FileLength(string path) => new FileInfo(path).Length;

    public IReadOnlyList<string> ListFiles(string directory) => List(directory, Directory.EnumerateFiles);

    public IReadOnlyList<string> ListDirectories(string directory) => List(directory, Directory.EnumerateDirectories);

    private static string[] List(string directory, Func<string, IEnumerable<string>> list)
    {
        try
        {
            return [.. list(directory).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static int Open(string path, int flags)
    {
        var descriptor = PosixCalls.Uninterrupted(() => PosixCalls.Open(path, flags | PosixCalls.CloseOnExec, OwnerWrites));
        return descriptor >= 0 ? descriptor : throw PosixCalls.Error("open", path);
    }
}

/// <summary>One open descriptor. Not for use by several threads at once.</summary>
internal sealed class PosixFile(int descriptor, string path) : IDiskFile
{
    private const int BeginWritingFromBytes = 512 * 1024;

    private int _descriptor = descriptor;
    private bool _failed;

    public unsafe void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var written = PosixCalls.WriteAt(_descriptor, start + done, bytes.Length - done, offset + done);
                if (written < 0 && Marshal.GetLastPInvokeError() == PosixCalls.Interrupted)
                {
                    continue;
                }
                if (written <= 0)
                {
                    throw PosixCalls.Error("pwrite", path);
                }
                done += (int)written;
            }
        }
        if (bytes.Length >= BeginWritingFromBytes)
        {
            // A hint: the medium works while the next bytes come, and the sync at the end finds less to do. An error of the
            // medium stays with the file: that sync is where it is reported.
            _ = PosixCalls.SyncRange(_descriptor, offset, bytes.Length, PosixCalls.BeginWriting);
        }
    }

    public void Truncate(long length)
    {
        if (PosixCalls.Uninterrupted(() => PosixCalls.Truncate(_descriptor, length)) < 0)
        {
            throw PosixCalls.Error("ftruncate", path);
        }
    }

    public void SyncData()
    {
        if (_failed)
        {
            throw new IOException($"fdatasync {path}: a sync of this file failed before, so its bytes are lost");
        }
        if (PosixCalls.Uninterrupted(() => PosixCalls.SyncData(_descriptor)) < 0)
        {
            _failed = true;
            throw PosixCalls.Error("fdatasync", path);
        }
    }

    public void Dispose()
    {
        // Linux frees the descriptor even when close is interrupted: a second close could hit somebody else's file.
        if (Interlocked.Exchange(ref _descriptor, -1) is >= 0 and var open)
        {
            _ = PosixCalls.Close(open);
        }
    }
}
