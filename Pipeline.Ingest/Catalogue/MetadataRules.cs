using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Ingest.Catalogue;

/// <summary>The rules on what a message says. Pure: the same release, audio and day give the same findings.</summary>
public static class MetadataRules
{
    /// <param name="audio">What the audio stage measured; null when the message alone is looked at.</param>
    /// <param name="profile">What was agreed with the sender; by default the rules as they are listed.</param>
    /// <param name="asOf">The day the question is about, for rules on what lies in the future.</param>
    public static IReadOnlyList<Finding> Check(
        UnvalidatedRelease release, AudioResult? audio, DateOnly asOf, SenderProfile? profile = null) =>
        ReadMessage.Bound((profile ?? SenderProfile.Default).Judge(IdentifierRules.Check(release, asOf)
            .Concat(DescriptionRules.Check(release, asOf))
            .Concat(AdvisoryRules.Check(release))
            .Concat(LineRules.Check(release, asOf))
            .Concat(TimeRules.Check(release))
            .Concat(DealRules.Check(release, asOf))
            .Concat(ShareRules.Check(release))
            .Concat(DeclaredHashRules.Check(release, hashesAreAll: audio is null))
            .Concat(audio is null ? [] : SoundRules.Check(release, audio))));
}
