using Pipeline.Audit.Durable;

namespace Pipeline.Audit.Tests.Log;

/// <summary>A disk one of whose calls goes wrong; every method is a step.</summary>
internal sealed class FaultyDisk(IDisk disk, OneFault fault) : IDisk
{
    public IDiskFile CreateNew(string path) => new Open(Step("create", path, () => disk.CreateNew(path)), path, fault);

    public IDiskFile OpenExisting(string path) => new Open(Step("open", path, () => disk.OpenExisting(path)), path, fault);

    public Stream OpenRead(string path) => Step("read", path, () => disk.OpenRead(path));

    public Stream OpenReadFresh(string path) => Step("read", path, () => disk.OpenReadFresh(path));

    public bool Link(string existingPath, string newPath) => Step("link", newPath, () => disk.Link(existingPath, newPath));

    public void Rename(string path, string newPath) => Step("rename", path, () => disk.Rename(path, newPath));

    public void Unlink(string path) => Step("unlink", path, () => disk.Unlink(path));

    public void MakeReadOnly(string path) => Step("chmod", path, () => disk.MakeReadOnly(path));

    public bool MakeDirectory(string path) => Step("mkdir", path, () => disk.MakeDirectory(path));

    public void SyncDirectory(string path) => Step("sync of directory", path, () => disk.SyncDirectory(path));

    public IDisposable? TryLock(string path) => Step("lock", path, () => disk.TryLock(path));

    public bool FileExists(string path) => disk.FileExists(path);

    public bool DirectoryExists(string path) => disk.DirectoryExists(path);

    public long FileLength(string path) => Step("length", path, () => disk.FileLength(path));

    public IReadOnlyList<string> ListFiles(string directory) => Step("list", directory, () => disk.ListFiles(directory));

    public IReadOnlyList<string> ListDirectories(string directory) => Step("list", directory, () => disk.ListDirectories(directory));

    private static IOException Error(string what) => new(what);

    private T Step<T>(string call, string path, Func<T> step) => fault.Pass($"{call} {path}", step, Error);

    private void Step(string call, string path, Action step) => fault.Pass($"{call} {path}", step, Error);

    private sealed class Open(IDiskFile file, string path, OneFault fault) : IDiskFile
    {
        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            fault.Pass($"write {path}", () => file.Write(offset, copy), Error);
        }

        public void Truncate(long length) => fault.Pass($"truncate {path}", () => file.Truncate(length), Error);

        public void SyncData() => fault.Pass($"sync {path}", file.SyncData, Error);

        public void Dispose() => file.Dispose();
    }
}
