using static Pipeline.Audit.Vocabulary.Severity;

namespace Pipeline.Ingest.Catalogue;

/// <summary>
/// Every rule on messages and what they say, in the order of the checks. Severities follow one line of thought: what can
/// never become right is rejected, what its sender can mend is blocked, what is allowed but usually a mistake is warned of.
/// </summary>
public static class Rules
{
    // Can the message be read at all?
    public static readonly Rule MessageMissing = new("MESSAGE_MISSING", Reject, "A release folder holds release.json or one ERN message.", "ErnMissing");
    public static readonly Rule MessageAmbiguous = new("MESSAGE_AMBIGUOUS", Reject, "A release folder holds one message, not several.", "NewReleaseMessageInvalid");
    public static readonly Rule MessageTooLarge = new("MESSAGE_TOO_LARGE", Reject, "A message stays within the limits of size, depth, elements and length of a value.", "NewReleaseMessageInvalid");
    public static readonly Rule MessageUnreadable = new("MESSAGE_UNREADABLE", Reject, "A message is UTF-8 and either XML or a JSON object.", "NewReleaseMessageInvalid");
    public static readonly Rule MessageUnknown = new("MESSAGE_UNKNOWN", Reject, "The root of an XML message is one of ERN.", "NewReleaseMessageInvalid");
    public static readonly Rule XmlMalformed = new("XML_MALFORMED", Reject, "An XML message is well-formed.", "NewReleaseMessageInvalid");
    public static readonly Rule XmlDtdForbidden = new("XML_DTD_FORBIDDEN", Reject, "An XML message has no document type declaration.", "NewReleaseMessageInvalid");
    public static readonly Rule JsonMalformed = new("JSON_MALFORMED", Reject, "release.json is JSON (RFC 8259).", "NewReleaseMessageInvalid");
    public static readonly Rule JsonDuplicateMember = new("JSON_DUPLICATE_MEMBER", Reject, "No object of release.json has a member twice.", "NewReleaseMessageInvalid");
    public static readonly Rule JsonMemberMissing = new("JSON_MEMBER_MISSING", Reject, "release.json has the members its schema requires.", "MetadataMissing");
    public static readonly Rule JsonWrongType = new("JSON_WRONG_TYPE", Reject, "Members of release.json have the types of its schema.", "NewReleaseMessageInvalid");
    public static readonly Rule JsonUnknownMember = new("JSON_UNKNOWN_MEMBER", Warn, "Members of release.json are those of its schema; others are not read.");

