using Akka.Actor;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Uploads;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Hosting;

/// <summary>The only door of the web to uploads. Every question takes the principal.</summary>
public sealed class UploadGateway(Regions regions, UploadHouse house)
{
    /// <summary>One ask; a shard that moves drops messages without a word.</summary>
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(60);

    /// <summary>Completing copies and proves. Whoever is not answered within it asks with HEAD, and finds it done.</summary>
    private static readonly TimeSpan CompletionTimeout = TimeSpan.FromMinutes(2);

    public UploadHouse House => house;

    public Task<UploadStanding> CreateAsync(
        Principal principal, EntityId upload, long? lengthBytes, string metadata, string concat, CancellationToken cancel) =>
        AskAsync<UploadStanding>(new CreateUpload(upload, principal, house.Instance, lengthBytes, metadata, concat), cancel);

    public Task<UploadStanding> StandingAsync(Principal principal, EntityId upload, CancellationToken cancel) =>
        IsForeign(principal, upload)
            ? Task.FromResult(Foreign(upload))
            : AskAsync<UploadStanding>(new GetUpload(upload, principal), cancel);

    public Task<UploadStanding> TerminateAsync(Principal principal, EntityId upload, CancellationToken cancel) =>
        IsForeign(principal, upload)
            ? Task.FromResult(Foreign(upload))
            : AskAsync<UploadStanding>(new TerminateUpload(upload, principal), cancel);

    /// <summary>Tells a received upload which delivery took it; the same again changes nothing.</summary>
    public Task<UploadStanding> DeliveredAsync(Principal principal, EntityId upload, EntityId delivery, CancellationToken cancel) =>
        AskAsync<UploadStanding>(new DeliverUpload(upload, principal, delivery), cancel);

    /// <summary>A lease, or why not.</summary>
    public async Task<(UploadLease? Lease, UploadStanding? Standing)> OpenAsync(Principal principal, EntityId upload, CancellationToken cancel)
    {
        if (IsForeign(principal, upload))
        {
            return (null, Foreign(upload));
        }
        while (true)
        {
            var answer = await AskAsync<object>(new OpenUpload(upload, principal, house.Instance), cancel);
            if (answer is not UploadLease lease)
            {
                return (null, (UploadStanding)answer);
            }
            if (lease.TryTake())
            {
                return (lease, null);
            }
        }
    }

    /// <summary>Gives a lease back and learns how the upload stands; received, when its last byte came.</summary>
    /// <exception cref="TimeoutException">It is not completed yet, or its node is in trouble.</exception>
    public static async Task<UploadStanding> EndAsync(UploadLease lease, Exception? failure)
    {
        try
        {
            return await lease.Owner.Ask<UploadStanding>(new LeaseEnded(lease, failure), CompletionTimeout);
        }
        catch (AskTimeoutException e)
        {
            throw new TimeoutException("All bytes that were answered for are held; the upload is not completed yet.", e);
        }
    }

    public void Keep(EntityId upload) => regions.Uploads.Tell(new KeepUpload(upload));

    private static bool IsForeign(Principal principal, EntityId upload) => upload.Tenant != principal.Tenant || upload.Kind != "upload";

    private UploadStanding Foreign(EntityId upload) => UploadStanding.Refused(upload, UploadFailures.NotHere(upload, house.IsShared));

    private async Task<T> AskAsync<T>(IEntityMessage message, CancellationToken cancel)
    {
        var until = house.Time.GetUtcNow() + GiveUpAfter;
        while (true)
        {
            try
            {
                return await regions.Uploads.Ask<T>(message, AskTimeout, cancel);
            }
            catch (AskTimeoutException e)
            {
                if (house.Time.GetUtcNow() >= until)
                {
                    throw new TimeoutException("The cluster did not answer for a minute. Nothing is lost: send the same again.", e);
                }
            }
        }
    }
}
