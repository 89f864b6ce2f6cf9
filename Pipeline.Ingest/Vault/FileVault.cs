using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// The vault as files. Several processes may share one directory: names are linked, never overwritten, and temporary
/// names are each process's own.
/// </summary>
/// <param name="disk">Everything goes through it.</param>
/// <param name="root">Absolute path of the vault; made when missing.</param>
/// <param name="temporary">This process's temporary names under the same <paramref name="root"/>.</param>
/// <param name="onQuarantined">Told of each damaged object that was met on writing, after the good one is in its place.</param>
public sealed class FileVault(
    IDisk disk, string root, TemporaryFiles temporary, Action<QuarantinedObject> onQuarantined) : IVault
{
    private const int BufferBytes = 1024 * 1024;
    private const int ErrnoInputOutput = 5;

    /// <summary>Directories this process has seen to be durable, so that only the first object in one pays for it.</summary>
    private readonly ConcurrentDictionary<string, bool> _durableDirectories = new(StringComparer.Ordinal);

    public async Task<StoredObject> StoreAsync(Stream source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        var temporaryPath = temporary.Next();
        try
        {
            var stored = await SpoolAsync(source, temporaryPath, cancel);
            Place(temporaryPath, stored.Id);
            return stored;
        }
        finally
        {
            RemoveLeftover(temporaryPath);
        }
    }

    public async Task<StoredObject> StoreAsync(ReadOnlyMemory<byte> document, CancellationToken cancel)
    {
        using var source = new MemoryStream(document.ToArray(), writable: false);
        return await StoreAsync(source, cancel);
    }

    public Task<Custody> AdoptAsync(string durablePath, Sha256Digest id, long sizeBytes, CancellationToken cancel)
    {
        disk.MakeReadOnly(durablePath);
        Place(durablePath, id);
        return Task.FromResult(new Custody(id, sizeBytes, ["primary"], 1, 1));
    }

    public Stream OpenVerified(Sha256Digest id)
    {
        try
        {
            return new VerifyingStream(disk.OpenRead(VaultLayout.ObjectPath(root, id)), id);
        }
        catch (FileNotFoundException)
        {
            throw new ObjectMissingException(id);
        }
    }

    public async Task<byte[]> ReadAsync(Sha256Digest id, int maxBytes, CancellationToken cancel)
    {
        using var source = OpenVerified(id);
        var length = disk.FileLength(VaultLayout.ObjectPath(root, id));
        if (length > maxBytes)
        {
            throw new InvalidDataException($"vault object {id} has {length} bytes, more than the {maxBytes} that are read");
        }
        var bytes = new byte[length];
        var read = await source.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        // The end is where the verdict is: a short read has met it, a full one must still ask for it.
        var beyond = read < bytes.Length ? 0 : await source.ReadAsync(new byte[1], cancel);
        Invariant.Require(read == bytes.Length && beyond == 0, "an object's length does not change while it is read");
        return bytes;
    }

    public bool Contains(Sha256Digest id) => disk.FileExists(VaultLayout.ObjectPath(root, id));

    public string LocalPath(Sha256Digest id) =>
        Contains(id) ? VaultLayout.ObjectPath(root, id) : throw new ObjectMissingException(id);

    /// <summary>Durable bytes under a temporary name, and what they are.</summary>
    private async Task<StoredObject> SpoolAsync(Stream source, string path, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var file = disk.CreateNew(path);
            var length = 0L;
            while (true)
            {
                var read = await source.ReadAtLeastAsync(
                    buffer.AsMemory(0, BufferBytes), BufferBytes, throwOnEndOfStream: false, cancel);
                if (read == 0)
                {
                    break;
                }
                hash.AppendData(buffer, 0, read);
                file.Write(length, buffer.AsSpan(0, read));
                length += read;
            }
            disk.MakeReadOnly(path);
            // If we crash here, nobody was told of the bytes; the temporary file is swept at the next start.
            file.SyncData();
            return new StoredObject(new Sha256Digest(hash.GetHashAndReset()), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Gives synced bytes their name; what is returned from here on is durable.</summary>
    private void Place(string temporaryPath, Sha256Digest id)
    {
        var path = VaultLayout.ObjectPath(root, id);
        var directory = DurableFile.DirectoryOf(path);
        if (!_durableDirectories.ContainsKey(directory))
        {
            DurableFile.EnsureDirectory(disk, directory);
            _durableDirectories.TryAdd(directory, true);
        }
        // If we crash here, the object is not under its name, and nobody was told that it is.
        var damaged = disk.Link(temporaryPath, path) ? null : Reconcile(temporaryPath, path, id);
        // If we crash here, the name may be lost: whoever stores these bytes again syncs it again.
        disk.SyncDirectory(directory);
        if (damaged is not null)
        {
            onQuarantined(damaged);
        }
    }

    /// <summary>The name is taken: by the same bytes, which is the usual duplicate, or by what has become of them.</summary>
    private QuarantinedObject? Reconcile(string temporaryPath, string path, Sha256Digest id)
    {
        if (HashOf(path) == id)
        {
            return null;
        }
        var kept = QuarantineFolder.Keep(disk, root, path, id.ToString());
        var found = HashOf(kept);
        if (found == id)
        {
            // Another process replaced the damaged file between our two looks; what we linked is its good one.
            disk.Unlink(kept);
            return null;
        }
        // If we crash here, the damaged file has two names, and the next write of these bytes comes here again.
        // Renamed over rather than unlinked and linked: at no moment, and for no other process, is the name without a file.
        disk.Rename(temporaryPath, path);
        return new QuarantinedObject(id, found, kept);
    }

    /// <summary>Null when the disk cannot read the bytes back.</summary>
    private Sha256Digest? HashOf(string path)
    {
        try
        {
            using var stream = disk.OpenRead(path);
            return new Sha256Digest(SHA256.HashData(stream));
        }
        catch (IOException error) when (error.HResult == ErrnoInputOutput)
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
