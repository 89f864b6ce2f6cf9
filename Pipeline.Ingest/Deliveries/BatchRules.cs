using Pipeline.Ingest.Catalogue;
using static Pipeline.Audit.Vocabulary.Severity;

namespace Pipeline.Ingest.Deliveries;

/// <summary>
/// Rules on a batch as a whole, asked before any of its messages is handed in. Source: DDEX ERN choreography, exchange by
/// SFTP and by cloud storage. What rejects holds back the message it is said of, or every message when the manifest itself
/// cannot be relied on; the other messages of the batch go their way.
/// </summary>
public static class BatchRules
{
    public static readonly Rule DeliveryOpen = new("DELIVERY_OPEN", Info, "A batch is whole when its BatchComplete manifest has come, a release folder when its message has.");
    public static readonly Rule ManifestTwice = new("BATCH_MANIFEST_TWICE", Reject, "A batch has one BatchComplete manifest.", "UserDefined");
    public static readonly Rule ManifestUnreadable = new("BATCH_MANIFEST_UNREADABLE", Reject, "The manifest of a batch is a ManifestMessage that can be read.", "UserDefined");
    public static readonly Rule ManifestEmpty = new("BATCH_MANIFEST_EMPTY", Warn, "The manifest of a batch says what the batch holds; an empty one only that it is there.", "SignatureOrHashSumWrongOrMissing");
    public static readonly Rule BatchTooLarge = new("BATCH_TOO_LARGE", Reject, "A batch has at most 5,000 messages and 500,000 files.", "UserDefined");
    public static readonly Rule CountDiffers = new("BATCH_COUNT_DIFFERS", Reject, "As many messages are listed as the manifest counts.", "ErnMissing");
    public static readonly Rule RootDiffers = new("BATCH_ROOT_DIFFERS", Warn, "The folder of a batch has the name the manifest gives it.");
    public static readonly Rule AddressOutside = new("BATCH_ADDRESS_OUTSIDE", Reject, "A listed message has an address inside its batch.", "ErnMissing");
    public static readonly Rule MessageAbsent = new("BATCH_MESSAGE_MISSING", Reject, "Every listed message is there.", "ErnMissing");
    public static readonly Rule MessageUnlisted = new("BATCH_MESSAGE_UNLISTED", Reject, "Every message that is there is listed.", "UserDefined");
    public static readonly Rule MessageTwice = new("BATCH_MESSAGE_TWICE", Reject, "A manifest lists each message once.", "UserDefined");
    public static readonly Rule FolderShared = new("BATCH_FOLDER_SHARED", Reject, "Each message of a batch has a folder of its own.", "NewReleaseMessageInvalid");
    public static readonly Rule MessageIdDiffers = new("BATCH_MESSAGE_ID_DIFFERS", Reject, "A message has the id it is listed under.", "NewReleaseMessageInvalid");
    public static readonly Rule SenderDiffers = new("BATCH_SENDER_DIFFERS", Warn, "The messages of a batch come from the sender of its manifest.");
    public static readonly Rule TestDiffers = new("BATCH_TEST_DIFFERS", Reject, "A batch that is a test holds test messages only.", "NewReleaseMessageInvalid");
    public static readonly Rule HashMismatch = new("BATCH_HASH_MISMATCH", Reject, "A listed message has the hash the manifest declares.", "SignatureOrHashSumWrongOrMissing");
    public static readonly Rule HashMalformed = new("BATCH_HASH_MALFORMED", Reject, "A hash in a manifest is one of its algorithm.", "SignatureOrHashSumWrongOrMissing");
    public static readonly Rule HashUnverifiable = new("BATCH_HASH_UNVERIFIABLE", Warn, "A hash in a manifest is of an algorithm that is computed here.", "SignatureOrHashSumWrongOrMissing");
    public static readonly Rule HashMissing = new("BATCH_HASH_MISSING", Warn, "The manifest declares a hash of each message.", "SignatureOrHashSumWrongOrMissing");
    public static readonly Rule FileUnlisted = new("BATCH_FILE_UNLISTED", Warn, "Every file of a batch lies in the folder of a message.");

    /// <summary>All of them, for <c>mp rules</c>.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        DeliveryOpen, ManifestTwice, ManifestUnreadable, ManifestEmpty, BatchTooLarge, CountDiffers, RootDiffers, AddressOutside,
        MessageAbsent, MessageUnlisted, MessageTwice, FolderShared, MessageIdDiffers, SenderDiffers, TestDiffers,
        HashMismatch, HashMalformed, HashUnverifiable, HashMissing, FileUnlisted,
    ];
}
