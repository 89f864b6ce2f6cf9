using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Catalogue.Ern;

namespace Pipeline.Ingest.Deliveries;

/// <summary>
/// Who a message is from, to whom, and under which id, as far as that can be read: a message that is refused is answered
/// too, and the answer needs an address.
/// </summary>
/// <param name="Recipient">The first of them.</param>
public sealed record MessageHead(Stated? MessageId, Stated? Sender, Stated? Recipient, Stated? Created, bool IsTest)
{
    internal static readonly MessageHead None = new(null, null, null, null, false);

    /// <summary>Never throws. What stands behind the header is not looked at, so it may be broken.</summary>
    public static MessageHead Of(ReadOnlyMemory<byte> message)
    {
        using var at = new ErnCursor(message);
        if (!at.Root())
        {
            return None;
        }
        for (var root = at.Depth; at.NextChild(root);)
        {
            if (at.Name == "MessageHeader")
            {
                return Header(at);
            }
        }
        return None;
    }

    internal static MessageHead Header(ErnCursor at)
    {
        var head = None;
        for (var parent = at.Depth; at.NextChild(parent);)
        {
            head = at.Name switch
            {
                "MessageId" when head.MessageId is null => head with { MessageId = at.Text() },
                "MessageSender" when head.Sender is null => head with { Sender = at.Child("PartyId") },
                "MessageRecipient" when head.Recipient is null => head with { Recipient = at.Child("PartyId") },
                "MessageCreatedDateTime" when head.Created is null => head with { Created = at.Text() },
                "MessageControlType" => head with { IsTest = at.Text().Value == "TestMessage" },
                _ => head,
            };
        }
        return head;
    }
}
