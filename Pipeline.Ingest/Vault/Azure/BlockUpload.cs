using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// Sends a local file as blocks, each with its MD5, which the service checks as it takes them, and names them as one blob
/// only when the whole file was read and is what it should be. What was staged and never named, the service forgets.
/// </summary>
internal sealed class BlockUpload(SemaphoreSlim underWay)
{
    /// <summary>The digest, so that whoever looks at the account alone knows what the bytes should be.</summary>
    public const string DigestMetadata = "sha256";

    /// <param name="conditions">When the name may be given: nothing there yet, or the very thing that was looked at.</param>
    /// <exception cref="RequestFailedException">409 or 412 when the conditions do not hold.</exception>
    /// <exception cref="IOException">The file is not what it should be; nothing was named.</exception>
    public async Task RunAsync(
        BlockBlobClient blob, string localPath, Sha256Digest id, long sizeBytes, BlobRequestConditions conditions,
        CancellationToken cancel)
    {
        Invariant.Require(sizeBytes <= AzureLimits.MaxObjectBytes, "an object fits into the blocks of a blob");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var file = new FileStream(
            localPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        var staged = new List<Task>();
        var ids = new List<string>();
        var length = 0L;
        try
        {
            while (length <= sizeBytes)
            {
                await underWay.WaitAsync(stop.Token);
                var sending = false;
                var buffer = ArrayPool<byte>.Shared.Rent(AzureLimits.BlockBytes);
                try
                {
                    var read = await file.ReadAtLeastAsync(
                        buffer.AsMemory(0, AzureLimits.BlockBytes), AzureLimits.BlockBytes, throwOnEndOfStream: false, stop.Token);
                    if (read == 0)
                    {
                        break;
                    }
                    hash.AppendData(buffer, 0, read);
                    length += read;
                    ids.Add(BlockId(ids.Count));
                    staged.Add(StageAsync(blob, ids[^1], buffer, read, stop.Token));
                    sending = true;
                }
                finally
                {
                    if (!sending)
                    {
                        ArrayPool<byte>.Shared.Return(buffer);
                        underWay.Release();
                    }
                }
                if (staged.Find(s => s.IsFaulted) is { } failed)
                {
                    await failed;
                }
            }
            await Task.WhenAll(staged);
        }
        catch
        {
            await stop.CancelAsync();
            await Task.WhenAll(staged).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        var found = new Sha256Digest(hash.GetHashAndReset());
        if (length != sizeBytes || found != id)
        {
            throw new IOException($"{localPath} does not hold vault object {id} of {sizeBytes} bytes: its first {length} bytes hash to {found}");
        }
        // If we crash here, the blocks have no name, and the service drops them after a week.
        await blob.CommitBlockListAsync(
            ids,
            new CommitBlockListOptions
            {
                Conditions = conditions,
                Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [DigestMetadata] = id.ToString() },
                HttpHeaders = new BlobHttpHeaders { ContentType = "application/octet-stream" },
            },
            cancel);
    }

    /// <summary>Ids of one blob must have one length; the same block of the same object has the same id, whoever sends it.</summary>
    private static string BlockId(int number) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(number.ToString("D8", CultureInfo.InvariantCulture)));

    private async Task StageAsync(BlockBlobClient blob, string blockId, byte[] buffer, int length, CancellationToken cancel)
    {
        try
        {
            using var bytes = new MemoryStream(buffer, 0, length, writable: false);
            await blob.StageBlockAsync(
                blockId, bytes,
                new BlockBlobStageBlockOptions
                {
                    TransferValidation = new UploadTransferValidationOptions { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 },
                },
                cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            underWay.Release();
        }
    }
}
