using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>What this node's credentials may do with a store.</summary>
public enum StoreAccess
{
    ReadWrite,

    /// <summary>
    /// May add, may neither read nor delete: a burglar with our credentials cannot harm what is there. A copy in such a
    /// store counts as unproven until a separate reader credential has read it.
    /// </summary>
    WriteOnly,

    /// <summary>As <see cref="WriteOnly"/>, and a separate credential that can only read proves the copies.</summary>
    WriteOnlyWithReader,
}

/// <summary>
/// One place that holds copies of objects: a directory tree, a blob container. It knows nothing of other stores and
/// decides nothing; <c>CopiedVault</c> and the patrol do. Names are content addresses; a name is never overwritten.
/// </summary>
public interface IObjectStore
{
    /// <summary>Unique in the installation and stable: it is written into facts. <c>primary</c>, <c>replica-1</c>, …</summary>
    string Name { get; }

    /// <summary>What fails together: a device, a site, a credential. Copies in one domain count once.</summary>
    string Domain { get; }

    StoreAccess Access { get; }

    /// <summary>
    /// Puts the bytes of a local durable file under their name and returns once this copy is durable and (unless the
    /// store is write-only) proven: hashed as it was written on a file system, read back and hashed where it went over a
    /// network. The same object again is no error: what is there is proven instead.
    /// </summary>
    /// <returns>True when this copy is proven.</returns>
    /// <exception cref="ObjectDamagedException">Something else is there under this name; it was left as it is.</exception>
    /// <exception cref="ObjectUnreadableException">Something is there that cannot be read; it was left as it is.</exception>
    /// <exception cref="IOException">The store could not take it; nothing is promised.</exception>
    Task<bool> PutAsync(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel);

    /// <summary>
    /// Puts a good copy in place of a damaged one, which is first kept as evidence. Where the store can, no reader ever
    /// finds the name without bytes in between.
    /// </summary>
    /// <returns>What is kept; null when what stood there was good after all, or nothing stood there.</returns>
    /// <exception cref="IOException">The store could not; whatever stood there still stands, or is kept.</exception>
    Task<QuarantinedObject?> ReplaceAsync(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel);

    /// <summary>The bytes as they are, unverified, front to back.</summary>
    /// <param name="fresh">True bypasses caches: what is read comes from the medium.</param>
    /// <exception cref="ObjectMissingException">No such object.</exception>
    /// <exception cref="IOException">The medium does not give it.</exception>
    Task<Stream> OpenAsync(Sha256Digest id, bool fresh, CancellationToken cancel);

    /// <summary>True when something is there under this name (not verified).</summary>
    Task<bool> ExistsAsync(Sha256Digest id, CancellationToken cancel);

    /// <summary>Everything that is there, in the order of the names.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(CancellationToken cancel);

    /// <summary>Takes a damaged copy out of the way and keeps it as evidence.</summary>
    /// <returns>Where it is now.</returns>
    /// <exception cref="ObjectMissingException">No such object.</exception>
    /// <exception cref="IOException">It is not damaged (any more), and stays; or the store could not.</exception>
    Task<string> QuarantineAsync(Sha256Digest id, CancellationToken cancel);

    /// <summary>Moves an object that nothing owns to <c>unclaimed/</c>.</summary>
    /// <returns>Where it is now.</returns>
    Task<string> UnclaimAsync(Sha256Digest id, CancellationToken cancel);
}
