using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>Reads a <c>PurgeReleaseMessage</c>: the release is to be hidden, and nothing of it is ever deleted.</summary>
internal static class ErnPurgeReader
{
    internal static ReadMessage Read(ErnCursor at, ErnVersion version)
    {
        var place = at.KeepPlace();
        var aside = new ErnAside();
        var header = ErnHeader.Empty;
        var ids = ErnReleaseIds.None;
        var findings = new List<Finding>();
        for (var root = at.Depth; at.NextChild(root);)
        {
            switch (at.Name)
            {
                case "MessageHeader":
                    header = ErnHeaderReader.Read(at, aside);
                    break;
                case "PurgedRelease":
                    ids = Purged(at, ids);
                    break;
                case "" when at.LocalName == "MessageHeader":
                    findings.Add(ErnReader.Qualified(at));
                    break;
            }
        }
        if (at.Fault is { } fault)
        {
            return ReadMessage.Refuse(fault);
        }
        findings.AddRange(ErnReader.Structure(at));
        findings.AddRange(Identity.Of(header.Sender, header.MessageId, place));
        if (ids == ErnReleaseIds.None)
        {
            findings.Add(Rules.PurgeWithoutId.Broken(place, null,
                "The message does not say by an id which release is to be removed; a title is not enough.",
                "Put the release's GRid, barcode or your own id into PurgedRelease/ReleaseId."));
        }
        var purge = new UnvalidatedPurge(version.Format, header.Sender, header.MessageId, header.Created, header.IsTest,
            ids.Grid, ids.Gtin, ids.Isrc, ids.ProprietaryId, place);
        return findings.Refuse() ? ReadMessage.Refuse(findings) : new ReadMessage.Purge(purge, ReadMessage.Bound(findings));
    }

    private static ErnReleaseIds Purged(ErnCursor at, ErnReleaseIds ids)
    {
        for (var purged = at.Depth; at.NextChild(purged);)
        {
            if (at.Name == "ReleaseId")
            {
                ids = ErnReleaseReader.Ids(at, ids);
            }
        }
        return ids;
    }
}
