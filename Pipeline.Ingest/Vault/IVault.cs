using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>What the vault knows of an object it holds.</summary>
/// <param name="Id">SHA-256 of the bytes: the object's only name.</param>
/// <param name="SizeBytes">Length.</param>
public sealed record StoredObject(Sha256Digest Id, long SizeBytes);

/// <summary>
/// The content-addressed store. What <see cref="StoreAsync(Stream, CancellationToken)"/> has returned survives a power
/// cut. Reading verifies. Nothing is ever overwritten: a rotten object met on writing moves to quarantine first.
/// </summary>
public interface IVault
{
    /// <summary>Hashes while streaming and returns only when the bytes are durable under their name.</summary>
    Task<StoredObject> StoreAsync(Stream source, CancellationToken cancel);

    /// <summary>As above, for a document in memory.</summary>
    Task<StoredObject> StoreAsync(ReadOnlyMemory<byte> document, CancellationToken cancel);

    /// <summary>
    /// Takes over a local file whose bytes are synced and that nobody writes any more: where the primary store is on the
    /// same file system it is linked, not copied. Returns once the copies that the policy requires are proven; the file
    /// itself stays the caller's to remove.
    /// </summary>
    /// <exception cref="CopiesUnprovenException">Not enough stores took it; ask again later.</exception>
    Task<Custody> AdoptAsync(string durablePath, Sha256Digest id, long sizeBytes, CancellationToken cancel);

    /// <summary>
    /// A stream that hashes what it gives and throws <see cref="ObjectDamagedException"/> in place of its end when the
    /// bytes are not those of the name. Where there are several stores, the copy it reads was verified just before, and
    /// one that is missing, unreadable or damaged was passed over.
    /// </summary>
    /// <exception cref="ObjectMissingException">No such object.</exception>
    Task<Stream> OpenVerifiedAsync(Sha256Digest id, CancellationToken cancel);

    /// <summary>The whole object, verified, for documents up to <paramref name="maxBytes"/>.</summary>
    /// <exception cref="ObjectMissingException">No such object.</exception>
    /// <exception cref="ObjectDamagedException">The bytes are not those of the name.</exception>
    /// <exception cref="InvalidDataException">Larger than <paramref name="maxBytes"/>.</exception>
    Task<byte[]> ReadAsync(Sha256Digest id, int maxBytes, CancellationToken cancel);

    /// <summary>True when the object is there under its name in some store (not verified).</summary>
    Task<bool> ContainsAsync(Sha256Digest id, CancellationToken cancel);

    /// <summary>
    /// A local path that a sandboxed decoder may be given read-only. Where no store has local files, the object is fetched
    /// into this node's own folder, from where it may go again once others are fetched.
    /// </summary>
    /// <exception cref="ObjectMissingException">No such object.</exception>
    /// <exception cref="ObjectDamagedException">No copy has the bytes of the name. A vault of one store does not look.</exception>
    Task<string> LocalPathAsync(Sha256Digest id, CancellationToken cancel);
}

/// <summary>An object that a fact names is not in the vault: an operator's matter, never the sender's.</summary>
public sealed class ObjectMissingException(Sha256Digest id) : IOException($"vault object {id} is missing")
{
    public Sha256Digest Id { get; } = id;
}

/// <summary>An object's bytes no longer hash to its name.</summary>
public sealed class ObjectDamagedException(Sha256Digest id, Sha256Digest found)
    : IOException($"vault object {id} is damaged: its bytes hash to {found}")
{
    public Sha256Digest Id { get; } = id;

    public Sha256Digest Found { get; } = found;
}

/// <summary>An object's bytes cannot be read from where they should be.</summary>
public sealed class ObjectUnreadableException(Sha256Digest id, Exception inner)
    : IOException($"vault object {id} cannot be read: {inner.Message}", inner)
{
    public Sha256Digest Id { get; } = id;
}
