namespace Pipeline.Ingest.Catalogue;

/// <summary>What a sender is asked to do (DDEX ErncProposedActionType).</summary>
public enum ProposedAction
{
    DoNotResendAffectedResource,
    DoNotResendRelease,
    ResendXmlOnly,
    ResendXmlAndResources,
    UserDefined,
}

/// <summary>
/// A word of DDEX's acknowledgements (ErncFileStatus), which operators at both ends know: what it means here, and what
/// is to be sent again. Source: allowed value sets of ERN 3.8.2 and 4.3, which agree in these words.
/// </summary>
public sealed record AckCode(string Code, string Means, ProposedAction Resend)
{
    /// <summary>All 21 of them; those that none of our rules uses are said to be so.</summary>
    public static IReadOnlyList<AckCode> All { get; } =
    [
        new("ArtistRoleUnknown", "An artist or contributor has a role that is not in DDEX's list. The person is kept with it.", ProposedAction.ResendXmlOnly),
        new("CommercialReleaseDateInvalid", "A date of the release is none, or cannot be one.", ProposedAction.ResendXmlOnly),
        new("ConflictingAvailabilityPeriods", "Deals speak twice about one territory, use and time, or end before they begin.", ProposedAction.ResendXmlOnly),
        new("DuplicatedPublisherNames", "A publisher is named twice. None of our rules says so.", ProposedAction.ResendXmlOnly),
        new("ErnMissing", "Files came without their message, or the message could not be found among them.", ProposedAction.ResendXmlAndResources),
        new("FileOK", "Nothing to mend: the message or file is as it should be.", ProposedAction.DoNotResendRelease),
        new("IdentifierInvalid", "An identifier has the right form and a wrong check digit, or names another thing.", ProposedAction.ResendXmlOnly),
        new("IdentifierSyntaxInvalid", "An identifier has not the form of its kind; separators do not belong into it.", ProposedAction.ResendXmlOnly),
        new("InternalError", "The fault is ours. What was sent stays as it is and is tried again.", ProposedAction.DoNotResendRelease),
        new("MetadataMissing", "A value is missing that the release cannot do without.", ProposedAction.ResendXmlOnly),
        new("NewReleaseMessageInvalid", "The message cannot be read, or contradicts its schema or itself.", ProposedAction.ResendXmlOnly),
        new("NoDealForTrackRelease", "A track has no deal of its own and is not available alone.", ProposedAction.ResendXmlOnly),
        new("NoDealInNewReleaseMessage", "A release has no deal: it is not available to anybody.", ProposedAction.ResendXmlOnly),
        new("OriginalReleaseDateLaterThanReleaseDate", "The first publication is said to be later than this one.", ProposedAction.ResendXmlOnly),
        new("PrimaryArtistNameMissing", "No artist is named as the main one.", ProposedAction.ResendXmlOnly),
        new("ResourceCorrupt", "A file cannot be decoded to its end.", ProposedAction.ResendXmlAndResources),
        new("ResourceMissing", "A file that the message names did not come.", ProposedAction.ResendXmlAndResources),
        new("ResourceNotMeetingSpecifications", "A file is whole and is not what was asked for or what the message says of it.", ProposedAction.ResendXmlAndResources),
        new("SignatureOrHashSumWrongOrMissing", "A declared hash is wrong, malformed or absent: what came may not be what was sent.", ProposedAction.ResendXmlAndResources),
        new("UnsupportedUsage", "A use, a commercial model or a kind of content is not handled here.", ProposedAction.DoNotResendAffectedResource),
        new("UserDefined", "None of the words fits; the finding itself says what is wrong.", ProposedAction.UserDefined),
    ];

    /// <summary>The word of a rule.</summary>
    /// <exception cref="InvalidOperationException">It is none of DDEX's.</exception>
    public static AckCode Of(string code) => All.Single(a => a.Code == code);
}