    // Is it a message we handle, and whole?
    public static readonly Rule ErnVersionUnsupported = new("ERN_VERSION_UNSUPPORTED", Reject, "ERN messages are of version 3.8.1 to 3.8.3, 4.1, 4.1.1, 4.2 or 4.3 to 4.3.2.", "NewReleaseMessageInvalid");
    public static readonly Rule ErnPurgeUnsupported = new("ERN_PURGE_UNSUPPORTED", Reject, "PurgeReleaseMessage is not acted upon yet.", "UnsupportedUsage");
    public static readonly Rule ErnChildrenQualified = new("ERN_CHILDREN_QUALIFIED", Reject, "Only the root of an ERN message is in the ERN namespace.", "NewReleaseMessageInvalid");
    public static readonly Rule ElementUnknown = new("ELEMENT_UNKNOWN", Reject, "An ERN 3.8.2 message has only elements of its schema; in later versions unknown ones are kept.", "NewReleaseMessageInvalid");
    public static readonly Rule SchemaInvalid = new("SCHEMA_INVALID", Reject, "A message is valid by the schema of its version, where the operator has imported it.", "NewReleaseMessageInvalid");
    public static readonly Rule PurgeWithoutId = new("PURGE_WITHOUT_ID", Block, "A PurgeReleaseMessage names the release by an id.", "MetadataMissing");
    public static readonly Rule ProfileUnsupported = new("PROFILE_UNSUPPORTED", Warn, "The release profile is one of DDEX's.", "UnsupportedUsage");
    public static readonly Rule ProfileMissing = new("PROFILE_MISSING", Warn, "An ERN message names its release profile.");
    public static readonly Rule MessageIdMissing = new("MESSAGE_ID_MISSING", Reject, "A message has an id, which its sender never uses again.", "MetadataMissing");
    public static readonly Rule SenderMissing = new("SENDER_MISSING", Reject, "An ERN message names its sender by DPID.", "MetadataMissing");
    public static readonly Rule MainReleaseMissing = new("MAIN_RELEASE_MISSING", Reject, "An ERN message has a main release.", "MetadataMissing");
    public static readonly Rule MainReleaseAmbiguous = new("MAIN_RELEASE_AMBIGUOUS", Reject, "An ERN message has one main release only.", "NewReleaseMessageInvalid");
    public static readonly Rule ReleaseIdMissing = new("RELEASE_ID_MISSING", Reject, "A release has a GRid, a barcode or a proprietary id.", "MetadataMissing");
    public static readonly Rule TracksMissing = new("TRACKS_MISSING", Reject, "A release has at least one recording.", "ResourceMissing");
    public static readonly Rule TracksTooMany = new("TRACKS_TOO_MANY", Reject, "A release has at most 2,000 recordings.", "NewReleaseMessageInvalid");
    public static readonly Rule ReferenceDangling = new("REFERENCE_DANGLING", Reject, "Every reference inside a message leads somewhere.", "NewReleaseMessageInvalid");
    public static readonly Rule ReferenceTwice = new("REFERENCE_TWICE", Reject, "No two resources and no two parties have one reference.", "NewReleaseMessageInvalid");
    public static readonly Rule ResourceKindUnsupported = new("RESOURCE_KIND_UNSUPPORTED", Block, "The content of a release is sound recordings.", "UnsupportedUsage");
    public static readonly Rule ResourceIdMissing = new("RESOURCE_ID_MISSING", Reject, "Every recording has an id, its ISRC or one of the sender's.", "MetadataMissing");
    public static readonly Rule ResourceUnused = new("RESOURCE_UNUSED", Warn, "Every recording of a message is part of its release.");
    public static readonly Rule ResourceNotRead = new("RESOURCE_NOT_READ", Warn, "Of resources other than recordings only the front cover is read.");
    public static readonly Rule TrackRepeated = new("TRACK_REPEATED", Warn, "A release lists a recording once.");
    public static readonly Rule EditionIgnored = new("EDITION_IGNORED", Warn, "Of several editions of a recording the first with a file is read.");
    public static readonly Rule ReleaseWithoutDeal = new("RELEASE_WITHOUT_DEAL", Warn, "Every release of an ERN message has a deal, else it is not available.", "NoDealInNewReleaseMessage");
    public static readonly Rule TestMessage = new("TEST_MESSAGE", Info, "A test message is checked in full and never applied.");
    public static readonly Rule FindingsCut = new("FINDINGS_CUT", Warn, "At most 1,000 findings are listed.");

