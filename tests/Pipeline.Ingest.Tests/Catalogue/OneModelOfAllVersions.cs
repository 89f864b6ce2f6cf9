using System.Text;
using Pipeline.Ingest.Catalogue;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Catalogue;

/// <summary>The same release, said in each version of ERN.</summary>
public class OneModelOfAllVersions
{
    private static readonly DateOnly Day = new(2026, 10, 1);

    private static readonly ErnMessage Said = new()
    {
        Grid = "A1ZZZZZ0000000001R",
        OriginalReleaseDate = "2026",
        Cover = ErnFile.Of("resources/cover.jpg", "cover"u8),
        Tracks =
        [
            new ErnTrack { File = ErnFile.Of("resources/01.flac", "one"u8) },
            new ErnTrack { Isrc = "QZZZZ2600002", Title = "Second Room", Artist = "Ada Bitrate", File = ErnFile.Of("resources/02.flac", "two"u8) },
        ],
    };

    public static TheoryData<string> Versions => ["381", "382", "383", "41", "411", "42", "43", "431", "432"];

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_release_is_the_same_whatever_version_says_it(string version)
    {
        var read = Assert.IsType<ReadMessage.Read>(CatalogueReader.Read("m", Encoding.UTF8.GetBytes(Xml(version))));
        Assert.Empty(read.Findings);
        Assert.Equal("ern/" + version, read.Release.Format);
        Assert.Equal(Values(ReadingErn.Read(Said)), Values(read.Release));
        Assert.Equal(["ISWC_MISSING", "SPLITS_ABSENT"], CatalogueInspection.Of("m", Encoding.UTF8.GetBytes(Xml(version)), Day).Findings.Select(f => f.Rule));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_purge_is_read_in_every_version_and_names_the_release(string version)
    {
        var xml = $"<e:PurgeReleaseMessage xmlns:e=\"http://ddex.net/xml/ern/{version}\"><MessageHeader><MessageId>P1</MessageId>"
            + "<MessageSender><PartyId>PADPIDA0000000001O</PartyId></MessageSender></MessageHeader>"
            + "<PurgedRelease><ReleaseId><ICPN>0200000000011</ICPN></ReleaseId></PurgedRelease></e:PurgeReleaseMessage>";
        var purge = Assert.IsType<ReadMessage.Purge>(CatalogueReader.Read("m", Encoding.UTF8.GetBytes(xml)));
        Assert.Equal(("P1", "PADPIDA0000000001O", "0200000000011"),
            (purge.Request.MessageId!.Value, purge.Request.Sender!.Value, purge.Request.Gtin!.Value));
        Assert.Empty(purge.Findings);
    }

    [Fact]
    public void An_ISRC_in_the_place_of_another_version_is_not_taken_for_one()
    {
        var old = Xml("42").Replace("ern/42", "ern/43", StringComparison.Ordinal);
        var refused = Assert.IsType<ReadMessage.Refused>(CatalogueReader.Read("m", Encoding.UTF8.GetBytes(old)));
        Assert.Equal(["RESOURCE_ID_MISSING", "RESOURCE_ID_MISSING"], refused.Findings.Select(f => f.Rule));
        Assert.All(refused.Release!.Tracks, t => Assert.Null(t.Isrc));
    }

    [Fact]
    public void Of_several_descriptions_the_one_for_the_whole_world_counts()
    {
        var xml = Xml("382");
        var details = xml[xml.IndexOf("<SoundRecordingDetailsByTerritory>", StringComparison.Ordinal)..];
        details = details[..(details.IndexOf("</SoundRecordingDetailsByTerritory>", StringComparison.Ordinal) + "</SoundRecordingDetailsByTerritory>".Length)];
        var french = details.Replace("Worldwide", "FR", StringComparison.Ordinal).Replace("First Room", "Premier", StringComparison.Ordinal);
        Assert.Equal("First Room", ReadingErn.Read(xml.Replace(details, french + details, StringComparison.Ordinal)).Tracks[0].Title!.Value);
        Assert.Equal("First Room", ReadingErn.Read(xml.Replace(details, details + french, StringComparison.Ordinal)).Tracks[0].Title!.Value);
    }

    [Fact]
    public void A_message_of_version_3_without_a_flag_has_the_release_that_is_no_track_as_its_main_one()
    {
        var unflagged = Xml("382").Replace(" IsMainRelease=\"true\"", "", StringComparison.Ordinal);
        Assert.Equal("Nine Rooms", ReadingErn.Read(unflagged).Title!.Value);
        var refused = Assert.IsType<ReadMessage.Refused>(CatalogueReader.Read(
            "m", Encoding.UTF8.GetBytes(unflagged.Replace("<ReleaseType>Album<", "<ReleaseType>TrackRelease<", StringComparison.Ordinal))));
        Assert.Contains(refused.Findings, f => f.Rule == "MAIN_RELEASE_MISSING");
    }

    [Fact]
    public void What_the_model_has_no_word_for_is_kept_where_it_stood()
    {
        const string Ours = "<ContainsAI x='a>b'><!-- > --><![CDATA[</ContainsAI>]]>Partly<ContainsAI/></ContainsAI>";
        var message = Encoding.UTF8.GetBytes(("\uFEFF" + Xml("432")).Replace("<ReleaseType>", "\r\n<é>ü</é>\r" + Ours + "<ReleaseType>", StringComparison.Ordinal));
        var read = Assert.IsType<ReadMessage.Read>(CatalogueReader.Read("m", message));
        var kept = Assert.Single(read.Release.Unread, u => u.Name == "ContainsAI");
        Assert.Equal(Ours, Encoding.UTF8.GetString(UnreadElements.Xml(message, kept).Span));
        Assert.StartsWith("/NewReleaseMessage/ReleaseList/Release[1]/ContainsAI (line ", kept.Place, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_said_at_once_though_one_of_them_refuses_the_message()
    {
        var inspection = CatalogueInspection.Of("m", (Said with { MessageId = "", Gtin = "0200000000012", Title = "" }).Utf8(), Day);
        Assert.Null(inspection.Release);
        Assert.Superset(new HashSet<string> { "MESSAGE_ID_MISSING", "GTIN_CHECK_DIGIT", "TITLE_MISSING" }, inspection.Findings.Select(f => f.Rule).ToHashSet());
    }

    internal static string Xml(string version) => version[0] == '3'
        ? Ern3Message.Xml(Said, version)
        : (Said with { Namespace = "http://ddex.net/xml/ern/" + version }).Xml();

    /// <summary>All that a release says, without the places.</summary>
    private static string Values(UnvalidatedRelease r)
    {
        var text = new StringBuilder();
        text.AppendJoin('|', new[] { r.Sender, r.MessageId, r.Created, r.Grid, r.Gtin, r.ProprietaryId, r.Title, r.DisplayArtist, r.ReleaseDate, r.OriginalReleaseDate, r.ParentalWarning }
            .Select(s => s?.Value)).Append(r.IsTest);
        Artists(r.Artists);
        foreach (var t in r.Tracks)
        {
            text.Append('\n').AppendJoin('|', t.Reference, t.Number, t.Isrc?.Value, t.Title?.Value, t.DisplayArtist?.Value, t.Duration?.Value,
                t.PLineYear?.Value, t.PLineText?.Value, t.ParentalWarning?.Value, t.File?.Path.Value, t.Splits, t.IsVideo, t.Editions.Count);
            text.AppendJoin(',', t.File!.Hashes.Select(h => $"{h.Algorithm.Value}:{h.Value.Value}"));
            Artists(t.Artists);
        }
        foreach (var d in r.Deals)
        {
            text.Append('\n').AppendJoin(',', d.Territories.Select(t => t.Code.Value)).AppendJoin(',', d.Models.Concat(d.Uses).Select(u => u.Value)).Append(d.Start?.Value);
        }
        return text.AppendJoin(',', r.Images.Select(i => i.File?.Path.Value)).ToString();

        void Artists(IReadOnlyList<UnvalidatedArtist> artists) => text.AppendJoin(',', artists.Select(a => $"{a.Name.Value}/{a.Role.Value}"));
    }
}
