using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Ingest.Tests.Vault;

/// <summary>A primary and replicas as directories of the real disk, with one object in each, gone after the test.</summary>
internal sealed class SomeStores : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mp-fixity-").FullName;
    private readonly List<TemporaryFiles> _temporary = [];
    private readonly PosixDisk _disk = new();

    /// <param name="temporaryRoot">Where the mender's temporary files are; the primary's root when null.</param>
    public SomeStores(byte[] bytes, int stores = 2, string? temporaryRoot = null)
    {
        Id = Sha256Digest.Of(bytes);
        All = [.. Enumerable.Range(0, stores).Select(n => Store(n == 0 ? "primary" : $"replica-{n}"))];
        foreach (var store in All)
        {
            Write(PathIn(store), bytes);
        }
        Lists = new BlockLists(_disk, RootOf("primary"), _temporary[0]);
        Reader = new CopyReader(BandwidthBudget.Unlimited, n => BytesRead += n);
        Scrub = new Scrub(Reader, Lists);
        Record = new Recorded();
        var temporary = _temporary[0];
        if (temporaryRoot is not null)
        {
            temporary = TemporaryFiles.Open(_disk, temporaryRoot, "mender");
            _temporary.Add(temporary);
        }
        Mender = new CopyMender(Scrub, Reader, _disk, temporary, Record);
    }

    public Sha256Digest Id { get; }

    public IReadOnlyList<FileStore> All { get; }

    public FileStore Primary => All[0];

    public FileStore Replica => All[1];

    public BlockLists Lists { get; }

    public CopyReader Reader { get; }

    public Scrub Scrub { get; }

    public CopyMender Mender { get; }

    public Recorded Record { get; }

    public long BytesRead { get; private set; }

    public string PathIn(FileStore store) => store.PathOf(Id);

    public string RootOf(string name) => Path.Combine(_root, name);

    public string[] Quarantined(string store) =>
        Directory.Exists(Path.Combine(RootOf(store), "quarantine")) ? Directory.GetFileSystemEntries(Path.Combine(RootOf(store), "quarantine")) : [];

    public string[] Temporary(string store) =>
        [.. Directory.GetFiles(Path.Combine(RootOf(store), "tmp")).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal))];

    public Task<CopyCheck> LookAsync(FileStore store, params FileStore[] others) =>
        Scrub.LookAsync(store, Id, -1, others, CancellationToken.None);

    public Task<MendOutcome> MendAsync() => Mender.MendAsync(Id, -1, All, CancellationToken.None);

    /// <summary>Changes one byte as a medium does, behind everybody's back.</summary>
    public void Flip(FileStore store, long offset)
    {
        File.SetUnixFileMode(PathIn(store), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var file = new FileStream(PathIn(store), FileMode.Open, FileAccess.ReadWrite);
        file.Position = offset;
        var was = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(was ^ 0x10));
    }

    public void Truncate(FileStore store, long length)
    {
        using var file = new FileStream(PathIn(store), FileMode.Open, FileAccess.Write);
        file.SetLength(length);
    }

    /// <summary>A name that leads to itself cannot be opened, not even by root.</summary>
    public void MakeUnreadable(FileStore store)
    {
        File.Delete(PathIn(store));
        File.CreateSymbolicLink(PathIn(store), PathIn(store));
    }

    public void Dispose()
    {
        _temporary.ForEach(t => t.Dispose());
        Directory.Delete(_root, recursive: true);
    }

    private FileStore Store(string name)
    {
        Directory.CreateDirectory(RootOf(name));
        _temporary.Add(TemporaryFiles.Open(_disk, RootOf(name), "test"));
        return new FileStore(_disk, name, name, RootOf(name), _temporary[^1], [Path.Combine(RootOf(name), "tmp")]);
    }

    private static void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}

/// <summary>What the mender said, in order.</summary>
internal sealed class Recorded : IMendingRecord
{
    public List<string> Said { get; } = [];

    public List<CopyCheck> Damages { get; } = [];

    /// <summary>Called with each word as it is said.</summary>
    public Action<string> OnSaid { get; set; } = _ => { };

    public Task DamagedAsync(CopyCheck check, CancellationToken cancel)
    {
        Damages.Add(check);
        Say($"damaged {check.Store} {check.State.Word()}");
        return Task.CompletedTask;
    }

    public Task RepairedAsync(Sha256Digest id, string store, string source, CancellationToken cancel)
    {
        Say($"repaired {store} from {source}");
        return Task.CompletedTask;
    }

    private void Say(string word)
    {
        Said.Add(word);
        OnSaid(word);
    }
}
