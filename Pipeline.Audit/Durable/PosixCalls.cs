using System.Runtime.InteropServices;

namespace Pipeline.Audit.Durable;

/// <summary>The system calls the runtime has no name for, by their POSIX names. Numbers are Linux's, equal on x64 and arm64.</summary>
internal static partial class PosixCalls
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int CloseOnExec = 0x80000;

    public const int LockExclusive = 2;
    public const int LockWithoutWaiting = 4;

    public const int AdviseSequential = 2;
    public const int AdviseNotNeeded = 4;

    /// <summary>Wait for what is under way, write what is dirty, wait for it: no barrier, no metadata.</summary>
    public const uint WriteOutAndWait = 7;

    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int Exists = 17;

    private const string C = "libc";

    [LibraryImport(C, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport(C, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(C, EntryPoint = "pwrite", SetLastError = true)]
    public static unsafe partial nint WriteAt(int descriptor, byte* bytes, nint count, long offset);

    /// <summary>SYNC_FILE_RANGE_WRITE: begins to write out, waits for nothing, promises nothing.</summary>
    public const uint BeginWriting = 2;

    [LibraryImport(C, EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int SyncRange(int descriptor, long offset, long count, uint flags);

    [LibraryImport(C, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int descriptor, long length);

    [LibraryImport(C, EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncData(int descriptor);

    [LibraryImport(C, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(int descriptor);

    [LibraryImport(C, EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string existing, string path);

    [LibraryImport(C, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string path, string newPath);

    [LibraryImport(C, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport(C, EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectory(string path, int mode);

    [LibraryImport(C, EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeMode(string path, int mode);

    [LibraryImport(C, EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int descriptor, int operation);

    [LibraryImport(C, EntryPoint = "posix_fadvise")]
    public static partial int Advise(int descriptor, long offset, long length, int advice);

    [LibraryImport(C, EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int WriteOut(int descriptor, long offset, long length, uint how);

    /// <summary>The answer is 256 bytes whose layout is the same on every architecture.</summary>
    [LibraryImport(C, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int Status(int directory, string path, int flags, uint mask, byte* answer);

    /// <summary>Repeats a call that a signal interrupted. The result is that of the call; errno is the caller's to read.</summary>
    public static int Uninterrupted(Func<int> call)
    {
        int result;
        do
        {
            result = call();
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result;
    }

    /// <summary>The last error as an <see cref="IOException"/> whose HResult is the errno, as the runtime's own are.</summary>
    public static IOException Error(string call, string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        var message = $"{call} {path}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
        return errno == NoEntry ? new FileNotFoundException(message, path) : new IOException(message, errno);
    }
}
