using System.Security.Cryptography;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Ingest.Tests.Stages;

/// <summary>The smallest vault that keeps its word: a folder of files named by digest. Durability is not its matter.</summary>
internal sealed class FolderVault : IVault, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mp-vault-").FullName;

    public async Task<StoredObject> StoreAsync(Stream source, CancellationToken cancel)
    {
        using var copy = new MemoryStream();
        await source.CopyToAsync(copy, cancel);
        return await StoreAsync(copy.ToArray(), cancel);
    }

    public async Task<StoredObject> StoreAsync(ReadOnlyMemory<byte> document, CancellationToken cancel)
    {
        var id = Sha256Digest.Of(document.Span);
        await File.WriteAllBytesAsync(PathOf(id), document.ToArray(), cancel);
        return new StoredObject(id, document.Length);
    }

    public async Task<Custody> AdoptAsync(string durablePath, Sha256Digest id, long sizeBytes, CancellationToken cancel)
    {
        var stored = await StoreAsync(await File.ReadAllBytesAsync(durablePath, cancel), cancel);
        return new Custody(stored.Id, stored.SizeBytes, ["primary"], 1, 1);
    }

    public async Task<Stream> OpenVerifiedAsync(Sha256Digest id, CancellationToken cancel)
    {
        var bytes = await File.ReadAllBytesAsync(await LocalPathAsync(id, cancel), cancel);
        var found = new Sha256Digest(SHA256.HashData(bytes));
        return found == id ? new MemoryStream(bytes, writable: false) : throw new ObjectDamagedException(id, found);
    }

    public async Task<byte[]> ReadAsync(Sha256Digest id, int maxBytes, CancellationToken cancel)
    {
        using var copy = new MemoryStream();
        await using var bytes = await OpenVerifiedAsync(id, cancel);
        await bytes.CopyToAsync(copy, cancel);
        return copy.Length <= maxBytes ? copy.ToArray() : throw new InvalidDataException("too large");
    }

    public Task<bool> ContainsAsync(Sha256Digest id, CancellationToken cancel) => Task.FromResult(File.Exists(PathOf(id)));

    public async Task<string> LocalPathAsync(Sha256Digest id, CancellationToken cancel) =>
        await ContainsAsync(id, cancel) ? PathOf(id) : throw new ObjectMissingException(id);

    /// <summary>One flipped bit on our own disk.</summary>
    public void Rot(Sha256Digest id)
    {
        var bytes = File.ReadAllBytes(PathOf(id));
        bytes[^1] ^= 1;
        File.WriteAllBytes(PathOf(id), bytes);
    }

    public void Lose(Sha256Digest id) => File.Delete(PathOf(id));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(Sha256Digest id) => Path.Combine(_folder, id.ToString());
}
