using System.Globalization;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Uploads;

/// <summary>What becomes of a request for more bytes.</summary>
public abstract record AppendDecision
{
    private AppendDecision()
    {
    }

    /// <summary>Take up to <paramref name="RoomBytes"/>; a byte more and the request is refused.</summary>
    /// <param name="LengthBytes">The upload's length from now on; null while still deferred.</param>
    public sealed record Take(long RoomBytes, long? LengthBytes) : AppendDecision;

    /// <summary>The sender lost the last answer: everything is here already.</summary>
    public sealed record NothingLeft : AppendDecision;

    public sealed record Refuse(UploadRefusal Refusal) : AppendDecision;
}

/// <summary>The rules of tus 1.0.0, and ours where it leaves them open. Pure: no clock, no disk, no network.</summary>
public static class UploadRules
{
    /// <summary>May this owner create this upload here and now?</summary>
    /// <param name="freeBytes">Free on the spool's disk.</param>
    public static UploadRefusal? Create(CreationRequest request, OwnerUse use, UploadLimits limits, long freeBytes)
    {
        if (use.OpenUploads >= limits.MaxOpenUploads)
        {
            return UploadRefusal.Of(429, "UPLOADS_OPEN", "owner", use.OpenUploads.ToString(CultureInfo.InvariantCulture), $"You have {limits.MaxOpenUploads} unfinished uploads here.", "Finish or terminate (DELETE) some, then go on.");
        }
        if (use.OpenBytes + (request.LengthBytes ?? 0) > limits.MaxOpenBytes)
        {
            return UploadRefusal.Of(413, "UPLOADS_BYTES", "owner", use.OpenBytes.ToString(CultureInfo.InvariantCulture), $"Your unfinished uploads would exceed {limits.MaxOpenBytes} bytes.", "Finish or terminate (DELETE) some, then go on.");
        }
        return NoRoom(request.LengthBytes ?? 0, freeBytes, limits);
    }

    /// <summary>507 while there is still room for what keeps the house running.</summary>
    public static UploadRefusal? NoRoom(long bytes, long freeBytes, UploadLimits limits) =>
        bytes <= freeBytes - limits.ReserveBytes
            ? null
            : UploadRefusal.Of(507, "DISK_FULL", "spool", bytes.ToString(CultureInfo.InvariantCulture), "This node's disk has no room for these bytes; what it holds stays held.", "Go on later: the operator has been alarmed.");

    /// <summary>Is this the upload that was created before under the same client's id?</summary>
    public static UploadRefusal? Again(Upload existing, CreationRequest request) =>
        existing.Metadata == request.Metadata.Text && existing.Concat == request.Concat.Text
            && (existing.LengthBytes == request.LengthBytes || existing.IsFinal)
            ? null
            : UploadRefusal.Of(409, "CLIENT_UPLOAD_ID_REUSED", "Upload-Metadata client_upload_id", request.Metadata.ClientUploadId, "This client_upload_id stands for an upload of another length or with other metadata.", "Give every upload its own client_upload_id.");

    /// <summary>Decides on a PATCH. The checks stand in the order in which a sender can mend them.</summary>
    public static AppendDecision Append(Upload upload, AppendRequest request, long now)
    {
        if (Over(upload, now) is { } over)
        {
            return new AppendDecision.Refuse(over);
        }
        if (upload.IsFinal)
        {
            return new AppendDecision.Refuse(Final(upload.Concat));
        }
        if (request.Offset != upload.Offset)
        {
            return new AppendDecision.Refuse(WrongOffset(request.Offset, upload.Offset));
        }
        if (request.LengthBytes is { } length && ((upload.LengthBytes ?? length) != length || length < upload.Offset))
        {
            return new AppendDecision.Refuse(UploadRefusal.Of(400, "UPLOAD_LENGTH", "Upload-Length", length.ToString(CultureInfo.InvariantCulture), upload.LengthBytes is { } known ? $"The length was set to {known} and never changes." : $"{upload.Offset} bytes are here already.", "Send the length once, and not below the offset."));
        }
        var total = request.LengthBytes ?? upload.LengthBytes;
        if (upload.IsWhole && request.BodyBytes == 0)
        {
            return new AppendDecision.NothingLeft();
        }
        return total is { } end && request.BodyBytes > end - upload.Offset ? new AppendDecision.Refuse(TooLong(end)) : Take(upload, total);
    }

    /// <summary>Its bytes are its parts'.</summary>
    public static UploadRefusal Final(string concat) => UploadRefusal.Of(
        403, "UPLOAD_FINAL", "Upload-Concat", concat, "A final upload is made of its parts and takes no bytes.", "Nothing: send no PATCH to it.");

    /// <summary>The sender believes the upload stands elsewhere; nothing was changed.</summary>
    public static UploadRefusal WrongOffset(long sent, long held) => UploadRefusal.Of(
        409, "UPLOAD_OFFSET", "Upload-Offset", sent.ToString(CultureInfo.InvariantCulture), $"The upload stands at {held}.", $"Go on from {held}.");

    /// <summary>The request ended before its bytes did: another one wanted the upload, or none came for too long.</summary>
    public static UploadRefusal Cut(long held) => UploadRefusal.Of(
        409, "UPLOAD_CUT", "body", "", $"The request was ended before all its bytes came: none came for a while, or a newer request wanted the upload. {held} bytes are held.", $"Go on from {held}.");

    /// <summary>The sender went on after the length it had given.</summary>
    public static UploadRefusal TooLong(long lengthBytes) => UploadRefusal.Of(
        413, "UPLOAD_TOO_LONG", "body", "", $"The upload ends at {lengthBytes} bytes; this request goes beyond.", "Send no more than Upload-Length bytes.");

    /// <summary>410 once nobody touched it for too long.</summary>
    public static UploadRefusal? Over(Upload upload, long now) => now < upload.Expires
        ? null
        : UploadRefusal.Of(410, "UPLOAD_EXPIRED", "upload", upload.Id.Text, "This upload was held until its Upload-Expires and is over.", "Start again with a new upload.");

    /// <summary>The bytes that came are not those that were declared.</summary>
    public static UploadRefusal WrongBytes(Sha256Digest declared, Sha256Digest found) => UploadRefusal.Of(
        422, "UPLOAD_HASH_MISMATCH", "Upload-Metadata sha256", found.ToString(), $"All bytes came, but they are not those declared as {declared}: they hash to {found}. They were kept in quarantine and not received.", "Compare the file with its hash, then upload it anew.");

    private static AppendDecision.Take Take(Upload upload, long? total) =>
        new((total ?? long.MaxValue) - upload.Offset, total);
}
