using System.Reflection;
using System.Text;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Stages;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Catalogue;

/// <summary>For each rule a message that breaks it, and for the whole the proof that none was forgotten.</summary>
public class EveryRule
{
    private static readonly DateOnly Day = new(2026, 10, 1);

    private static readonly ErnMessage Whole = new()
    {
        Cover = ErnFile.Of("cover.jpg", "c"u8),
        Tracks =
        [
            new ErnTrack { File = ErnFile.Of("resources/01.flac", "1"u8) },
            new ErnTrack { Isrc = "QZZZZ2600002", File = ErnFile.Of("resources/02.flac", "2"u8) },
        ],
    };

    private static readonly string Xml = Whole.Xml();

    private static readonly string Json = Encoding.UTF8.GetString(ReleaseJson.Example());

    /// <summary>Messages that break one rule each, as they would be handed in.</summary>
    private static readonly Dictionary<string, string> Broken = new()
    {
        ["MESSAGE_TOO_LARGE"] = Xml.Replace("Nine Rooms", new string('x', CatalogueLimits.MaxTextCharacters + 1), StringComparison.Ordinal),
        ["MESSAGE_UNREADABLE"] = "riff",
        ["MESSAGE_UNKNOWN"] = "<x/>",
        ["XML_MALFORMED"] = "<x>",
        ["XML_DTD_FORBIDDEN"] = "<!DOCTYPE x><x/>",
        ["JSON_MALFORMED"] = "{",
        ["JSON_DUPLICATE_MEMBER"] = "{\"a\":1,\"a\":1}",
        ["JSON_MEMBER_MISSING"] = "{}",
        ["JSON_WRONG_TYPE"] = "{\"id\":1}",
        ["JSON_UNKNOWN_MEMBER"] = Json.Replace("\"gtin\"", "\"upc\"", StringComparison.Ordinal),
        ["ERN_VERSION_UNSUPPORTED"] = Xml.Replace("/ern/43", "/ern/40", StringComparison.Ordinal),
        ["ELEMENT_UNKNOWN"] = Xml.Replace("/ern/43", "/ern/382", StringComparison.Ordinal),
        ["PURGE_WITHOUT_ID"] = Xml.Replace("NewRelease", "PurgeRelease", StringComparison.Ordinal),
        ["ERN_CHILDREN_QUALIFIED"] = Xml.Replace("xmlns:ern=", "xmlns=", StringComparison.Ordinal).Replace("ern:", "", StringComparison.Ordinal),
        ["PROFILE_UNSUPPORTED"] = (Whole with { Profile = "Vinyl" }).Xml(),
        ["PROFILE_MISSING"] = (Whole with { Profile = null }).Xml(),
        ["MESSAGE_ID_MISSING"] = (Whole with { MessageId = " " }).Xml(),
        ["SENDER_MISSING"] = (Whole with { Sender = "" }).Xml(),
        ["MAIN_RELEASE_MISSING"] = Cut(Xml, "<Release>", "</Release>"),
        ["MAIN_RELEASE_AMBIGUOUS"] = Xml.Replace("</Release>", "</Release><Release/>", StringComparison.Ordinal),
        ["RELEASE_ID_MISSING"] = (Whole with { Gtin = null }).Xml(),
        ["TRACKS_MISSING"] = Cut(Xml, "<ResourceGroup>", "</ResourceGroup>"),
        ["TRACKS_TOO_MANY"] = (Whole with { Tracks = [.. Enumerable.Repeat(new ErnTrack(), CatalogueLimits.MaxTracks + 1)] }).Xml(),
        ["REFERENCE_DANGLING"] = Xml.Replace("<ReleaseResourceReference>A2", "<ReleaseResourceReference>A9", StringComparison.Ordinal),
        ["REFERENCE_TWICE"] = Xml.Replace("<ResourceReference>A2", "<ResourceReference>A1", StringComparison.Ordinal),
        ["RESOURCE_KIND_UNSUPPORTED"] = Xml.Replace("<Image>", "<Video><ResourceReference>V1</ResourceReference></Video><Image>", StringComparison.Ordinal)
            .Replace("<ReleaseResourceReference>A2", "<ReleaseResourceReference>V1", StringComparison.Ordinal),
        ["RESOURCE_ID_MISSING"] = Xml.Replace("<ISRC>QZZZZ2600002</ISRC>", "", StringComparison.Ordinal),
        ["RESOURCE_UNUSED"] = Xml.Replace("<ReleaseResourceReference>A2", "<ReleaseResourceReference>A1", StringComparison.Ordinal),
        ["RESOURCE_NOT_READ"] = Xml.Replace("FrontCoverImage", "BackCoverImage", StringComparison.Ordinal),
        ["TRACK_REPEATED"] = Xml.Replace("<ReleaseResourceReference>A2", "<ReleaseResourceReference>A1", StringComparison.Ordinal),
        ["EDITION_IGNORED"] = Xml.Replace("<SoundRecordingEdition>", "<SoundRecordingEdition/><SoundRecordingEdition>", StringComparison.Ordinal),
        ["RELEASE_WITHOUT_DEAL"] = Cut(Xml, "<ReleaseDeal>", "</ReleaseDeal>"),
        ["TEST_MESSAGE"] = (Whole with { IsTest = true }).Xml(),
        ["FINDINGS_CUT"] = (Whole with { Tracks = [.. Enumerable.Repeat(new ErnTrack { Isrc = null, PLineYear = null }, 600)] }).Xml(),
        ["DPID_SHAPE"] = (Whole with { Sender = "PADPIDA111111111" }).Xml(),
        ["DPID_CHECK_CHARACTER"] = (Whole with { Sender = "PADPIDA0000000002O" }).Xml(),
        ["GRID_SHAPE"] = (Whole with { Grid = "A1-2425G-ABC1234002-M" }).Xml(),
        ["GRID_CHECK_CHARACTER"] = (Whole with { Grid = "A12425GABC1234002Q" }).Xml(),
        ["GTIN_SHAPE"] = (Whole with { Gtin = "0-20000-00001-1" }).Xml(),
        ["GTIN_CHECK_DIGIT"] = (Whole with { Gtin = "0200000000012" }).Xml(),
        ["ICPN_GTIN14"] = (Whole with { Gtin = "00200000000011" }).Xml(),
        ["BARCODE_MISSING"] = (Whole with { Gtin = null, ProprietaryId = "cat-1" }).Xml(),
        ["ISRC_MISSING"] = Track(new ErnTrack { Isrc = null }),
        ["ISRC_SHAPE"] = Track(new ErnTrack { Isrc = "QZ-ZZZ-26-00001" }),
        ["ISRC_PREFIX_UNKNOWN"] = Track(new ErnTrack { Isrc = "XXSKG1912345" }),
        ["ISRC_YEAR_FUTURE"] = Track(new ErnTrack { Isrc = "QZZZZ2700001" }),
        ["ISRC_DESIGNATION_ZERO"] = Track(new ErnTrack { Isrc = "QZZZZ2600000" }),
        ["ISWC_SHAPE"] = Work("T-034.524.680-1"),
        ["ISWC_CHECK_DIGIT"] = Work("T3452468001"),
        ["ISWC_MISSING"] = Xml,
        ["IPI_SHAPE"] = Party("<IpiNameNumber>8715000</IpiNameNumber>"),
        ["IPI_CHECK_DIGITS"] = Party("<IpiNameNumber>00854632549</IpiNameNumber>"),
        ["IPI_ABSENT"] = Party("<IpiNameNumber>00000000000</IpiNameNumber>"),
        ["ISNI_SHAPE"] = Party("<ISNI>0000 0001 2170 7484</ISNI>"),
        ["ISNI_CHECK_CHARACTER"] = Party("<ISNI>0000000121707485</ISNI>"),
        ["PARTY_DPID"] = Party("<DPID>PADPIDA111111111</DPID>"),
        ["ISRC_AS_RELEASE_ID"] = OneModelOfAllVersions.Xml("382")
            .Replace("<GRid>A1ZZZZZ0000000001R</GRid>", "<GRid>A1ZZZZZ0000000001R</GRid><ISRC>QZZZZ2600001</ISRC>", StringComparison.Ordinal),
        ["TERRITORY_MISSING"] = Deal("<TerritoryCode>Worldwide</TerritoryCode>", ""),
        ["TERRITORY_UNKNOWN"] = Deal(">Worldwide<", ">UK<"),
        ["TERRITORY_WITHDRAWN"] = Deal(">Worldwide<", ">AN<"),
        ["TERRITORY_GROUP_UNRESOLVED"] = Deal("<TerritoryCode>Worldwide<", "<TerritoryCode IdentifierType=\"TIS\">2120<"),
        ["TERRITORY_TIS"] = Deal("<TerritoryCode>Worldwide<", "<TerritoryCode IdentifierType=\"TIS\">840<"),
        ["TERRITORY_NOWHERE"] = Deal("TerritoryCode", "ExcludedTerritoryCode"),
        ["TERRITORY_DOUBTFUL"] = Deal("<TerritoryCode>Worldwide<", "<TerritoryCode>BE</TerritoryCode><TerritoryCode>NE</TerritoryCode><TerritoryCode>DE<"),
        ["DEAL_START_MISSING"] = Deal("<StartDate>2026-10-01</StartDate>", ""),
        ["DEAL_DATE_SHAPE"] = Deal("2026-10-01</StartDate>", "1 October</StartDate>"),
        ["DEAL_PERIOD_REVERSED"] = Deal("</StartDate>", "</StartDate><EndDate>2026-09-30</EndDate>"),
        ["DEALS_OVERLAP"] = Xml.Replace("</ReleaseDeal>", "</ReleaseDeal>" + Between(Xml, "<ReleaseDeal>", "</ReleaseDeal>"), StringComparison.Ordinal),
        ["DEAL_TAKE_DOWN"] = Deal("<UseType>", "<TakeDown>true</TakeDown><UseType>"),
        ["USE_TYPE_UNKNOWN"] = Deal("OnDemandStream", "Humming"),
        ["COMMERCIAL_MODEL_UNKNOWN"] = Deal("SubscriptionModel", "BarterModel"),
        ["CURRENCY_UNKNOWN"] = Deal("</UseType>", "</UseType><PriceInformation><WholesalePricePerUnit CurrencyCode=\"XTS\">1</WholesalePricePerUnit></PriceInformation>"),
        ["CURRENCY_PAST"] = Deal("</UseType>", "</UseType><PriceInformation><WholesalePricePerUnit CurrencyCode=\"HRK\">1</WholesalePricePerUnit></PriceInformation>"),
        ["SHARE_RANGE"] = Controller("<RightSharePercentage HasMaxValueOfOne=\"true\">1.01</RightSharePercentage>"),
        ["SHARE_UNKNOWN"] = Controller("<RightShareUnknown>true</RightShareUnknown>"),
        ["PLINE_YEAR_TEXT"] = Xml.Replace("<PLineText>2026", "<PLineText>2025", StringComparison.Ordinal),
        ["PLINE_AFTER_RELEASE"] = Track(new ErnTrack { PLineYear = "2027" }),
        ["CLINE_YEAR"] = Xml.Replace("<ReleaseLabelReference>", "<CLine><Year>2028</Year><CLineText>(C) 2028</CLineText></CLine><ReleaseLabelReference>", StringComparison.Ordinal),
        ["PARENTAL_WARNING_MISSING"] = Xml.Replace("<ParentalWarningType>NotExplicit</ParentalWarningType>", "", StringComparison.Ordinal),
        ["PARENTAL_WARNING_UNKNOWN"] = Xml.Replace("NotExplicit", "Naughty", StringComparison.Ordinal),
        ["PARENTAL_WARNING_CONTRADICTS"] = FirstOf(Xml, "NotExplicit", "Explicit"),
        ["CLEAN_AND_EXPLICIT_ISRC"] = FirstOf(Xml.Replace("QZZZZ2600002", "QZZZZ2600001", StringComparison.Ordinal), "NotExplicit", "Explicit"),
        ["LANGUAGE_UNKNOWN"] = Xml.Replace("<Duration>", "<LanguageOfPerformance>english</LanguageOfPerformance><Duration>", StringComparison.Ordinal),
        ["INSTRUMENTAL_LANGUAGE"] = Xml.Replace("<Duration>", "<IsInstrumental>true</IsInstrumental><LanguageOfPerformance>en</LanguageOfPerformance><Duration>", StringComparison.Ordinal),
        ["TITLE_ADVISORY"] = Track(new ErnTrack { Title = "First Room (Explicit)" }),
        ["TITLE_HOLDS_ARTIST"] = Track(new ErnTrack { Title = "The Sample Rates - First Room" }),
        ["PATH_OUTSIDE"] = Track(new ErnTrack { File = new ErnFile("../01.flac") }),
        ["FILE_TWICE"] = (Whole with { Tracks = [new ErnTrack(), new ErnTrack { Isrc = "QZZZZ2600002" }] }).Xml(),
        ["HASH_MISSING"] = Track(new ErnTrack()),
        ["HASH_UNVERIFIABLE"] = Track(new ErnTrack { File = new ErnFile("01.flac", "CRC32", "00000000") }),
        ["HASH_MALFORMED"] = Track(new ErnTrack { File = new ErnFile("01.flac", "MD5", "db7dd2f3bb9b322646e3f4d7b65b47ab0") }),
        ["SAME_HASH_DIFFERENT_ISRC"] = (Whole with
        {
            Tracks = [new ErnTrack { File = ErnFile.Of("01.flac", "1"u8) }, new ErnTrack { Isrc = "QZZZZ2600002", File = ErnFile.Of("02.flac", "1"u8) }],
        }).Xml(),
        ["ISRC_TWICE"] = (Whole with { Tracks = [new ErnTrack(), new ErnTrack()] }).Xml(),
        ["TITLE_MISSING"] = (Whole with { Title = "" }).Xml(),
        ["ARTIST_NAME_MISSING"] = (Whole with { Artist = " " }).Xml(),
        ["PRIMARY_ARTIST_MISSING"] = Xml.Replace("MainArtist", "FeaturedArtist", StringComparison.Ordinal),
        ["ARTIST_ROLE_UNKNOWN"] = Xml.Replace("MainArtist", "Whistler", StringComparison.Ordinal),
        ["TEXT_UNPRINTABLE"] = Json.Replace("Nine Rooms", "Nine\\u0000Rooms", StringComparison.Ordinal),
        ["TRACK_TITLE_MISSING"] = Track(new ErnTrack { Title = "" }),
        ["TRACK_FILE_MISSING"] = Track(new ErnTrack { File = null }),
        ["COVER_MISSING"] = (Whole with { Cover = null }).Xml(),
        ["PLINE_MISSING"] = Track(new ErnTrack { PLineYear = null }),
        ["PLINE_YEAR"] = Track(new ErnTrack { PLineYear = "2028" }),
        ["SPLITS_ABSENT"] = Xml,
        ["CREATED_MISSING"] = (Whole with { Created = "" }).Xml(),
        ["CREATED_SHAPE"] = (Whole with { Created = "2026-13-01T10:00:00Z" }).Xml(),
        ["CREATED_ZONE_MISSING"] = (Whole with { Created = "2026-09-01T10:00:00" }).Xml(),
        ["DATE_MISSING"] = (Whole with { ReleaseDate = null }).Xml(),
        ["DATE_SHAPE"] = (Whole with { ReleaseDate = "9260-13" }).Xml(),
        ["DATE_TOO_EARLY"] = (Whole with { ReleaseDate = "1859-12-31" }).Xml(),
        ["ORIGINAL_DATE_LATER"] = (Whole with { OriginalReleaseDate = "2026-10-02" }).Xml(),
        ["DURATION_SHAPE"] = Track(new ErnTrack { Duration = "3:25" }),
    };

