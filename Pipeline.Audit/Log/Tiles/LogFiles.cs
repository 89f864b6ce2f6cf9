namespace Pipeline.Audit.Log;

/// <summary>
/// The files of a log as a reader sees them: a directory here, a web address or a container above. Paths are relative,
/// with <c>/</c>. What it gives is hostile: callers state the most they read.
/// </summary>
public interface ILogFiles
{
    /// <summary>The bytes of a file, at most <paramref name="maxBytes"/> and one more, which says that it is longer; null when there is none.</summary>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    byte[]? Read(string path, int maxBytes);

    /// <summary>The paths of all files, in no order.</summary>
    IEnumerable<string> List();
}

/// <summary>A log on a disk: <c>checkpoint</c>, <c>vkey</c>, <c>history</c>, <c>tile/…</c>. Only reads. Symbolic links are not followed.</summary>
public sealed class LogDirectory : ILogFiles
{
    private static readonly EnumerationOptions EveryFile = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
        MaxRecursionDepth = 20,
    };

    private readonly string _root;

    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public LogDirectory(string path)
    {
        _root = Path.GetFullPath(path);
        if (!Directory.Exists(_root))
        {
            throw new DirectoryNotFoundException($"{path} is not a directory");
        }
    }

    public byte[]? Read(string path, int maxBytes)
    {
        var file = new FileInfo(Path.Combine(_root, path));
        if (!file.Exists)
        {
            return null;
        }
        // A named pipe has length 0, and to open one is to wait for ever.
        if (file.Length == 0)
        {
            return [];
        }
        try
        {
            using var handle = File.OpenHandle(file.FullName);
            var bytes = new byte[Math.Min(RandomAccess.GetLength(handle), maxBytes + 1L)];
            var read = 0;
            for (int got; read < bytes.Length && (got = RandomAccess.Read(handle, bytes.AsSpan(read), read)) > 0; read += got)
            {
            }
            return read == bytes.Length ? bytes : bytes[..read];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Between asking and opening the publisher may have removed a partial file.
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public IEnumerable<string> List()
    {
        try
        {
            return [.. Directory.EnumerateFiles(_root, "*", EveryFile).Select(p => Path.GetRelativePath(_root, p).Replace('\\', '/'))];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}

/// <summary>A log's files do not give what its checkpoint promises; <c>fsck</c> tells all of it.</summary>
public sealed class LogDamagedException(string message) : IOException(message);
