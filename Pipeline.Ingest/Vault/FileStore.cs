using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// A store as a directory tree. Several processes may share one: names are linked, never overwritten; temporary names
/// are each process's own; what changes an existing name holds the tree's lock.
/// </summary>
/// <param name="disk">Everything goes through it.</param>
/// <param name="root">Absolute path; made when missing.</param>
/// <param name="temporary">This process's temporary names under the same <paramref name="root"/>.</param>
/// <param name="linkedFrom">
/// Directories whose files are given their name in the store by a link where they are on its file system. Only folders
/// whose files nobody keeps: a link to another store's file would be one copy with two names, which rots as one.
/// </param>
public sealed class FileStore(
    IDisk disk, string name, string domain, string root, TemporaryFiles temporary, IReadOnlyList<string> linkedFrom)
    : IObjectStore
{
    private readonly DurableTree _directories = new(disk);

    /// <summary>
    /// Objects whose name could not be synced. The kernel may hold for clean what it failed to write, so a later look
    /// that finds them proves nothing: they are written anew.
    /// </summary>
    private readonly ConcurrentDictionary<Sha256Digest, bool> _doubtful = new();

    public string Name { get; } = name;

    public string Domain { get; } = domain;

    public StoreAccess Access => StoreAccess.ReadWrite;

    /// <summary>Where the object is, or would be.</summary>
    public string PathOf(Sha256Digest id) => VaultLayout.ObjectPath(root, id);

    public async Task<bool> PutAsync(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel)
    {
        if (_doubtful.ContainsKey(id))
        {
            await ReplaceAsync(id, localPath, sizeBytes, cancel);
            _doubtful.TryRemove(id, out _);
            return true;
        }
        if (MayLink(localPath))
        {
            disk.MakeReadOnly(localPath);
            if (TryPlace(localPath, id))
            {
                return true;
            }
        }
        // A disk that hangs must not take the pool's threads with it.
        await Task.Factory.StartNew(
            () => Copy(id, localPath, sizeBytes, cancel), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return true;
    }

    public async Task<QuarantinedObject?> ReplaceAsync(
        Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel)
    {
        using var held = await StoreLock.TakeAsync(disk, root, cancel);
        var temporaryPath = temporary.Next();
        try
        {
            if (!(MayLink(localPath) && TryLink(localPath, temporaryPath, out _)))
            {
                VerifiedCopy.Write(disk, localPath, temporaryPath, id, sizeBytes, cancel);
            }
            disk.MakeReadOnly(temporaryPath);
            return Exchange(id, temporaryPath);
        }
        finally
        {
            RemoveLeftover(temporaryPath);
        }
    }

    public Task<Stream> OpenAsync(Sha256Digest id, bool fresh, CancellationToken cancel)
    {
        try
        {
            return Task.FromResult(fresh ? disk.OpenReadFresh(PathOf(id)) : disk.OpenRead(PathOf(id)));
        }
        catch (FileNotFoundException)
        {
            return Task.FromException<Stream>(new ObjectMissingException(id));
        }
    }

    public Task<bool> ExistsAsync(Sha256Digest id, CancellationToken cancel) => Task.FromResult(disk.FileExists(PathOf(id)));

    public async IAsyncEnumerable<StoredObject> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var top = VaultLayout.ObjectsDirectory(root);
        foreach (var first in disk.ListDirectories(top))
        {
            foreach (var second in disk.ListDirectories(Path.Combine(top, first)))
            {
                // Whoever lists a million names lets others run now and then.
                await Task.Yield();
                cancel.ThrowIfCancellationRequested();
                foreach (var file in disk.ListFiles(Path.Combine(top, first, second)))
                {
                    if (VaultLayout.TryParse(file, out var id) && LengthOf(id) is { } length)
                    {
                        yield return new StoredObject(id, length);
                    }
                }
            }
        }
    }

    public async Task<string> QuarantineAsync(Sha256Digest id, CancellationToken cancel)
    {
        using var held = await StoreLock.TakeAsync(disk, root, cancel);
        RequireThere(id);
        if (HashOf(PathOf(id), fresh: true) == id)
        {
            throw new IOException($"vault object {id} in {Name} is not damaged (any more): it stays");
        }
        return Move(id, VaultLayout.Quarantine(root));
    }

    public async Task<string> UnclaimAsync(Sha256Digest id, CancellationToken cancel)
    {
        using var held = await StoreLock.TakeAsync(disk, root, cancel);
        RequireThere(id);
        return Move(id, VaultLayout.Unclaimed(root));
    }

    private bool MayLink(string localPath) =>
        linkedFrom.Any(folder => localPath.StartsWith(folder + "/", StringComparison.Ordinal));

    private void Copy(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel)
    {
        if (disk.FileExists(PathOf(id)))
        {
            ProveExisting(id);
            return;
        }
        var temporaryPath = temporary.Next();
        try
        {
            VerifiedCopy.Write(disk, localPath, temporaryPath, id, sizeBytes, cancel);
            disk.MakeReadOnly(temporaryPath);
            var placed = TryPlace(temporaryPath, id);
            Invariant.Require(placed, "a temporary file is on the file system of its store");
        }
        finally
        {
            RemoveLeftover(temporaryPath);
        }
    }

    /// <summary>Gives synced bytes their name, or proves what has it. False when they are on another file system.</summary>
    private bool TryPlace(string file, Sha256Digest id)
    {
        var directory = DurableFile.DirectoryOf(PathOf(id));
        _directories.Make(directory);
        // If we crash here, the object is not under its name, and nobody was told that it is.
        if (!TryLink(file, PathOf(id), out var taken))
        {
            return false;
        }
        if (taken)
        {
            ProveExisting(id);
            return true;
        }
        // If we crash here, the name may be lost: whoever stores these bytes again syncs it again.
        SyncName(id, directory);
        return true;
    }

    private bool TryLink(string file, string path, out bool taken)
    {
        try
        {
            taken = !disk.Link(file, path);
            return true;
        }
        catch (IOException error) when (error.HResult == Errno.CrossDevice)
        {
            taken = false;
            return false;
        }
    }

    private void ProveExisting(Sha256Digest id)
    {
        Sha256Digest? found;
        try
        {
            found = HashOf(PathOf(id), fresh: false);
        }
        catch (FileNotFoundException gone)
        {
            throw new IOException($"vault object {id} in {Name} was moved away while it was looked at: ask again", gone);
        }
        if (found is null)
        {
            throw new ObjectUnreadableException(id, new IOException($"{PathOf(id)}: input/output error", Errno.InputOutput));
        }
        if (found != id)
        {
            throw new ObjectDamagedException(id, found.Value);
        }
        var directory = DurableFile.DirectoryOf(PathOf(id));
        _directories.Make(directory);
        // Its bytes were synced before it got its name, but whoever named it may have died before this sync.
        SyncName(id, directory);
    }

    /// <summary>The tree's lock is held: nobody else takes a name away or over.</summary>
    private QuarantinedObject? Exchange(Sha256Digest id, string temporaryPath)
    {
        var path = PathOf(id);
        var directory = DurableFile.DirectoryOf(path);
        _directories.Make(directory);
        QuarantinedObject? kept = null;
        // If we crash here, the object is not under its name, and nobody was told that it is.
        if (!disk.Link(temporaryPath, path))
        {
            var stands = HashOfWhatever(path);
            if (stands != id)
            {
                kept = new QuarantinedObject(id, stands, QuarantineFolder.Keep(disk, root, path, id.ToString()));
            }
            // If we crash here, the damaged file has two names, and the next write of these bytes comes here again.
            // Renamed over rather than unlinked and linked: at no moment, and for no other process, is the name without a file.
            disk.Rename(temporaryPath, path);
        }
        // If we crash here, the old or the new file is under the name: whoever stores these bytes again looks again.
        SyncName(id, directory);
        return kept;
    }

    private void SyncName(Sha256Digest id, string directory)
    {
        try
        {
            disk.SyncDirectory(directory);
            _directories.Sync(directory);
        }
        catch (IOException)
        {
            _doubtful[id] = true;
            throw;
        }
    }

    private string Move(Sha256Digest id, string folder)
    {
        var kept = QuarantineFolder.KeepIn(disk, folder, PathOf(id), id.ToString());
        // If we crash here, the file has two names, and is found and moved again.
        disk.Unlink(PathOf(id));
        // If we crash here, the first name may come back, and is found and moved again.
        disk.SyncDirectory(DurableFile.DirectoryOf(PathOf(id)));
        return kept;
    }

    private void RequireThere(Sha256Digest id)
    {
        if (!disk.FileExists(PathOf(id)))
        {
            throw new ObjectMissingException(id);
        }
    }

    private long? LengthOf(Sha256Digest id)
    {
        try
        {
            return disk.FileLength(PathOf(id));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Null when the disk cannot read the bytes back.</summary>
    private Sha256Digest? HashOf(string path, bool fresh)
    {
        try
        {
            using var stream = fresh ? disk.OpenReadFresh(path) : disk.OpenRead(path);
            return VerifiedCopy.Hash(stream);
        }
        catch (IOException error) when (error.HResult == Errno.InputOutput)
        {
            return null;
        }
    }

    /// <summary>As above for a name that is to give way: whatever cannot be read, for whatever reason, is kept as evidence.</summary>
    private Sha256Digest? HashOfWhatever(string path)
    {
        try
        {
            return HashOf(path, fresh: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A leftover costs space, never truth: failing to remove it must not hide the result or the error.</summary>
    private void RemoveLeftover(string temporaryPath)
    {
        try
        {
            disk.Unlink(temporaryPath);
        }
        catch (IOException)
        {
            // Swept at the next start.
        }
    }
}
