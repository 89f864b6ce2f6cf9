using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>What every message must have before anybody can say which delivery and which release it is.</summary>
internal static class Identity
{
    internal static ReadMessage Complete(UnvalidatedRelease release, IReadOnlyList<Finding> found)
    {
        var findings = new List<Finding>(found);
        if (release.MessageId is not { } id || string.IsNullOrWhiteSpace(id.Value))
        {
            findings.Add(Rules.MessageIdMissing.Broken(release.MessageId?.Place ?? release.Place, null,
                "The message has no id, so a second copy of it could not be told from another message.",
                "Give every message an id of its own."));
        }
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
        return findings.Refuse() ? ReadMessage.Refuse(findings) : new ReadMessage.Read(release, ReadMessage.Bound(findings));
    }
}
