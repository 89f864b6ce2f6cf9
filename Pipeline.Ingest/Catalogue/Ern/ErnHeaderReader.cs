namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>Reads <c>MessageHeader</c>, which is the same in every version.</summary>
internal static class ErnHeaderReader
{
    internal static ErnHeader Read(ErnCursor at, ErnAside aside)
    {
        var header = ErnHeader.Empty;
        for (var parent = at.Depth; at.NextChild(parent);)
        {
            switch (at.Name)
            {
                case "MessageId":
                    header = header with { MessageId = at.Text() };
                    break;
                case "MessageSender":
                    header = header with { Sender = at.Child("PartyId") };
                    break;
                case "SentOnBehalfOf":
                    header = header with { OnBehalfOf = at.Child("PartyId") };
                    break;
                case "MessageRecipient":
                    aside.Add(IdentifierScheme.Dpid, at.Child("PartyId"));
                    break;
                case "MessageCreatedDateTime":
                    header = header with { Created = at.Text() };
                    break;
                case "MessageControlType":
                    header = header with { IsTest = at.Text().Value == "TestMessage" };
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        return header;
    }
}
