using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// Release profiles (DDEX: Release Profiles for Common Release Types). What we handle follows from the resources, not
/// from the name of the profile; a name that nobody knows is a sign that the sender means something else.
/// </summary>
internal static class ErnProfiles
{
    private static readonly string[] Four =
    [
        "Audio", "DjMix", "LongFormMusicalWorkVideo", "MixedMedia", "Ringtone", "SimpleAudioSingle", "SimpleVideoSingle", "Video",
    ];

    /// <param name="stated">ReleaseProfileVersionId; versions 3.x build it from the name of the standard, its version and the profile.</param>
    internal static Finding? Judge(ErnVersion version, string? stated, Place root)
    {
        if (stated is null)
        {
            // Where 3.x asks for no profile, a message without one is as good as one with.
            return version.IsThree ? null : Rules.ProfileMissing.Broken(root, null,
                "The message names no release profile; it is read by what it holds.", $"Set ReleaseProfileVersionId to one of {string.Join(", ", Four)}.");
        }
        var known = version.IsThree
            ? stated.StartsWith("CommonReleaseTypes", StringComparison.Ordinal) || stated.StartsWith("BusinessProfile", StringComparison.Ordinal)
            : Four.Contains(stated, StringComparer.Ordinal);
        return known ? null : Rules.ProfileUnsupported.Broken(root, stated,
            "This is no release profile of DDEX; the message is read by what it holds.", "Correct ReleaseProfileVersionId.");
    }
}