    // Identifiers
    public static readonly Rule DpidShape = new("DPID_SHAPE", Reject, "The sender's DPID is PADPIDA, ten characters and a check character.", "IdentifierSyntaxInvalid");
    public static readonly Rule DpidCheckCharacter = new("DPID_CHECK_CHARACTER", Reject, "The check character of the sender's DPID holds: who speaks must be certain.", "IdentifierInvalid");
    public static readonly Rule GridShape = new("GRID_SHAPE", Reject, "A GRid is A1, fifteen characters and a check character.", "IdentifierSyntaxInvalid");
    public static readonly Rule GridCheckCharacter = new("GRID_CHECK_CHARACTER", Block, "The check character of a GRid holds.", "IdentifierInvalid");
    public static readonly Rule GtinShape = new("GTIN_SHAPE", Reject, "A barcode has 8, 12, 13 or 14 digits and nothing else.", "IdentifierSyntaxInvalid");
    public static readonly Rule GtinCheckDigit = new("GTIN_CHECK_DIGIT", Block, "The check digit of a barcode holds.", "IdentifierInvalid");
    public static readonly Rule GtinUncommon = new("ICPN_GTIN14", Warn, "The barcode of a release has 12 or 13 digits.");
    public static readonly Rule BarcodeMissing = new("BARCODE_MISSING", Warn, "A release has a barcode or a GRid.");
    public static readonly Rule IsrcMissing = new("ISRC_MISSING", Warn, "Every recording has an ISRC.", "MetadataMissing");
    public static readonly Rule IsrcShape = new("ISRC_SHAPE", Reject, "An ISRC is two letters, three letters or digits and seven digits, in capitals and without hyphens.", "IdentifierSyntaxInvalid");
    public static readonly Rule IsrcPrefixUnknown = new("ISRC_PREFIX_UNKNOWN", Warn, "The first two letters of an ISRC are ones that are handed out.");
    public static readonly Rule IsrcYearFuture = new("ISRC_YEAR_FUTURE", Warn, "An ISRC is not of a coming year.");
    public static readonly Rule IsrcDesignationZero = new("ISRC_DESIGNATION_ZERO", Warn, "The designation of an ISRC is not 00000.");
    public static readonly Rule IsrcTwice = new("ISRC_TWICE", Warn, "Two tracks of one release have different ISRCs.");
    public static readonly Rule IswcShape = new("ISWC_SHAPE", Reject, "An ISWC is T and ten digits, without separators.", "IdentifierSyntaxInvalid");
    public static readonly Rule IswcCheckDigit = new("ISWC_CHECK_DIGIT", Block, "The check digit of an ISWC holds.", "IdentifierInvalid");
    public static readonly Rule IswcMissing = new("ISWC_MISSING", Info, "Works are named by their ISWC as soon as they have one.");
    public static readonly Rule IpiShape = new("IPI_SHAPE", Reject, "An IPI name number has eleven digits.", "IdentifierSyntaxInvalid");
    public static readonly Rule IpiCheckDigits = new("IPI_CHECK_DIGITS", Block, "The check digits of an IPI name number hold.", "IdentifierInvalid");
    public static readonly Rule IpiAbsent = new("IPI_ABSENT", Warn, "An IPI name number that is not known is left out, not written as zeros.");
    public static readonly Rule IsniShape = new("ISNI_SHAPE", Reject, "An ISNI is fifteen digits and a digit or X, without spaces.", "IdentifierSyntaxInvalid");
    public static readonly Rule IsniCheckCharacter = new("ISNI_CHECK_CHARACTER", Block, "The check character of an ISNI holds.", "IdentifierInvalid");
    public static readonly Rule PartyDpid = new("PARTY_DPID", Warn, "DPIDs of recipients and parties are DPIDs.", "IdentifierInvalid");
    public static readonly Rule IsrcAsReleaseId = new("ISRC_AS_RELEASE_ID", Warn, "An ISRC is not the id of a release.", "IdentifierInvalid");

