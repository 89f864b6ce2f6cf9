using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Uploads;

/// <summary>What a sender is told when not it, but the house is to blame.</summary>
public static class UploadFailures
{
    public static UploadRefusal Of(IOException e) => e switch
    {
        CopiesUnprovenException => Unproven(e),
        UploadMovedException => Moved(e),
        _ => Disk(e),
    };

    private static UploadRefusal Unproven(IOException e) => new(503, Finding.Reject(
        "COPIES_UNPROVEN", "vault", "", $"All bytes are held; fewer copies than the policy requires could be proven: {e.Message}",
        "Ask again in a while: it is completed as soon as the stores answer."));

    /// <summary>What a sender is told when another process has taken the upload over meanwhile.</summary>
    private static UploadRefusal Moved(IOException e) => new(503, Finding.Reject(
        "UPLOAD_MOVED", "upload", "", $"The upload has moved to another owner: {e.Message}", "Ask with HEAD and go on from the Upload-Offset it answers."));

    /// <summary>What a sender is told when the spool's disk fails it.</summary>
    private static UploadRefusal Disk(IOException e) => e.HResult == ErrnoNoSpace
        ? new UploadRefusal(507, Finding.Reject("DISK_FULL", "spool", "", "This node's disk is full; what it holds stays held.", "Go on later: the operator has been alarmed."))
        : new UploadRefusal(503, Finding.Reject("DISK_FAILED", "spool", "", "This node's disk did not take the bytes; what was held before stays held.", "Ask with HEAD and go on from the Upload-Offset it answers."));

    private const int ErrnoNoSpace = 28;

    /// <summary>On a node whose spool is its own, what is not here may have been on a node that is gone.</summary>
    public static UploadRefusal NotHere(EntityId id, bool spoolIsShared) => spoolIsShared
        ? new UploadRefusal(404, Finding.Reject("UPLOAD_UNKNOWN", "upload", id.Text, "There is no such upload.", "Start a new upload."))
        : new UploadRefusal(410, Finding.Reject(
            "UPLOAD_GONE", "upload", id.Text,
            "There is no such upload here: it never was, or it was held by a node that has gone, and its spool with it. It was not received.",
            "Start again with a new upload."));
}
