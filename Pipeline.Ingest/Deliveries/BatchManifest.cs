using Pipeline.Ingest.Catalogue;

namespace Pipeline.Ingest.Deliveries;

/// <summary>
/// What a <c>ManifestMessage</c> says (DDEX ERN choreography, ern-c and ern-c-sftp), before any rule has judged it. It
/// comes last of a batch, as <c>BatchComplete_BATCHID.xml</c>, and says what the batch holds.
/// </summary>
/// <param name="Sender">DPID of <c>MessageHeader/MessageSender</c>.</param>
/// <param name="Recipient">DPID of <c>MessageHeader/MessageRecipient</c>: us, as the sender knows us.</param>
/// <param name="Created">The sender's instant, as text.</param>
/// <param name="IsTest"><c>IsTestFlag</c>: the batch is checked in full and applied never.</param>
/// <param name="RootDirectory">The folder all addresses begin at.</param>
/// <param name="NumberOfMessages">As stated; a batch is complete when as many are listed and there.</param>
public sealed record BatchManifest(
    Stated? Sender, Stated? Recipient, Stated? Created, bool IsTest, Stated? RootDirectory, Stated? NumberOfMessages,
    IReadOnlyList<ListedMessage> Messages, Place Place);

/// <summary>One <c>MessageInBatch</c>.</summary>
/// <param name="Address"><c>URL</c>: the message's path below the root directory.</param>
/// <param name="Hash">Of the message's bytes; null when the manifest has none, which the standard allows.</param>
public sealed record ListedMessage(Stated? MessageId, Stated? Address, UnvalidatedHash? Hash, Place Place);