    // Deals
    public static readonly Rule TerritoryMissing = new("TERRITORY_MISSING", Block, "A deal says where it holds.", "MetadataMissing");
    public static readonly Rule TerritoryUnknown = new("TERRITORY_UNKNOWN", Block, "A territory is a code of ISO 3166-1, of DDEX or, marked so, of CISAC's TIS.", "NewReleaseMessageInvalid");
    public static readonly Rule TerritoryWithdrawn = new("TERRITORY_WITHDRAWN", Warn, "A territory code is in force.", "NewReleaseMessageInvalid");
    public static readonly Rule TerritoryGroupUnresolved = new("TERRITORY_GROUP_UNRESOLVED", Block, "The members of a group of territories are known.", "NewReleaseMessageInvalid");
    public static readonly Rule TerritoryTis = new("TERRITORY_TIS", Warn, "TIS numbers are used where both sides have agreed on them.");
    public static readonly Rule TerritoryNowhere = new("TERRITORY_NOWHERE", Block, "A deal holds somewhere.", "NewReleaseMessageInvalid");
    public static readonly Rule TerritoryDoubtful = new("TERRITORY_DOUBTFUL", Warn, "A territory fits the others of its deal.");
    public static readonly Rule DealStartMissing = new("DEAL_START_MISSING", Block, "From ERN 4.2 on a deal says from when it holds.", "MetadataMissing");
    public static readonly Rule DealDateShape = new("DEAL_DATE_SHAPE", Block, "Begin and end of a deal are days or instants.", "NewReleaseMessageInvalid");
    public static readonly Rule DealPeriodReversed = new("DEAL_PERIOD_REVERSED", Reject, "A deal ends after it begins.", "ConflictingAvailabilityPeriods");
    public static readonly Rule DealsOverlap = new("DEALS_OVERLAP", Warn, "No two deals give one use of a release in one territory at one time.", "ConflictingAvailabilityPeriods");
    public static readonly Rule DealTakeDown = new("DEAL_TAKE_DOWN", Info, "A deal that calls a release off ends its availability and nothing else.");
    public static readonly Rule UseTypeUnknown = new("USE_TYPE_UNKNOWN", Warn, "Use types are those of DDEX (UseType).", "UnsupportedUsage");
    public static readonly Rule CommercialModelUnknown = new("COMMERCIAL_MODEL_UNKNOWN", Warn, "Commercial models are those of DDEX (CommercialModelType).", "UnsupportedUsage");
    public static readonly Rule CurrencyUnknown = new("CURRENCY_UNKNOWN", Block, "A price is in a currency of ISO 4217.", "NewReleaseMessageInvalid");
    public static readonly Rule CurrencyPast = new("CURRENCY_PAST", Warn, "A price is in a currency that is money on its day.", "NewReleaseMessageInvalid");

    // Shares
    public static readonly Rule ShareRange = new("SHARE_RANGE", Reject, "A share is a number from 0 to 100, or to 1 where the message says so.", "NewReleaseMessageInvalid");
    public static readonly Rule ShareUnknown = new("SHARE_UNKNOWN", Warn, "A claim says its share; without one nothing is paid on it.", "MetadataMissing");

    // Titles, artists, files
    public static readonly Rule TitleMissing = new("TITLE_MISSING", Block, "A release has a title.", "MetadataMissing");
    public static readonly Rule ArtistNameMissing = new("ARTIST_NAME_MISSING", Block, "Release and tracks have the artist's name as it is to be displayed.", "MetadataMissing");
    public static readonly Rule PrimaryArtistMissing = new("PRIMARY_ARTIST_MISSING", Block, "Release and tracks have at least one MainArtist.", "PrimaryArtistNameMissing");
    public static readonly Rule ArtistRoleUnknown = new("ARTIST_ROLE_UNKNOWN", Warn, "Roles of display artists are those of DDEX (DisplayArtistRole).", "ArtistRoleUnknown");
    public static readonly Rule TextUnprintable = new("TEXT_UNPRINTABLE", Block, "Titles and names hold no control characters.", "NewReleaseMessageInvalid");
    public static readonly Rule TrackTitleMissing = new("TRACK_TITLE_MISSING", Block, "Every track has a title.", "MetadataMissing");
    public static readonly Rule TrackFileMissing = new("TRACK_FILE_MISSING", Block, "Every track names its audio file.", "ResourceMissing");
    public static readonly Rule CoverMissing = new("COVER_MISSING", Warn, "A release has a front cover.", "ResourceMissing");
    public static readonly Rule PLineMissing = new("PLINE_MISSING", Warn, "Every recording has a P-line with its year.", "MetadataMissing");
    public static readonly Rule PLineYear = new("PLINE_YEAR", Warn, "The year of a P-line is a year, and not later than next year.");
    public static readonly Rule PLineYearText = new("PLINE_YEAR_TEXT", Warn, "The year of a P-line and the year in its text are one.");
    public static readonly Rule PLineAfterRelease = new("PLINE_AFTER_RELEASE", Warn, "The year of a P-line is not later than the release.");
    public static readonly Rule CLineYear = new("CLINE_YEAR", Warn, "The year of a C-line is a year, and not later than next year.");
    public static readonly Rule ParentalWarningMissing = new("PARENTAL_WARNING_MISSING", Block, "In ERN 4 release and recordings have a ParentalWarningType.", "MetadataMissing");
    public static readonly Rule ParentalWarningUnknown = new("PARENTAL_WARNING_UNKNOWN", Warn, "Parental warnings are those of DDEX (ParentalWarningType).");
    public static readonly Rule ParentalWarningContradicts = new("PARENTAL_WARNING_CONTRADICTS", Warn, "A release that is not explicit has no explicit track.");
    public static readonly Rule CleanAndExplicitIsrc = new("CLEAN_AND_EXPLICIT_ISRC", Block, "The clean and the explicit version of a recording have an ISRC each.", "IdentifierInvalid");
    public static readonly Rule LanguageUnknown = new("LANGUAGE_UNKNOWN", Warn, "Languages are codes of ISO 639.");
    public static readonly Rule InstrumentalLanguage = new("INSTRUMENTAL_LANGUAGE", Warn, "An instrumental has no language but zxx.");
    public static readonly Rule TitleAdvisory = new("TITLE_ADVISORY", Warn, "A title does not say clean or explicit; ParentalWarningType does.");
    public static readonly Rule TitleHoldsArtist = new("TITLE_HOLDS_ARTIST", Warn, "A title does not begin with the artist's name.");
    public static readonly Rule SplitsAbsent = new("SPLITS_ABSENT", Info, "Splits may come with the message; else they are agreed later, before money is paid.");

