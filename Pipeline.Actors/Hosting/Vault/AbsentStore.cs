using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// A replica that was not there when the node started: not mounted, not reachable, or not the one it should be. Its
/// copies count as unproven and everything asked of it fails with the reason, until a start that finds it.
/// </summary>
public sealed class AbsentStore(string name, string domain, string why) : IObjectStore
{
    public string Name { get; } = name;

    public string Domain { get; } = domain;

    public StoreAccess Access => StoreAccess.ReadWrite;

    public Task<bool> PutAsync(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel) => Task.FromException<bool>(Gone());

    public Task<QuarantinedObject?> ReplaceAsync(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel) =>
        Task.FromException<QuarantinedObject?>(Gone());

    public Task<Stream> OpenAsync(Sha256Digest id, bool fresh, CancellationToken cancel) => Task.FromException<Stream>(Gone());

    public Task<bool> ExistsAsync(Sha256Digest id, CancellationToken cancel) => Task.FromException<bool>(Gone());

    public IAsyncEnumerable<StoredObject> ListAsync(CancellationToken cancel) => throw Gone();

    public Task<string> QuarantineAsync(Sha256Digest id, CancellationToken cancel) => Task.FromException<string>(Gone());

    public Task<string> UnclaimAsync(Sha256Digest id, CancellationToken cancel) => Task.FromException<string>(Gone());

    private IOException Gone() => new($"{Name} is absent: {why}");
}
