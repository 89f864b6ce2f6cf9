using Pipeline.Audit.Durable;

namespace Pipeline.Tests.Support;

/// <summary>The power went: thrown by the operation that was not carried out and by every later one.</summary>
public sealed class SimulatedPowerLossException(long step) : Exception($"simulated power loss at step {step}")
{
    public long Step { get; } = step;
}

/// <summary>Which of the two syncs.</summary>
public enum SyncKind
{
    /// <summary>fdatasync of a file.</summary>
    FileData,

    /// <summary>fsync of a directory.</summary>
    Directory,
}

/// <summary>
/// A disk that keeps after a power cut only what it must, in states chosen at random. Harsher than any file system we
/// know:
/// <list type="bullet">
/// <item>File bytes not synced: each 512-byte sector is the old or the new one, on its own; the length is the old one,
/// the new one or any between; what was never written reads as zeros.</item>
/// <item>Names not synced (create, link, rename, unlink, mkdir): each name of a directory stands, on its own, as any of
/// the values it had since the last sync of that directory. A rename over a name leaves the old or the new file there,
/// never none; its two names are independent, so both or neither may be left.</item>
/// <item>A file that was made read-only stays so, and is not opened for writing: we are not root here.</item>
/// <item>A directory whose own name is lost takes with it all that was synced inside.</item>
/// <item>Syncing a file says nothing of its name, syncing a directory nothing of its files' bytes.</item>
/// </list>
/// Every call that changes or syncs something is one numbered step, from 1.
/// </summary>
public sealed class SimulatedDisk : IDisk
{
    private const int ErrnoInputOutput = 5;
    private const int ErrnoCrossDevice = 18;
    private const int ErrnoNoSpace = 28;

    private readonly Lock _gate = new();
    private readonly HashSet<FileNode> _locked = [];
    private readonly DirectoryNode _root;
    private long? _crashAt;
    private bool _down;

    public SimulatedDisk() : this(new DirectoryNode())
    {
    }

    private SimulatedDisk(DirectoryNode root) => _root = root;

    /// <summary>Steps so far.</summary>
    public long Steps { get; private set; }

    /// <summary>True for a sync that is to be counted and then not done: how a test proves that the sync is needed.</summary>
    public Func<SyncKind, string, bool> IgnoreSync { get; set; } = (_, _) => false;

    /// <summary>File systems of their own: a link or rename between two of them, or with the rest, is refused (EXDEV).</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];

    /// <summary>True for a path whose file system has no space left: writing there is refused (ENOSPC).</summary>
    public Func<string, bool> IsFull { get; set; } = _ => false;

    /// <summary>True for a file whose bytes the medium does not give (EIO).</summary>
    public Func<string, bool> IsUnreadable { get; set; } = _ => false;

    /// <summary>The power goes instead of step <paramref name="step"/>.</summary>
    public void CrashAt(long step) => _crashAt = step;

    /// <summary>Only the process died: the page cache stays, locks are released, the same disk goes on.</summary>
    public SimulatedDisk AfterProcessDeath()
    {
        lock (_gate)
        {
            _down = false;
            _crashAt = null;
            _locked.Clear();
            return this;
        }
    }

    /// <summary>A new disk in one of the states that a power cut now may leave; null keeps nothing that was not synced.</summary>
    public SimulatedDisk AfterPowerLoss(Random? random)
    {
        lock (_gate)
        {
            return new SimulatedDisk(_root.Survivor(random, [])) { Mounts = Mounts };
        }
    }

    public IDiskFile CreateNew(string path)
    {
        lock (_gate)
        {
            Step();
            var (directory, name) = Locate(path);
            if (directory.Now(name) is not null)
            {
                throw new IOException($"{path} exists");
            }
            var file = new FileNode();
            directory.Set(name, file);
            return new OpenFile(this, file, path);
        }
    }

    public IDiskFile OpenExisting(string path)
    {
        lock (_gate)
        {
            ThrowIfDown();
            var file = FileAt(path);
            return file.IsReadOnly ? throw new IOException($"{path} is read-only", 13) : new OpenFile(this, file, path);
        }
    }

    public Stream OpenRead(string path)
    {
        lock (_gate)
        {
            ThrowIfDown();
            if (IsUnreadable(path))
            {
                throw new IOException($"{path}: Input/output error", ErrnoInputOutput);
            }
            return new MemoryStream(FileAt(path).Bytes(), writable: false);
        }
    }

    public Stream OpenReadFresh(string path) => OpenRead(path);

    public bool Link(string existingPath, string newPath)
    {
        lock (_gate)
        {
            Step();
            ThrowIfAcross(existingPath, newPath);
            var file = FileAt(existingPath);
            var (directory, name) = Locate(newPath);
            if (directory.Now(name) is not null)
            {
                return false;
            }
            directory.Set(name, file);
            return true;
        }
    }

    public void Rename(string path, string newPath)
    {
        lock (_gate)
        {
            Step();
            ThrowIfAcross(path, newPath);
            // A directory moves with all that is in it, and like rename(2) only over nothing or an empty one.
            var node = Find(path) ?? throw new FileNotFoundException($"nothing at {path}", path);
            var (to, newName) = Locate(newPath);
            if (node is DirectoryNode && (FileExists(newPath) || ListFiles(newPath).Count + ListDirectories(newPath).Count > 0))
            {
                throw new IOException($"{newPath} is not an empty directory");
            }
            to.Set(newName, node);
            var (from, name) = Locate(path);
            from.Set(name, null);
        }
    }

