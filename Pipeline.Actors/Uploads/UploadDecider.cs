using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Uploads;

/// <summary>How an upload ends. Pure; each ends once, and a repeat is answered from the fact.</summary>
public static class UploadDecider
{
    public const string Terminated = "terminated";
    public const string Expired = "expired";
    public const string Lost = "lost";
    public const string Withdrawn = "withdrawn";

    /// <summary>The bytes are those declared, or none were declared: received with the copies that are proven.</summary>
    public static Decision Complete(UploadEnd state, Upload upload, Custody custody, long at, Salts salts)
    {
        if (state.Standing(upload.Id) is { } known)
        {
            return Decision.Answer(known);
        }
        var fact = new UploadCompleted
        {
            Tenant = upload.Id.Tenant,
            By = upload.Owner,
            Command = CommandId.Parse($"upload/{upload.Id.Key}"),
            At = at,
            Upload = upload.Id,
            Digest = custody.Id,
            SizeBytes = custody.SizeBytes,
            Copies = custody.Copies,
            Domains = custody.Domains,
            Wanted = custody.Wanted,
            Private = Sealed<UploadDetails>.Close(
                new UploadDetails(UploadMetadata.Parse(upload.Metadata).Value?.FileName ?? "", upload.Metadata, upload.Concat.Length == 0 ? null : upload.Concat),
                salts[0], FactJson.Default.UploadDetails),
        };
        return Decision.Write((UploadEnd.None with { Fact = fact }).Standing(upload.Id), fact);
    }

    /// <summary>Null unless other bytes were declared than came.</summary>
    public static Decision? Refuse(UploadEnd state, Upload upload, Sha256Digest found, long at, Salts salts)
    {
        if (UploadMetadata.Parse(upload.Metadata).Value?.Sha256 is not { } declared || declared == found)
        {
            return null;
        }
        if (state.Standing(upload.Id) is { } known)
        {
            return Decision.Answer(known);
        }
        var refusal = UploadRules.WrongBytes(declared, found);
        return Decision.Write(UploadStanding.Refused(upload.Id, refusal), new UploadRefused
        {
            Tenant = upload.Id.Tenant,
            By = upload.Owner,
            Command = CommandId.Parse($"upload/{upload.Id.Key}"),
            At = at,
            Upload = upload.Id,
            Found = found,
            SizeBytes = upload.Offset,
            Rules = [refusal.Finding.Rule],
            Private = Sealed<FindingList>.Close(new FindingList([refusal.Finding]), salts[0], FactJson.Default.FindingList),
        });
    }

    /// <summary>A delivery names it: from here its story is the release's.</summary>
    public static Decision Deliver(UploadEnd state, DeliverUpload c, long at)
    {
        var standing = state.Standing(c.Upload)!;
        return state.Fact is not UploadCompleted || state.Deliveries.Contains(c.Delivery)
            ? Decision.Answer(standing)
            : Decision.Write(standing, new UploadDelivered
            {
                Tenant = c.Upload.Tenant,
                By = c.Principal.Pseudonym,
                Command = CommandId.Parse($"deliver/{c.Delivery.Key}"),
                At = at,
                Upload = c.Upload,
                Delivery = c.Delivery,
            });
    }

    /// <summary>Its sender takes back what was received: the upload is no more, its bytes and its proof stay.</summary>
    public static Decision Withdraw(UploadEnd state, EntityId upload, Pseudonym by, long at) =>
        state.Fact is UploadCompleted received
            ? Discard(UploadEnd.None, upload, by, received.SizeBytes, Withdrawn, at)
            : Decision.Answer(state.Standing(upload)!);

    /// <summary>It ends.</summary>
    /// <param name="by">Its owner, or the system.</param>
    public static Decision Discard(UploadEnd state, EntityId upload, Pseudonym by, long heldBytes, string why, long at) =>
        state.Standing(upload) is { } known
            ? Decision.Answer(known)
            : Decision.Write(UploadStanding.Refused(upload, Gone(upload, why)), new UploadDiscarded
            {
                Tenant = upload.Tenant,
                By = by,
                Command = CommandId.Parse($"upload/{upload.Key}"),
                At = at,
                Upload = upload,
                HeldBytes = heldBytes,
                Why = why,
            });

    /// <summary>What is answered for an upload that ended without having been received.</summary>
    public static UploadRefusal Gone(EntityId upload, string why) => new(410, Finding.Reject(
        "UPLOAD_GONE", "upload", upload.Text,
        why switch
        {
            Terminated => "This upload was ended by its sender.",
            Withdrawn => "This upload was ended by its sender after it was received; its bytes and the proof of its receipt are kept.",
            Expired => "This upload was held until its Upload-Expires and is over.",
            _ => "The state of this upload was lost with its disk; what is left of its bytes is kept apart.",
        },
        "Start again with a new upload."));
}