    // Files and their hashes
    public static readonly Rule FileNotNamed = new("FILE_NOT_NAMED", Block, "Every track names its audio file.", "ResourceMissing");
    public static readonly Rule PathOutside = new("PATH_OUTSIDE", Reject, "Paths are relative and stay inside the release folder.", "NewReleaseMessageInvalid");
    public static readonly Rule FileMissing = new("FILE_MISSING", Block, "Every file that is named comes with the message.", "ResourceMissing");
    public static readonly Rule FileUnlisted = new("FILE_UNLISTED", Warn, "Every file that comes is named.");
    public static readonly Rule FileTwice = new("FILE_TWICE", Warn, "No two recordings name one file.", "ResourceMissing");
    public static readonly Rule HashMissing = new("HASH_MISSING", Warn, "Every file has a declared hash.", "SignatureOrHashSumWrongOrMissing");
    public static readonly Rule HashUnverifiable = new("HASH_UNVERIFIABLE", Warn, "A declared hash is of an algorithm that can be computed here.", "SignatureOrHashSumWrongOrMissing");
    public static readonly Rule HashMalformed = new("HASH_MALFORMED", Block, "A declared hash has the length of its algorithm.", "SignatureOrHashSumWrongOrMissing");
    public static readonly Rule HashMismatch = new("HASH_MISMATCH", Block, "A file has the hash that is declared of it.", "SignatureOrHashSumWrongOrMissing");
    public static readonly Rule SameHashDifferentIsrc = new("SAME_HASH_DIFFERENT_ISRC", Block, "Two recordings with two ISRCs do not declare one hash.", "SignatureOrHashSumWrongOrMissing");

