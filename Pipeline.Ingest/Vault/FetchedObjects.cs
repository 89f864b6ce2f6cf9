using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// One node's folder for objects that its stores have only far away. It proves nothing and keeps nothing: emptied at the
/// start, and the one asked for longest ago goes when others need the room. A reader that has the file open keeps it.
/// </summary>
public sealed class FetchedObjects
{
    /// <summary>Default room. One object may exceed it alone: then it is the only one.</summary>
    public const long DefaultRoomBytes = 20L * 1024 * 1024 * 1024;

    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly long _roomBytes;
    private readonly Lock _gate = new();
    private readonly LinkedList<StoredObject> _byUse = [];
    private readonly Dictionary<Sha256Digest, LinkedListNode<StoredObject>> _nodes = [];
    private long _bytes;
    private long _last;

    /// <param name="folder">This process's alone; made with the first object.</param>
    public FetchedObjects(IDisk disk, string folder, long roomBytes = DefaultRoomBytes)
    {
        (_disk, _folder, _roomBytes) = (disk, folder, roomBytes);
        foreach (var left in disk.ListFiles(folder))
        {
            // Written without a sync, so not to be trusted after whatever ended the last process.
            disk.Unlink(Path.Combine(folder, left));
        }
    }

    /// <summary>Where the object is, if it was fetched and is still there and what it was; one that is not is forgotten.</summary>
    public async Task<string?> FindAsync(Sha256Digest id, CancellationToken cancel)
    {
        if (Find(id) is not { } path)
        {
            return null;
        }
        try
        {
            await using var bytes = _disk.OpenRead(path);
            if (await VerifiedCopy.HashAsync(bytes, cancel) == id)
            {
                return path;
            }
        }
        catch (IOException)
        {
            // As good as not fetched.
        }
        lock (_gate)
        {
            Forget(id);
        }
        return null;
    }

    /// <summary>Takes a stream to its end, disposes it, and gives the verified file.</summary>
    /// <exception cref="ObjectDamagedException">The bytes are not those of the name; nothing is kept.</exception>
    public async Task<string> AddAsync(Sha256Digest id, Stream source, CancellationToken cancel)
    {
        DurableFile.EnsureDirectory(_disk, _folder);
        var path = Path.Combine(_folder, $"{id}.{Interlocked.Increment(ref _last)}");
        try
        {
            StoredObject got;
            await using (source)
            {
                got = await VerifiedCopy.SpoolAsync(_disk, source, path, cancel);
            }
            if (got.Id != id)
            {
                throw new ObjectDamagedException(id, got.Id);
            }
            lock (_gate)
            {
                // Two that fetched it at once have the same bytes.
                _disk.Rename(path, PathOf(id));
                if (!_nodes.ContainsKey(id))
                {
                    _nodes[id] = _byUse.AddLast(got);
                    _bytes += got.SizeBytes;
                }
                MakeRoom();
            }
            return PathOf(id);
        }
        finally
        {
            _disk.Unlink(path);
        }
    }

    private string? Find(Sha256Digest id)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(id, out var node))
            {
                return null;
            }
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return PathOf(id);
        }
    }

    private string PathOf(Sha256Digest id) => Path.Combine(_folder, id.ToString());

    private void MakeRoom()
    {
        while (_bytes > _roomBytes && _byUse.Count > 1 && _byUse.First is { } oldest)
        {
            Forget(oldest.Value.Id);
        }
    }

    private void Forget(Sha256Digest id)
    {
        if (_nodes.Remove(id, out var node))
        {
            _disk.Unlink(PathOf(id));
            _byUse.Remove(node);
            _bytes -= node.Value.SizeBytes;
        }
    }
}
