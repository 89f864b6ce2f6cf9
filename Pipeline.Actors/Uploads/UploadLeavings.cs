using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Uploads;

/// <summary>What stays of an upload in the spool once its fate is recorded: nothing, or evidence kept apart.</summary>
internal static class UploadLeavings
{
    public static void Clear(Spool spool, EntityId id, Fact fact)
    {
        switch (fact)
        {
            case UploadRefused:
                spool.MoveTo("quarantine", id);
                break;
            case UploadDiscarded { Why: UploadDecider.Lost }:
                spool.MoveTo("unclaimed", id);
                break;
            default:
                spool.Remove(id);
                break;
        }
    }
}
