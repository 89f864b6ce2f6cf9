using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// The vault over a primary store and any number of replicas. What it has answered for is proven in as many failure
/// domains as the policy requires; what it reads is verified, from whichever store has a good copy.
/// </summary>
public sealed class CopiedVault : IVault, IAsyncDisposable
{
    private readonly IDisk _disk;
    private readonly IReadOnlyList<IObjectStore> _stores;
    private readonly TemporaryFiles _staging;
    private readonly CopyWriting _writing;
    private readonly CopyReading _reading;

    /// <param name="stores">The primary first. A primary that is a <see cref="FileStore"/> should link from where
    /// <paramref name="staging"/> is.</param>
    /// <param name="staging">Where streams are written before they have a name.</param>
    /// <param name="fetched">Where objects go that no store has as local files.</param>
    /// <param name="onTrouble">Told of every copy that was not as it should be. Called from any thread; must not throw.</param>
    public CopiedVault(
        IDisk disk, IReadOnlyList<IObjectStore> stores, CopyPolicy policy, CopyLimits limits, TemporaryFiles staging,
        FetchedObjects fetched, TimeProvider time, Action<CopyTrouble> onTrouble)
    {
        Invariant.Require(stores.Count > 0, "a vault has at least one store");
        (_disk, _stores, _staging) = (disk, stores, staging);
        _writing = new CopyWriting(stores, policy, limits, time, onTrouble);
        _reading = new CopyReading(disk, stores, fetched, onTrouble);
    }

    /// <summary>A vault of one directory tree.</summary>
    /// <param name="spools">Further folders whose files may be linked instead of copied.</param>
    public static CopiedVault Alone(
        IDisk disk, string root, TemporaryFiles temporary, TimeProvider time, Action<CopyTrouble> onTrouble, params IReadOnlyList<string> spools)
    {
        var primary = new FileStore(disk, PrimaryName, "local", root, temporary, [temporary.Folder, .. spools]);
        var (policy, problem) = CopyPolicy.For([PlacedStore.Of(primary)], copies: null);
        Invariant.Require(policy is not null, problem);
        return new CopiedVault(
            disk, [primary], policy, new CopyLimits(), temporary, new FetchedObjects(disk, Path.Combine(root, "fetched")), time, onTrouble);
    }

    /// <summary>The name of the first store, in facts too.</summary>
    public const string PrimaryName = "primary";

    public async Task<StoredObject> StoreAsync(Stream source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        var path = _staging.Next();
        try
        {
            var stored = await VerifiedCopy.SpoolAsync(_disk, source, path, cancel);
            await _writing.WriteAsync(path, stored.Id, stored.SizeBytes, cancel);
            return stored;
        }
        finally
        {
            RemoveLeftover(path);
        }
    }

    public async Task<StoredObject> StoreAsync(ReadOnlyMemory<byte> document, CancellationToken cancel)
    {
        using var source = new MemoryStream(document.ToArray(), writable: false);
        return await StoreAsync(source, cancel);
    }

    public Task<Custody> AdoptAsync(string durablePath, Sha256Digest id, long sizeBytes, CancellationToken cancel) =>
        _writing.WriteAsync(durablePath, id, sizeBytes, cancel);

    public Task<Stream> OpenVerifiedAsync(Sha256Digest id, CancellationToken cancel) => _reading.OpenVerifiedAsync(id, cancel);

    public async Task<byte[]> ReadAsync(Sha256Digest id, int maxBytes, CancellationToken cancel)
    {
        await using var source = await OpenVerifiedAsync(id, cancel);
        using var bytes = new MemoryStream();
        var buffer = new byte[Math.Min(maxBytes + 1L, VerifiedCopy.BufferBytes)];
        // The end is where the verdict is: it must be asked for.
        while (await source.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            if (bytes.Length + read > maxBytes)
            {
                throw new InvalidDataException($"vault object {id} has more than the {maxBytes} bytes that are read");
            }
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }

    public async Task<bool> ContainsAsync(Sha256Digest id, CancellationToken cancel)
    {
        foreach (var store in _stores.Where(s => s.Access is not StoreAccess.WriteOnly))
        {
            if (await store.ExistsAsync(id, cancel))
            {
                return true;
            }
        }
        return false;
    }

    public Task<string> LocalPathAsync(Sha256Digest id, CancellationToken cancel) => _reading.LocalPathAsync(id, cancel);

    public ValueTask DisposeAsync() => _writing.DisposeAsync();

    /// <summary>A leftover costs space, never truth: failing to remove it must not hide the result or the error.</summary>
    private void RemoveLeftover(string path)
    {
        try
        {
            _disk.Unlink(path);
        }
        catch (IOException)
        {
            // Swept at the next start.
        }
    }
}
