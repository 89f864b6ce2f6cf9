using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Catalogue.Ern;

namespace Pipeline.Ingest.Deliveries;

/// <summary>Reads the manifest of a batch within the limits of any message: no DTD, bounded size, depth and count.</summary>
internal static class BatchManifestReader
{
    /// <summary>Namespaces of all versions of the choreography begin like this: <c>ern-c/14</c>, <c>ern-c-sftp/16</c>, …</summary>
    private const string Namespace = "http://ddex.net/xml/ern-c";

    /// <param name="fileName">As it lies in the batch; for the places of findings.</param>
    /// <param name="why">The finding, when the answer is null.</param>
    internal static BatchManifest? Read(string fileName, ReadOnlyMemory<byte> bytes, out Finding? why)
    {
        using var at = new ErnCursor(bytes);
        if (!at.Root())
        {
            why = Unreadable(fileName, at.Fault?.Place, at.Fault?.Message ?? "It has no root element.");
            return null;
        }
        if (at.LocalName != "ManifestMessage" || !at.NamespaceUri.StartsWith(Namespace, StringComparison.Ordinal))
        {
            why = Unreadable(fileName, at.Place, $"Its root is {{{at.NamespaceUri}}}{at.LocalName}, not ManifestMessage of the ERN choreography.");
            return null;
        }
        var manifest = Content(at);
        why = at.Fault is { } fault ? Unreadable(fileName, fault.Place, fault.Message)
            : manifest.Messages.Count > BatchLimits.MaxMessages ? BatchRules.BatchTooLarge.Broken(
                $"{fileName}: {manifest.Place}", null, $"The manifest lists more than {BatchLimits.MaxMessages} messages.", "Split the batch into several.")
            : manifest.Messages.Count == 0 ? Unreadable(fileName, manifest.Place, "It lists no message (MessageInBatch).")
            : null;
        return why is null ? manifest : null;
    }

    private static Finding Unreadable(string fileName, string? place, string because) => BatchRules.ManifestUnreadable.Broken(
        $"{fileName}: {place ?? "/"}", null, $"The manifest cannot be read, so nobody knows what the batch should hold. {because}",
        "Write the manifest again as DDEX's ManifestMessage in UTF-8 and put it into the batch folder last of all.");

    private static BatchManifest Content(ErnCursor at)
    {
        var place = at.KeepPlace();
        var head = MessageHead.None;
        Stated? root = null, number = null;
        var isTest = false;
        var messages = new List<ListedMessage>();
        for (var parent = at.Depth; at.NextChild(parent);)
        {
            switch (at.Name)
            {
                case "MessageHeader":
                    head = MessageHead.Header(at);
                    break;
                case "IsTestFlag":
                    isTest = at.Text().Value.Trim() is "true" or "1";
                    break;
                case "RootDirectory":
                    root = at.Text();
                    break;
                case "NumberOfMessages":
                    number = at.Text();
                    break;
                // One above the limit is kept, so that the limit can be said to be passed.
                case "MessageInBatch" when messages.Count <= BatchLimits.MaxMessages:
                    messages.Add(Listed(at));
                    break;
            }
        }
        return new BatchManifest(head.Sender, head.Recipient, head.Created, isTest, root, number, messages, place);
    }

    private static ListedMessage Listed(ErnCursor at)
    {
        var place = at.KeepPlace();
        Stated? id = null, address = null;
        UnvalidatedHash? hash = null;
        for (var parent = at.Depth; at.NextChild(parent);)
        {
            switch (at.Name)
            {
                case "MessageId":
                    id ??= at.Text();
                    break;
                case "URL" or "URI":
                    address ??= at.Text();
                    break;
                case "HashSum":
                    hash ??= ErnFileReader.Hash(at);
                    break;
            }
        }
        return new ListedMessage(id, address, hash, place);
    }
}
