using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// A store in a blob container: <c>sha256/ab/cd/HEX</c>, <c>quarantine/</c>, <c>unclaimed/</c>. A copy counts as proven
/// only once it was read back and hashed: the service's word that it was stored is not enough, and some forget it.
/// </summary>
/// <param name="container">What this node's credentials reach. Made with <see cref="AzureLimits.Options"/>.</param>
/// <param name="reader">The separate credential that proves the copies of a write-only store; null without one.</param>
public sealed class AzureStore(
    string name, string domain, StoreAccess access, BlobContainerClient container, BlobContainerClient? reader)
    : IObjectStore, IDisposable
{
    /// <summary>Most names tried for one object in <c>quarantine/</c> or <c>unclaimed/</c>.</summary>
    public const int MaxCopiesOfOneName = 1000;

    private static readonly TimeSpan CopyLook = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _underWay = new(AzureLimits.MaxBlocksUnderWay);

    private sealed record Look(Sha256Digest Found, long SizeBytes, ETag Tag);

    public string Name { get; } = name;

    public string Domain { get; } = domain;

    public StoreAccess Access { get; } = access;

    public static string BlobNameOf(Sha256Digest id)
    {
        var hex = id.ToString();
        return $"sha256/{hex[..2]}/{hex[2..4]}/{hex}";
    }

    public Task<bool> PutAsync(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel) =>
        AzureFaults.GuardAsync($"storing {id} in {Name}", async () =>
        {
            if (Access is StoreAccess.ReadWrite && await IsThereAsync(id, cancel))
            {
                return await ProveAsync(id, cancel);
            }
            try
            {
                await UploadAsync(id, localPath, sizeBytes, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancel);
            }
            catch (RequestFailedException taken) when (AzureFaults.IsTaken(taken))
            {
                // There already: whoever put it there may have put something else.
            }
            return await ProveAsync(id, cancel);
        }, cancel);

    public Task<QuarantinedObject?> ReplaceAsync(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel)
    {
        RequireReadWrite();
        return AzureFaults.GuardAsync($"replacing {id} in {Name}", async () =>
        {
            var stands = await IsThereAsync(id, cancel) ? await LookAsync(container, BlobNameOf(id), id, cancel) : null;
            if (stands?.Found == id)
            {
                return null;
            }
            var kept = stands is null ? null : new QuarantinedObject(id, stands.Found, await CopyAsideAsync("quarantine", id, stands, cancel));
            var conditions = stands is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = stands.Tag };
            try
            {
                // If we crash here, the damaged blob stands and has a copy; the next write of these bytes comes here again.
                await UploadAsync(id, localPath, sizeBytes, conditions, cancel);
            }
            catch (RequestFailedException taken) when (AzureFaults.IsTaken(taken))
            {
                // Somebody else replaced it first; what stands there now must prove itself all the same.
            }
            await ProveAsync(id, cancel);
            return kept;
        }, cancel);
    }

    public Task<Stream> OpenAsync(Sha256Digest id, bool fresh, CancellationToken cancel) =>
        AzureFaults.GuardAsync<Stream>($"opening {id} in {Name}", async () =>
        {
            try
            {
                var download = await Readable().GetBlobClient(BlobNameOf(id)).DownloadStreamingAsync(cancellationToken: cancel);
                return new AzureReader(download.Value.Content, id, Name);
            }
            catch (RequestFailedException e) when (AzureFaults.IsMissing(e))
            {
                throw new ObjectMissingException(id);
            }
        }, cancel);

    public Task<bool> ExistsAsync(Sha256Digest id, CancellationToken cancel) =>
        AzureFaults.GuardAsync($"looking for {id} in {Name}", () => IsThereAsync(id, cancel), cancel);

    public async IAsyncEnumerable<StoredObject> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await using var blobs = Readable()
            .GetBlobsAsync(BlobTraits.None, BlobStates.None, "sha256/", cancel).GetAsyncEnumerator(cancel);
        while (await AzureFaults.GuardAsync($"listing {Name}", () => blobs.MoveNextAsync().AsTask(), cancel))
        {
            var blob = blobs.Current;
            if (VaultLayout.TryParse(blob.Name[(blob.Name.LastIndexOf('/') + 1)..], out var id) && blob.Name == BlobNameOf(id))
            {
                yield return new StoredObject(id, blob.Properties.ContentLength ?? 0);
            }
        }
    }

    public async Task<string> QuarantineAsync(Sha256Digest id, CancellationToken cancel)
    {
        RequireReadWrite();
        return await AzureFaults.GuardAsync($"quarantining {id} in {Name}", async () =>
        {
            var stands = await LookAsync(container, BlobNameOf(id), id, cancel);
            return stands.Found == id
                ? throw new IOException($"vault object {id} in {Name} is not damaged (any more): it stays")
                : await MoveAsync("quarantine", id, stands, cancel);
        }, cancel);
    }

    public async Task<string> UnclaimAsync(Sha256Digest id, CancellationToken cancel)
    {
        RequireReadWrite();
        return await AzureFaults.GuardAsync(
            $"moving {id} in {Name} away",
            async () => await MoveAsync("unclaimed", id, await LookAsync(container, BlobNameOf(id), id, cancel), cancel), cancel);
    }

    public void Dispose() => _underWay.Dispose();

    private BlobContainerClient Readable() => Access switch
    {
        StoreAccess.ReadWrite => container,
        _ => reader ?? throw new IOException($"{Name} is write-only, and there is no separate reader's credential"),
    };

    private void RequireReadWrite()
    {
        if (Access is not StoreAccess.ReadWrite)
        {
            throw new IOException($"{Name} is write-only: nothing in it can be moved or replaced from here");
        }
    }

    private async Task<bool> IsThereAsync(Sha256Digest id, CancellationToken cancel)
    {
        try
        {
            return await Readable().GetBlobClient(BlobNameOf(id)).ExistsAsync(cancel);
        }
        catch (RequestFailedException e) when (AzureFaults.IsContainerMissing(e))
        {
            return false;
        }
    }

    private async Task UploadAsync(
        Sha256Digest id, string localPath, long sizeBytes, BlobRequestConditions conditions, CancellationToken cancel)
    {
        var upload = new BlockUpload(_underWay);
        var blob = container.GetBlockBlobClient(BlobNameOf(id));
        try
        {
            await upload.RunAsync(blob, localPath, id, sizeBytes, conditions, cancel);
        }
        catch (RequestFailedException e) when (AzureFaults.IsContainerMissing(e))
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancel);
            await upload.RunAsync(blob, localPath, id, sizeBytes, conditions, cancel);
        }
    }

    /// <summary>False when nobody here can read; throws when what is there is something else.</summary>
    private async Task<bool> ProveAsync(Sha256Digest id, CancellationToken cancel)
    {
        if (Access is StoreAccess.WriteOnly)
        {
            return false;
        }
        var look = await LookAsync(Readable(), BlobNameOf(id), id, cancel);
        return look.Found == id ? true : throw new ObjectDamagedException(id, look.Found);
    }

    private static async Task<Look> LookAsync(BlobContainerClient from, string blobName, Sha256Digest id, CancellationToken cancel)
    {
        try
        {
            var download = await from.GetBlobClient(blobName).DownloadStreamingAsync(cancellationToken: cancel);
            await using var content = download.Value.Content;
            var found = await VerifiedCopy.HashAsync(content, cancel);
            return new Look(found, download.Value.Details.ContentLength, download.Value.Details.ETag);
        }
        catch (RequestFailedException e) when (AzureFaults.IsMissing(e))
        {
            throw new ObjectMissingException(id);
        }
    }

    private async Task<string> MoveAsync(string folder, Sha256Digest id, Look stands, CancellationToken cancel)
    {
        var kept = await CopyAsideAsync(folder, id, stands, cancel);
        // If we crash here, the blob has a copy, and is found and moved again.
        await container.GetBlobClient(BlobNameOf(id)).DeleteIfExistsAsync(
            DeleteSnapshotsOption.IncludeSnapshots, new BlobRequestConditions { IfMatch = stands.Tag }, cancel);
        return kept;
    }

    /// <summary>Copies within the service the very bytes that were looked at, and reads the copy back.</summary>
    private async Task<string> CopyAsideAsync(string folder, Sha256Digest id, Look stands, CancellationToken cancel)
    {
        for (var n = 0; n < MaxCopiesOfOneName; n++)
        {
            var kept = container.GetBlobClient($"{folder}/{n}-{id}");
            CopyFromUriOperation copying;
            try
            {
                copying = await kept.StartCopyFromUriAsync(
                    container.GetBlobClient(BlobNameOf(id)).Uri,
                    new BlobCopyFromUriOptions
                    {
                        SourceConditions = new BlobRequestConditions { IfMatch = stands.Tag },
                        DestinationConditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                    },
                    cancel);
            }
            catch (RequestFailedException taken) when (taken.ErrorCode == BlobErrorCode.BlobAlreadyExists.ToString())
            {
                continue;
            }
            await copying.WaitForCompletionAsync(CopyLook, cancel);
            var copy = await LookAsync(container, kept.Name, id, cancel);
            return copy.Found == stands.Found
                ? kept.Name
                : throw new IOException($"{Name}: the copy {kept.Name} hashes to {copy.Found}, not to {stands.Found}; nothing was removed");
        }
        throw new IOException($"{Name} already keeps {MaxCopiesOfOneName} blobs of {id} in {folder}/");
    }
}
