using Akka.Actor;
using Pipeline.Actors.Messages;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Uploads;

/// <summary>Creates an upload in the spool of the node that owns it; the same again is answered with how it stands.</summary>
/// <param name="Node">The node that asks: elsewhere nothing is created, only the owner is named.</param>
public sealed record CreateUpload(
    EntityId Upload, Principal Principal, string Node, long? LengthBytes, string Metadata, string Concat) : IEntityMessage
{
    public string EntityKey => Upload.Text;
}

/// <summary>How does it stand? Ends a request that still holds it, and finishes what is whole.</summary>
public sealed record GetUpload(EntityId Upload, Principal Principal) : IEntityMessage
{
    public string EntityKey => Upload.Text;
}

/// <summary>Its sender wants it no more.</summary>
public sealed record TerminateUpload(EntityId Upload, Principal Principal) : IEntityMessage
{
    public string EntityKey => Upload.Text;
}

/// <summary>A delivery that names this received upload was taken.</summary>
public sealed record DeliverUpload(EntityId Upload, Principal Principal, EntityId Delivery) : IEntityMessage
{
    public string EntityKey => Upload.Text;
}

/// <summary>
/// The one way to its bytes. Answered on the owner's own node with an <see cref="UploadLease"/>, on any other with a
/// standing that names the owner.
/// </summary>
public sealed record OpenUpload(EntityId Upload, Principal Principal, string Node) : IEntityMessage
{
    public string EntityKey => Upload.Text;
}

/// <summary>A request is still at it: keeps the entity from being passivated.</summary>
public sealed record KeepUpload(EntityId Upload) : IEntityMessage
{
    public string EntityKey => Upload.Text;
}

/// <summary>
/// A node's own spool still holds this upload long after it was over: its owner moved elsewhere, where nothing of it is.
/// </summary>
public sealed record UploadLeftBehind(EntityId Upload, long HeldBytes) : IEntityMessage
{
    public string EntityKey => Upload.Text;
}

/// <summary>Look whether it is over, or whole, or gone.</summary>
public sealed record NudgeUpload(EntityId Upload) : IEntityMessage
{
    public string EntityKey => Upload.Text;
}

/// <summary>How an upload stands, or why a request is answered no.</summary>
/// <param name="Status">0, or the HTTP status of a refusal.</param>
/// <param name="Finding">Set with a refusal.</param>
/// <param name="Offset">Held bytes.</param>
/// <param name="Expires">Ms since 1970 UTC; 0 once it is received.</param>
/// <param name="Digest">Set once it is received.</param>
/// <param name="Copies">Stores with a proven copy when it was received.</param>
/// <param name="OwnerUrl">Set when another node owns it: where to ask; empty when that node has no address.</param>
public sealed record UploadStanding(
    EntityId Upload, int Status, Finding? Finding, long Offset, long? LengthBytes, string Metadata, string Concat, long Expires,
    Sha256Digest? Digest, IReadOnlyList<string> Copies, int Domains, int Wanted, string? OwnerUrl) : IPipelineMessage
{
    public static UploadStanding Refused(EntityId upload, UploadRefusal refusal) =>
        new(upload, refusal.Status, refusal.Finding, 0, null, "", "", 0, null, [], 0, 0, null);

    public static UploadStanding Elsewhere(EntityId upload, string ownerUrl) =>
        new(upload, 0, null, 0, null, "", "", 0, null, [], 0, 0, ownerUrl);

    public static UploadStanding Open(Upload upload) => new(
        upload.Id, 0, null, upload.Offset, upload.LengthBytes, upload.Metadata, upload.Concat, upload.Expires, null, [], 0, 0, null);
}

/// <summary>The holder of a lease is done.</summary>
/// <param name="Failure">Why it could not go on; null when it could.</param>
public sealed record LeaseEnded(UploadLease Lease, Exception? Failure) : INoSerializationVerificationNeeded;

/// <summary>Somebody waits for this lease: if nobody took it, its answer was lost.</summary>
public sealed record LeaseUntaken(UploadLease Lease) : INoSerializationVerificationNeeded;