    /// <summary>Rules that need the files, the decoded audio or a node; their tests are below, in <see cref="FindingTheMessage"/> and with the stages.</summary>
    private static readonly string[] Elsewhere =
        ["MESSAGE_MISSING", "MESSAGE_AMBIGUOUS", "ERN_PURGE_UNSUPPORTED", "SCHEMA_INVALID", "FILE_NOT_NAMED", "FILE_MISSING", "FILE_UNLISTED", "HASH_MISMATCH", "DURATION_DIFFERS", "DURATION_WRONG", "SAME_AUDIO_DIFFERENT_ISRC"];

    public static TheoryData<string> Rules_with_a_message => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(Rules_with_a_message))]
    public void A_rule_is_broken_by_its_message_with_the_severity_that_is_listed(string id)
    {
        var rule = Rules.All.Single(r => r.Id == id);
        var findings = Inspect(Broken[id]).Findings;
        Assert.Contains(findings, f => f.Rule == id);
        Assert.All(findings.Where(f => f.Rule == id), f => Assert.Equal(rule.Severity, f.Severity));
        Assert.Equal(rule.Severity >= Severity.Block, findings.Where(f => f.Rule == id).Stop());
    }

    [Fact]
    public void A_message_that_is_whole_breaks_no_rule_that_stops_or_warns()
    {
        Assert.DoesNotContain(Inspect(Xml).Findings, f => f.Severity >= Severity.Warn);
        // Two files of the example come without a hash, on purpose.
        Assert.Equal(["HASH_MISSING", "HASH_MISSING"], Inspect(Json).Findings.Select(f => f.Rule));
    }

    [Fact]
    public void The_list_holds_every_rule_once_and_each_has_a_test()
    {
        var declared = typeof(Rules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (Rule)f.GetValue(null)!).ToList();
        Assert.Equal(declared.Select(r => r.Id).Order(), Rules.All.Select(r => r.Id).Order());
        Assert.Equal(Rules.All.Count, Rules.All.Select(r => r.Id).Distinct().Count());
        Assert.Equal(Rules.All.Select(r => r.Id).Order(), Broken.Keys.Concat(Elsewhere).Order());
        Assert.All(Rules.All, r => Assert.Matches("^[A-Z][A-Z0-9_]+$", r.Id));
        Assert.All(Rules.All, r => Assert.EndsWith(".", r.Says, StringComparison.Ordinal));
    }

    [Fact]
    public void A_remedy_names_the_spelling_that_was_probably_meant()
    {
        var finding = Assert.Single(Inspect(Track(new ErnTrack { Isrc = "qz-zzz-26-00001" })).Findings, f => f.Rule == "ISRC_SHAPE");
        Assert.Equal("Write QZZZZ2600001.", finding.Remedy);
    }

    [Fact]
    public void When_findings_are_cut_the_worst_stay()
    {
        var findings = Inspect((Whole with
        {
            Tracks = [.. Enumerable.Repeat(new ErnTrack { Isrc = null, PLineYear = null }, 600), new ErnTrack { Isrc = "x" }],
        }).Xml()).Findings;
        Assert.Equal(CatalogueLimits.MaxFindings, findings.Count);
        Assert.Equal("ISRC_SHAPE", findings[0].Rule);
    }

    [Theory]
    [InlineData("PT2S", 2_900, null)]
    [InlineData("PT2S", 3_001, "DURATION_DIFFERS")]
    [InlineData("PT20S", 10_000, "DURATION_DIFFERS")]
    [InlineData("PT20.001S", 10_000, "DURATION_WRONG")]
    [InlineData("PT2S", 200_000, "DURATION_WRONG")]
    public void The_stated_duration_is_held_against_the_decoded_one(string stated, int decodedMilliseconds, string? rule)
    {
        var release = ReadingErn.Read(Whole with { Tracks = [new ErnTrack { Duration = stated }] });
        var found = MetadataRules.Check(release, Audio(("A1", "x", decodedMilliseconds, 0)), Day)
            .Select(f => f.Rule).Where(r => r.StartsWith("DURATION", StringComparison.Ordinal));
        Assert.Equal(rule is null ? [] : [rule], found);
    }

    [Theory]
    [InlineData("QZZZZ2600002", "same", 0, true)]
    [InlineData("QZZZZ2600002", "other", 0, false)]
    [InlineData("QZZZZ2600002", "same", 1, false)]
    [InlineData("QZZZZ2600001", "same", 0, false)]
    [InlineData(null, "same", 0, false)]
    public void One_sound_has_one_ISRC_unless_it_is_silence(string? isrc, string sound, int silent, bool broken)
    {
        var release = ReadingErn.Read(Whole with { Tracks = [new ErnTrack(), new ErnTrack { Isrc = isrc }] });
        var findings = MetadataRules.Check(release, Audio(("A1", "same", 2_000, silent), ("A2", sound, 2_000, silent)), Day);
        Assert.Equal(broken, findings.Any(f => f.Rule == "SAME_AUDIO_DIFFERENT_ISRC"));
        Assert.Equal(broken, findings.Stop());
    }

    internal static AudioResult Audio(params (string Reference, string Sound, int Milliseconds, int Silent)[] recordings) => new(
        [.. recordings.Select(r => new RecordingFacts(
            r.Reference, Sha256Digest.Of(Encoding.UTF8.GetBytes("file of " + r.Sound)), "flac", "flac", 1_000, 2, 16, r.Milliseconds,
            Sha256Digest.Of(Encoding.UTF8.GetBytes(r.Sound)), r.Silent))],
        []);

    private static CatalogueInspection Inspect(string message) =>
        CatalogueInspection.Of("message", Encoding.UTF8.GetBytes(message), Day);

    private static string Track(ErnTrack track) => (Whole with { Tracks = [track] }).Xml();

    private static string Work(string iswc) => Xml.Replace("<DisplayTitleText>", $"<WorkId><ISWC>{iswc}</ISWC></WorkId><DisplayTitleText>", StringComparison.Ordinal);

    private static string Party(string id) => Xml.Replace("</PartyName>", $"</PartyName><PartyId>{id}</PartyId>", StringComparison.Ordinal);

    private static string Deal(string said, string becomes) =>
        Xml[..Xml.IndexOf("<DealList>", StringComparison.Ordinal)] + Between(Xml, "<DealList>", "</DealList>").Replace(said, becomes, StringComparison.Ordinal)
        + "</ern:NewReleaseMessage>";

    private static string Controller(string share) =>
        Xml.Replace("<Duration>", $"<ResourceRightsController><RightsControllerPartyReference>PArtist</RightsControllerPartyReference>{share}</ResourceRightsController><Duration>", StringComparison.Ordinal);

    private static string Between(string text, string from, string to) =>
        text[text.IndexOf(from, StringComparison.Ordinal)..(text.LastIndexOf(to, StringComparison.Ordinal) + to.Length)];

    private static string FirstOf(string text, string said, string becomes) =>
        text.IndexOf(said, StringComparison.Ordinal) is var at and >= 0 ? text[..at] + becomes + text[(at + said.Length)..] : text;

    private static string Cut(string text, string from, string to) =>
        text[..text.IndexOf(from, StringComparison.Ordinal)] + text[(text.LastIndexOf(to, StringComparison.Ordinal) + to.Length)..];
}
