using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Pipeline.Ingest.Vault;

/// <summary>Whether an account does a thing, as far as it could be tried.</summary>
public enum Offer
{
    /// <summary>It was tried, or the service says so of this container.</summary>
    Offered,

    /// <summary>It was tried and refused.</summary>
    NotOffered,

    /// <summary>It could not be tried: these credentials may not, or the service did not answer.</summary>
    NotKnown,
}

/// <summary>One thing that protects blobs from their keeper, and how we know.</summary>
/// <param name="Evidence">What the service answered.</param>
public sealed record Capability(Offer Offer, string Evidence);

/// <summary>
/// What a store really offers beyond keeping bytes, tried at the start rather than believed. Nothing here makes a copy
/// count for more; it tells an operator what a mistake or a burglar could still do.
/// </summary>
/// <param name="Versioning">A blob that is overwritten or deleted leaves its version.</param>
/// <param name="SoftDelete">A deleted blob can be brought back for a while.</param>
/// <param name="Immutability">A blob can be locked until a date: WORM.</param>
/// <param name="LegalHold">A blob can be locked until somebody unlocks it.</param>
public sealed record StoreCapabilities(
    string Store, Capability Versioning, Capability SoftDelete, Capability Immutability, Capability LegalHold)
{
    /// <summary>A directory tree offers none of it: whoever may write there may remove.</summary>
    public static StoreCapabilities OfFiles(string store)
    {
        var none = new Capability(Offer.NotOffered, "a directory tree");
        return new StoreCapabilities(store, none, none, none, none);
    }
}

/// <summary>Tries on a small blob of its own under <c>probe/</c> what an account offers.</summary>
public static class AzureProbe
{
    /// <summary>How long the probe's blob is locked, where locks are offered. It can be removed after that.</summary>
    public const int LockSeconds = 60;

    private static readonly BinaryData Content = BinaryData.FromString("mp-probe-1");

    /// <param name="token">Unique to this probe: a blob of an earlier one may still be locked.</param>
    /// <returns>Never an error: what cannot be found out is not known.</returns>
    public static async Task<StoreCapabilities> RunAsync(
        string store, BlobContainerClient container, string token, TimeProvider time, CancellationToken cancel)
    {
        var blob = container.GetBlobClient($"probe/{token}");
        string? version = null;
        var made = await TryAsync(async () =>
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancel);
            version = (await blob.UploadAsync(Content, overwrite: false, cancel)).Value.VersionId;
            return "made";
        }, cancel);
        if (made.Offer != Offer.Offered)
        {
            var unknown = new Capability(Offer.NotKnown, made.Evidence);
            return new StoreCapabilities(store, unknown, unknown, unknown, unknown);
        }
        var versioning = version is null
            ? new Capability(Offer.NotOffered, "a write is answered without a version")
            : new Capability(Offer.Offered, "a write is answered with its version");
        var hold = await TryAsync(async () =>
        {
            await blob.SetLegalHoldAsync(true, cancel);
            // If we crash here, the probe's blob stays under its hold until somebody takes it off.
            await blob.SetLegalHoldAsync(false, cancel);
            return "a hold was set and taken off";
        }, cancel);
        var immutability = await TryAsync(async () =>
        {
            var policy = new BlobImmutabilityPolicy { ExpiresOn = time.GetUtcNow().AddSeconds(LockSeconds), PolicyMode = BlobImmutabilityPolicyMode.Unlocked };
            await blob.SetImmutabilityPolicyAsync(policy, cancellationToken: cancel);
            await blob.DeleteImmutabilityPolicyAsync(cancel);
            return "a policy was set and taken off";
        }, cancel);
        var softDelete = await TryAsync(async () =>
        {
            await blob.DeleteAsync(cancellationToken: cancel);
            await blob.UndeleteAsync(cancel);
            await blob.DeleteAsync(cancellationToken: cancel);
            return "a deleted blob came back";
        }, cancel);
        return new StoreCapabilities(store, versioning, softDelete, immutability, hold);
    }

    private static async Task<Capability> TryAsync(Func<Task<string>> attempt, CancellationToken cancel)
    {
        const int forbidden = 403, firstOfTheServers = 500, notImplemented = 501;
        try
        {
            return new Capability(Offer.Offered, await attempt());
        }
        catch (RequestFailedException e) when (e.Status > 0)
        {
            var unknown = e.Status is forbidden || (e.Status >= firstOfTheServers && e.Status != notImplemented);
            return new Capability(unknown ? Offer.NotKnown : Offer.NotOffered, $"{e.Status} {e.ErrorCode}");
        }
        catch (Exception e) when (AzureFaults.IsOfTheService(e, cancel))
        {
            return new Capability(Offer.NotKnown, AzureFaults.AsIo("probe", e).Message);
        }
    }
}
