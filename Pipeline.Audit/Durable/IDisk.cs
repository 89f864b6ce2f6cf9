namespace Pipeline.Audit.Durable;

/// <summary>
/// The one seam through which anything is written to disk. Two implementations: <c>PosixDisk</c>, and the
/// simulated disk of <c>tests/Support</c>, which drops, tears and reorders whatever was not synced. The methods are the
/// system calls and promise no more than they do: a name survives a power cut only after <see cref="SyncDirectory"/>
/// of its directory, bytes only after <see cref="IDiskFile.SyncData"/>.
/// </summary>
/// <remarks>All paths are absolute. Errors are <see cref="IOException"/>; after a failed sync the object is failed and
/// is never synced again (the kernel may have dropped the dirty pages).</remarks>
public interface IDisk
{
    /// <summary>open(O_CREAT|O_EXCL|O_RDWR): a new empty file.</summary>
    /// <exception cref="IOException">The name exists.</exception>
    IDiskFile CreateNew(string path);

    /// <summary>open(O_RDWR) of an existing file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    IDiskFile OpenExisting(string path);

    /// <summary>A forward-only reader of a file as it is now.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    Stream OpenRead(string path);

    /// <summary>
    /// As <see cref="OpenRead"/>, but what the page cache keeps of the file is dropped before (after waiting for what is
    /// still on its way to the disk) and again when the reader is disposed: the bytes come from the medium, and reading
    /// everything once does not drive out what others use.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    Stream OpenReadFresh(string path);

    /// <summary>link(2): gives the file a second name and never replaces. False when <paramref name="newPath"/> exists.</summary>
    bool Link(string existingPath, string newPath);

    /// <summary>rename(2): replaces <paramref name="newPath"/> if it exists, atomically.</summary>
    void Rename(string path, string newPath);

    /// <summary>unlink(2); a missing file is no error.</summary>
    void Unlink(string path);

    /// <summary>chmod to 0444: nobody writes there by accident.</summary>
    void MakeReadOnly(string path);

    /// <summary>mkdir(2). True when it was made now, false when it existed. The parent must exist.</summary>
    bool MakeDirectory(string path);

    /// <summary>fsync(2) of a directory: its names survive a power cut from here on.</summary>
    void SyncDirectory(string path);

    /// <summary>
    /// flock(2), exclusive, of a file that is made when missing; held until disposed, and released by the kernel when the
    /// process dies. Null when somebody else holds it.
    /// </summary>
    IDisposable? TryLock(string path);

    bool FileExists(string path);

    bool DirectoryExists(string path);

    /// <summary>Length in bytes.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    long FileLength(string path);

    /// <summary>Names (not paths) of the files directly in a directory, ordinal order; empty when there is none.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>Names of the directories directly in a directory, ordinal order; empty when there is none.</summary>
    IReadOnlyList<string> ListDirectories(string directory);
}

/// <summary>An open file. Disposing closes it and syncs nothing.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>pwrite(2) of all bytes.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>ftruncate(2).</summary>
    void Truncate(long length);

    /// <summary>fdatasync(2): the bytes written so far survive a power cut from here on.</summary>
    void SyncData();
}
