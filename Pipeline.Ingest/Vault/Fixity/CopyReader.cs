using System.Security.Cryptography;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>What a full read of one copy gave.</summary>
/// <param name="Bytes">How many came.</param>
/// <param name="Found">What they hash to; null when not all came.</param>
/// <param name="Blocks">Digest of each block that came; empty unless asked for.</param>
/// <param name="Problem">What the medium said; empty when it said nothing.</param>
public sealed record CopyRead(
    CopyState State, long Bytes, Sha256Digest? Found, IReadOnlyList<Sha256Digest> Blocks, string Problem);

/// <summary>
/// Reads copies in full from the medium and hashes them, on threads of its own: whoever uploads waits for none of it.
/// Knows no other copy and judges nothing but this one.
/// </summary>
/// <param name="onBytes">Told of the bytes as they come, from the hashing thread.</param>
public sealed class CopyReader(BandwidthBudget budget, Action<long> onBytes)
{
    /// <param name="withBlocks">True computes the digest of each block as well, at the price of hashing twice.</param>
    /// <param name="sink">Gets the bytes as they come, before it is known whether they are the right ones.</param>
    /// <exception cref="IOException">The <paramref name="sink"/> did not take them; a store's own troubles are an answer.</exception>
    public Task<CopyRead> ReadAsync(
        IObjectStore store, Sha256Digest id, bool withBlocks, Action<ReadOnlyMemory<byte>>? sink, CancellationToken cancel) =>
        Task.Factory.StartNew(
            () => Read(store, id, withBlocks, sink, cancel), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private CopyRead Read(
        IObjectStore store, Sha256Digest id, bool withBlocks, Action<ReadOnlyMemory<byte>>? sink, CancellationToken cancel)
    {
        var blocks = new List<Sha256Digest>();
        var length = 0L;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var source = ReadAhead.Start(token => store.OpenAsync(id, fresh: true, token), budget, cancel);
        while (source.TryNext(out var bytes))
        {
            hash.AppendData(bytes.Span);
            if (withBlocks && !bytes.IsEmpty)
            {
                blocks.Add(Sha256Digest.Of(bytes.Span));
            }
            sink?.Invoke(bytes);
            length += bytes.Length;
            onBytes(bytes.Length);
        }
        cancel.ThrowIfCancellationRequested();
        return source.Problem switch
        {
            null => Judge(id, new Sha256Digest(hash.GetHashAndReset()), length, blocks),
            ObjectMissingException => new CopyRead(CopyState.Missing, 0, null, [], ""),
            IOException or UnauthorizedAccessException or TimeoutException =>
                new CopyRead(CopyState.Unreadable, length, null, blocks, source.Problem.Message),
            var bug => throw new InvalidOperationException($"store {store.Name} threw what no store may throw", bug),
        };
    }

    private static CopyRead Judge(Sha256Digest id, Sha256Digest found, long length, List<Sha256Digest> blocks) =>
        new(found == id ? CopyState.Ok : CopyState.Mismatch, length, found, blocks, "");

    static CopyReader() => Invariant.Require(
        FixityLimits.ReadBufferBytes == BlockDigests.BlockBytes, "a buffer is a block, so that block digests need no second cut");
}
