using Pipeline.Audit.Durable;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Uploads;

/// <summary>
/// A process's view of a shared disk that freezes once, before its call number <paramref name="at"/>: what others do in
/// the meantime is <paramref name="meanwhile"/>; then the call goes through as if nothing had been.
/// </summary>
internal sealed class InterruptedDisk(SimulatedDisk disk, int at, Action meanwhile) : IDisk
{
    private int _calls;

    /// <summary>It has been frozen and is awake again.</summary>
    public bool HasFrozen { get; private set; }

    public IDiskFile CreateNew(string path) => new File(this, Then().CreateNew(path));

    public IDiskFile OpenExisting(string path) => new File(this, Then().OpenExisting(path));

    public Stream OpenRead(string path) => Then().OpenRead(path);

    public Stream OpenReadFresh(string path) => Then().OpenReadFresh(path);

    public bool Link(string existingPath, string newPath) => Then().Link(existingPath, newPath);

    public void Rename(string path, string newPath) => Then().Rename(path, newPath);

    public void Unlink(string path) => Then().Unlink(path);

    public void MakeReadOnly(string path) => Then().MakeReadOnly(path);

    public bool MakeDirectory(string path) => Then().MakeDirectory(path);

    public void SyncDirectory(string path) => Then().SyncDirectory(path);

    public IDisposable? TryLock(string path) => Then().TryLock(path);

    public bool FileExists(string path) => Then().FileExists(path);

    public bool DirectoryExists(string path) => Then().DirectoryExists(path);

    public long FileLength(string path) => Then().FileLength(path);

    public IReadOnlyList<string> ListFiles(string directory) => Then().ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => Then().ListDirectories(directory);

    private SimulatedDisk Then()
    {
        if (++_calls == at)
        {
            HasFrozen = true;
            meanwhile();
        }
        return disk;
    }

    private sealed class File(InterruptedDisk owner, IDiskFile file) : IDiskFile
    {
        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            owner.Then();
            file.Write(offset, bytes);
        }

        public void Truncate(long length)
        {
            owner.Then();
            file.Truncate(length);
        }

        public void SyncData()
        {
            owner.Then();
            file.SyncData();
        }

        public void Dispose() => file.Dispose();
    }
}