    public void Unlink(string path)
    {
        lock (_gate)
        {
            if (TryLocate(path, out var directory, out var name) && directory.Now(name) is FileNode)
            {
                Step();
                directory.Set(name, null);
            }
            ThrowIfDown();
        }
    }

    public void MakeReadOnly(string path)
    {
        lock (_gate)
        {
            Step();
            FileAt(path).IsReadOnly = true;
        }
    }

    public bool MakeDirectory(string path)
    {
        lock (_gate)
        {
            Step();
            var (directory, name) = Locate(path);
            if (directory.Now(name) is not null)
            {
                return false;
            }
            directory.Set(name, new DirectoryNode());
            return true;
        }
    }

    public void SyncDirectory(string path)
    {
        lock (_gate)
        {
            Step();
            var directory = Find(path) as DirectoryNode ?? throw new FileNotFoundException($"no directory {path}", path);
            if (!IgnoreSync(SyncKind.Directory, path))
            {
                directory.Sync();
            }
        }
    }

    public IDisposable? TryLock(string path)
    {
        lock (_gate)
        {
            ThrowIfDown();
            var (directory, name) = Locate(path);
            if (directory.Now(name) is not FileNode file)
            {
                file = new FileNode();
                directory.Set(name, file);
            }
            return _locked.Add(file) ? new HeldLock(this, file) : null;
        }
    }

    public bool FileExists(string path) => Look(path) is FileNode;

    public bool DirectoryExists(string path) => Look(path) is DirectoryNode;

    public long FileLength(string path)
    {
        lock (_gate)
        {
            ThrowIfDown();
            return FileAt(path).Length;
        }
    }

    public IReadOnlyList<string> ListFiles(string directory) => List<FileNode>(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => List<DirectoryNode>(directory);

    /// <summary>Changes one byte behind everybody's back, durably: bit rot.</summary>
    public void Rot(string path, long offset)
    {
        lock (_gate)
        {
            FileAt(path).Rot(offset);
        }
    }

    /// <summary>All files with their bytes as they read now, written below a directory of the real disk.</summary>
    public void Dump(string simulatedRoot, string realDirectory)
    {
        Directory.CreateDirectory(realDirectory);
        foreach (var file in ListFiles(simulatedRoot))
        {
            lock (_gate)
            {
                File.WriteAllBytes(Path.Combine(realDirectory, file), FileAt(Path.Combine(simulatedRoot, file)).Bytes());
            }
        }
        foreach (var directory in ListDirectories(simulatedRoot))
        {
            Dump(Path.Combine(simulatedRoot, directory), Path.Combine(realDirectory, directory));
        }
    }

    private Node? Look(string path)
    {
        lock (_gate)
        {
            ThrowIfDown();
            return Find(path);
        }
    }

    private List<string> List<T>(string directory) where T : Node
    {
        lock (_gate)
        {
            ThrowIfDown();
            return Find(directory) is DirectoryNode found ? found.Names<T>() : [];
        }
    }

    private void Step()
    {
        ThrowIfDown();
        Steps++;
        _down = Steps == _crashAt;
        ThrowIfDown();
    }

    private void ThrowIfDown()
    {
        if (_down)
        {
            throw new SimulatedPowerLossException(Steps);
        }
    }

    private void ThrowIfAcross(string path, string newPath)
    {
        if (MountOf(path) != MountOf(newPath))
        {
            throw new IOException($"{path} and {newPath} are on two file systems", ErrnoCrossDevice);
        }
    }

    private string MountOf(string path) =>
        Mounts.Where(m => path.StartsWith(m + "/", StringComparison.Ordinal)).MaxBy(m => m.Length) ?? "/";

    private void SyncNode(FileNode file, string path)
    {
        Step();
        if (!IgnoreSync(SyncKind.FileData, path))
        {
            file.Sync();
        }
    }

    private Node? Find(string path)
    {
        Node? node = _root;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = (node as DirectoryNode)?.Now(part);
        }
        return node;
    }

    private FileNode FileAt(string path) =>
        Find(path) as FileNode ?? throw new FileNotFoundException($"no file {path}", path);

    private (DirectoryNode Directory, string Name) Locate(string path) =>
        TryLocate(path, out var directory, out var name)
            ? (directory, name)
            : throw new FileNotFoundException($"no directory for {path}", path);

    private bool TryLocate(string path, out DirectoryNode directory, out string name)
    {
        name = Path.GetFileName(path);
        var found = Find(Path.GetDirectoryName(path) ?? "/") as DirectoryNode;
        directory = found!;
        return found is not null;
    }

    private sealed class OpenFile(SimulatedDisk disk, FileNode node, string path) : IDiskFile
    {
        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (disk._gate)
            {
                disk.Step();
                if (disk.IsFull(path))
                {
                    throw new IOException($"{path}: No space left on device", ErrnoNoSpace);
                }
                node.Write(offset, bytes);
            }
        }

        public void Truncate(long length)
        {
            lock (disk._gate)
            {
                disk.Step();
                node.Truncate(length);
            }
        }

        public void SyncData()
        {
            lock (disk._gate)
            {
                disk.SyncNode(node, path);
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class HeldLock(SimulatedDisk disk, FileNode file) : IDisposable
    {
        public void Dispose()
        {
            lock (disk._gate)
            {
                disk._locked.Remove(file);
            }
        }
    }
}