    // Dates and durations
    public static readonly Rule CreatedMissing = new("CREATED_MISSING", Block, "A message says when it was created: later ones supersede earlier ones.", "MetadataMissing");
    public static readonly Rule CreatedShape = new("CREATED_SHAPE", Block, "The creation time of a message is an ISO 8601 date and time.", "NewReleaseMessageInvalid");
    public static readonly Rule CreatedZoneMissing = new("CREATED_ZONE_MISSING", Warn, "The creation time of a message has a time zone; without one it is read as UTC.");
    public static readonly Rule DateMissing = new("DATE_MISSING", Warn, "A release has a release date or an original release date.");
    public static readonly Rule DateShape = new("DATE_SHAPE", Block, "A date of a release is YYYY, YYYY-MM or YYYY-MM-DD and exists.", "CommercialReleaseDateInvalid");
    public static readonly Rule DateTooEarly = new("DATE_TOO_EARLY", Block, "No release is older than recorded sound (1860).", "CommercialReleaseDateInvalid");
    public static readonly Rule OriginalDateLater = new("ORIGINAL_DATE_LATER", Block, "The original release date is not later than the release date.", "OriginalReleaseDateLaterThanReleaseDate");
    public static readonly Rule DurationShape = new("DURATION_SHAPE", Block, "A duration is ISO 8601 with hours, minutes and seconds, e.g. PT3M25S.", "NewReleaseMessageInvalid");
    public static readonly Rule DurationDiffers = new("DURATION_DIFFERS", Warn, "The stated duration is within one second of the decoded one.");
    public static readonly Rule DurationWrong = new("DURATION_WRONG", Block, "The stated duration is within ten seconds of the decoded one, else it is another recording.", "ResourceNotMeetingSpecifications");

    // What the audio says
    public static readonly Rule SameAudioDifferentIsrc = new("SAME_AUDIO_DIFFERENT_ISRC", Block, "One sound has one ISRC.", "IdentifierInvalid");

    /// <summary>All of them, for <c>mp rules</c>.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        MessageMissing, MessageAmbiguous, MessageTooLarge, MessageUnreadable, MessageUnknown, XmlMalformed, XmlDtdForbidden,
        JsonMalformed, JsonDuplicateMember, JsonMemberMissing, JsonWrongType, JsonUnknownMember,
        ErnVersionUnsupported, ErnPurgeUnsupported, ErnChildrenQualified, ElementUnknown, SchemaInvalid, PurgeWithoutId, ProfileUnsupported, ProfileMissing,
        MessageIdMissing, SenderMissing, MainReleaseMissing, MainReleaseAmbiguous, ReleaseIdMissing, TracksMissing, TracksTooMany,
        ReferenceDangling, ReferenceTwice, ResourceKindUnsupported, ResourceIdMissing, ResourceUnused, ResourceNotRead, TrackRepeated,
        EditionIgnored, ReleaseWithoutDeal, TestMessage, FindingsCut,
        DpidShape, DpidCheckCharacter, GridShape, GridCheckCharacter, GtinShape, GtinCheckDigit, GtinUncommon, BarcodeMissing,
        IsrcMissing, IsrcShape, IsrcPrefixUnknown, IsrcYearFuture, IsrcDesignationZero, IsrcTwice,
        IswcShape, IswcCheckDigit, IswcMissing, IpiShape, IpiCheckDigits, IpiAbsent, IsniShape, IsniCheckCharacter, PartyDpid, IsrcAsReleaseId,
        TerritoryMissing, TerritoryUnknown, TerritoryWithdrawn, TerritoryGroupUnresolved, TerritoryTis, TerritoryNowhere, TerritoryDoubtful,
        DealStartMissing, DealDateShape, DealPeriodReversed, DealsOverlap, DealTakeDown, UseTypeUnknown, CommercialModelUnknown,
        CurrencyUnknown, CurrencyPast, ShareRange, ShareUnknown,
        TitleMissing, ArtistNameMissing, PrimaryArtistMissing, ArtistRoleUnknown, TextUnprintable, TrackTitleMissing, TrackFileMissing,
        CoverMissing, PLineMissing, PLineYear, PLineYearText, PLineAfterRelease, CLineYear,
        ParentalWarningMissing, ParentalWarningUnknown, ParentalWarningContradicts, CleanAndExplicitIsrc, LanguageUnknown, InstrumentalLanguage,
        TitleAdvisory, TitleHoldsArtist, SplitsAbsent,
        FileNotNamed, PathOutside, FileMissing, FileUnlisted, FileTwice, HashMissing, HashUnverifiable, HashMalformed, HashMismatch, SameHashDifferentIsrc,
        CreatedMissing, CreatedShape, CreatedZoneMissing, DateMissing, DateShape, DateTooEarly, OriginalDateLater,
        DurationShape, DurationDiffers, DurationWrong, SameAudioDifferentIsrc,
    ];
}
