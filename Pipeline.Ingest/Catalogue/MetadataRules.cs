using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Ingest.Catalogue;

/// <summary>The rules on what a message says. Pure: the same release, audio and day give the same findings.</summary>
public static class MetadataRules
{
    /// <param name="audio">What the audio stage measured; null when the message alone is looked at.</param>
    /// <param name="asOf">The day the question is about, for rules on what lies in the future.</param>
    public static IReadOnlyList<Finding> Check(UnvalidatedRelease release, AudioResult? audio, DateOnly asOf) =>
        ReadMessage.Bound([
            .. IdentifierRules.Check(release, asOf),
            .. DescriptionRules.Check(release, asOf),
            .. TimeRules.Check(release),
            .. audio is null ? [] : SoundRules.Check(release, audio),
        ]);
}
