using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>What every message must have before anybody can say which delivery and which release it is.</summary>
internal static class Identity
{
    internal static ReadMessage Complete(UnvalidatedRelease release, IReadOnlyList<Finding> found)
    {
        var findings = new List<Finding>(found);
        // The tenant itself hands in release.json; ERN is always somebody's.
        findings.AddRange(Of(release.IsErn ? release.Sender : null, release.MessageId, release.Place, release.IsErn));
        if (ReleaseKey.Of(release) is null)
        {
            findings.Add(Rules.ReleaseIdMissing.Broken(release.Place, null,
                "The release has no GRid, barcode or proprietary id, so a correction could not be told from another release.",
                "Give the release one of them and keep it."));
        }
        if (release.Tracks.Count == 0)
        {
            findings.Add(Rules.TracksMissing.Broken(release.Place, null,
                "The release lists no recording.", "List at least one track."));
        }
        return findings.Refuse()
            ? new ReadMessage.Refused(ReadMessage.Bound(findings)) { Release = release }
            : new ReadMessage.Read(release, ReadMessage.Bound(findings));
    }

    /// <summary>Who speaks, and which of their messages this is.</summary>
    internal static IEnumerable<Finding> Of(Stated? sender, Stated? messageId, Place place, bool needsSender = true)
    {
        if (needsSender && string.IsNullOrWhiteSpace(sender?.Value))
        {
            yield return Rules.SenderMissing.Broken(sender?.Place ?? place, null,
                "The message does not say who sends it.", "Put your DPID into MessageHeader/MessageSender/PartyId.");
        }
        if (string.IsNullOrWhiteSpace(messageId?.Value))
        {
            yield return Rules.MessageIdMissing.Broken(messageId?.Place ?? place, null,
                "The message has no id, so a second copy of it could not be told from another message.",
                "Give every message an id of its own.");
        }
    }
}
