using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Ingest.Tests.Catalogue;

public class HostileMessages(ITestOutputHelper output)
{
    private const string Open = "<e:NewReleaseMessage xmlns:e=\"http://ddex.net/xml/ern/43\">";

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><x>&b;</x>")]
    [InlineData("<?xml version=\"1.0\"?><!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>")]
    [InlineData("<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1:9/x\"> %p;]><x/>")]
    public void A_document_type_is_refused_by_its_own_name(string xml) => Refused(xml, "XML_DTD_FORBIDDEN");

    [Fact]
    public void An_undeclared_entity_is_malformed() => Refused(Open + "&secret;</e:NewReleaseMessage>", "XML_MALFORMED");

    [Theory]
    [InlineData(0, "&amp<")]
    [InlineData(0, "a&amp;b &amp c")]
    [InlineData(5, "AT&T")]
    [InlineData(5_000, "&#0;")]
    [InlineData(20_000, "&amp")]
    [InlineData(60_000, "\u0001")]
    public void A_fault_inside_a_text_is_malformed_wherever_the_text_breaks_off(int before, string fault) => Refused(
        new ErnMessage().Xml().Replace("MSG-0001", "&lt;" + new string('x', before) + fault, StringComparison.Ordinal), "XML_MALFORMED");

    [Fact]
    public void A_hundred_thousand_nested_elements_are_refused_at_the_limit() => Refused(
        Open + string.Concat(Enumerable.Repeat("<a>", 100_000)), "MESSAGE_TOO_LARGE");

    [Fact]
    public void Nested_resource_groups_are_refused_at_the_limit() => Refused(
        Open + "<ReleaseList><Release>" + string.Concat(Enumerable.Repeat("<ResourceGroup>", 100_000)), "MESSAGE_TOO_LARGE");

    [Fact]
    public void More_elements_than_the_limit_are_refused() => Refused(
        Open + string.Concat(Enumerable.Repeat("<a/>", CatalogueLimits.MaxXmlElements)) + "</e:NewReleaseMessage>",
        "MESSAGE_TOO_LARGE");

    [Fact]
    public void As_many_elements_as_the_limit_are_read_to_the_end() => Refused(
        Open + string.Concat(Enumerable.Repeat("<a/>", CatalogueLimits.MaxXmlElements - 1)) + "</e:NewReleaseMessage>",
        "MAIN_RELEASE_MISSING");

    [Theory]
    [InlineData("<ResourceList><SoundRecording>", "<SoundRecordingEdition/>")]
    [InlineData("<ResourceList><SoundRecording>", "<DisplayArtist/>")]
    [InlineData("<ResourceList>", "<Image/>")]
    [InlineData("<ReleaseList><Release><ResourceGroup>", "<LinkedReleaseResourceReference/>")]
    [InlineData("<ReleaseList>", "<TrackRelease><ReleaseReference/></TrackRelease>")]
    [InlineData("<PartyList>", "<Party/>")]
    [InlineData("<DealList><ReleaseDeal>", "<DealReleaseReference/>")]
    public void A_message_that_is_full_of_one_empty_element_is_refused_at_the_limit_of_places(string within, string element) => Refused(
        Open + within + string.Concat(Enumerable.Repeat(element, CatalogueLimits.MaxXmlPlaces + 1)), "MESSAGE_TOO_LARGE");

    [Fact]
    public void A_recording_with_very_many_editions_is_read_in_one_pass()
    {
        var editions = string.Concat(Enumerable.Repeat("<SoundRecordingEdition/>", CatalogueLimits.MaxXmlPlaces - 100));
        var xml = new ErnMessage().Xml().Replace("<SoundRecordingEdition>", editions + "<SoundRecordingEdition>", StringComparison.Ordinal);
        var read = Assert.IsType<ReadMessage.Read>(CatalogueReader.Read("message", Encoding.UTF8.GetBytes(xml)));
        Assert.Equal(CatalogueLimits.MaxFindings, read.Findings.Count);
        Assert.Equal("QZZZZ2600001", Assert.Single(read.Release.Tracks).Isrc!.Value);
    }

    [Fact]
    public void A_value_longer_than_the_limit_is_refused_though_comments_cut_it_up() => Refused(
        new ErnMessage().Xml().Replace("MSG-0001", string.Concat(Enumerable.Repeat("aaaaaaaa<!-- -->", 9_000)), StringComparison.Ordinal),
        "MESSAGE_TOO_LARGE");

    [Fact]
    public void One_recording_too_many_is_refused()
    {
        var most = new ErnMessage { Tracks = [.. Enumerable.Repeat(new ErnTrack(), CatalogueLimits.MaxTracks)] };
        Assert.Equal(CatalogueLimits.MaxTracks, ReadingErn.Read(most).Tracks.Count);
        Refused((most with { Tracks = [.. most.Tracks, new ErnTrack()] }).Xml(), "TRACKS_TOO_MANY");
    }

    [Fact]
    public void A_message_longer_than_the_limit_is_refused_unread()
    {
        var message = new byte[CatalogueLimits.MaxMessageBytes + 1];
        message.AsSpan().Fill((byte)' ');
        Assert.Equal("MESSAGE_TOO_LARGE", Assert.Single(Refused(message)).Rule);
        Assert.Equal("MESSAGE_UNREADABLE", Assert.Single(Refused(message.AsMemory(1))).Rule);
    }

    [Fact]
    public void Another_encoding_than_UTF_8_is_unreadable_by_bytes_or_by_declaration()
    {
        var xml = new ErnMessage { Title = "Für Élise" }.Xml();
        Assert.Equal("MESSAGE_UNREADABLE", Assert.Single(Refused(Encoding.Latin1.GetBytes(xml))).Rule);
        Assert.Equal("MESSAGE_UNREADABLE", Assert.Single(Refused((byte[])[0xFF, 0xFE, .. Encoding.Unicode.GetBytes(xml)])).Rule);
        Refused("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + xml, "MESSAGE_UNREADABLE");
        Assert.Equal("Für Élise", ReadingErn.Read("\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>" + xml).Title!.Value);
    }

    [Fact]
    public void A_message_cut_off_anywhere_is_refused_with_the_place()
    {
        var whole = new ErnMessage().Utf8();
        for (var length = 1; length < whole.Length - 1; length += 7)
        {
            var finding = Assert.Single(Refused(whole.AsMemory(0, length)));
            Assert.True(finding.Rule == "XML_MALFORMED" && finding.Place.StartsWith("line ", StringComparison.Ordinal), finding.ToString());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\uFEFF")]
    [InlineData("GIF89a")]
    [InlineData("[1]")]
    [InlineData("\"release\"")]
    public void What_is_neither_XML_nor_a_JSON_object_is_unreadable(string text) => Refused(text, "MESSAGE_UNREADABLE");

    [Theory]
    [InlineData("<x/>", "MESSAGE_UNKNOWN")]
    [InlineData("<NewReleaseMessage/>", "MESSAGE_UNKNOWN")]
    [InlineData("<a:NewReleaseMessage xmlns:a=\"http://ddex.net/xml/ern/37\" MessageSchemaVersionId=\"ern/43\"/>", "ERN_VERSION_UNSUPPORTED")]
    [InlineData("<ern43:NewReleaseMessage xmlns:ern43=\"http://service.ddex.net/xml/ern/40\"/>", "ERN_VERSION_UNSUPPORTED")]
    [InlineData("<e:PurgeReleaseMessage xmlns:e=\"http://ddex.net/xml/ern/43\"/>", "MESSAGE_ID_MISSING")]
    [InlineData("<e:CatalogListMessage xmlns:e=\"http://ddex.net/xml/ern/43\"/>", "MESSAGE_UNKNOWN")]
    public void What_a_message_is_follows_from_the_namespace_of_its_root(string xml, string rule) => Refused(xml, rule);

    [Fact]
    public void Children_in_the_namespace_of_the_root_are_named_as_the_fault()
    {
        var xml = new ErnMessage().Xml().Replace("xmlns:ern=", "xmlns=", StringComparison.Ordinal).Replace("ern:New", "New", StringComparison.Ordinal);
        Refused(xml, "ERN_CHILDREN_QUALIFIED");
    }

    [Property(MaxTest = 300)]
    public void No_mutation_of_a_message_of_ours_makes_the_reader_throw(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var message = random.Next(2) == 0
            ? new ErnMessage { Cover = new ErnFile("c.jpg"), Tracks = [new ErnTrack(), new ErnTrack()] }.Utf8()
            : ReleaseJson.Example();
        Answered(Mutated(message, random));
    }

    [SkippableFact]
    public void No_mutation_of_a_sample_makes_the_reader_throw()
    {
        var random = Seeds.ForTest(output.WriteLine);
        var samples = Directory.EnumerateFiles(SharedCorpus.Require("corpus/ern/4.3"), "*.xml").Select(File.ReadAllBytes).ToList();
        for (var i = 0; i < 200; i++)
        {
            Answered(Mutated(samples[random.Next(samples.Count)], random));
        }
    }

    [Property(MaxTest = 500)]
    public void No_bytes_at_all_make_the_reader_throw(byte[] bytes) => Answered(bytes);

    /// <summary>Read or refused, and in both cases with findings that are complete.</summary>
    private static void Answered(byte[] message)
    {
        var inspection = CatalogueInspection.Of("message", message, new DateOnly(2026, 10, 1));
        Assert.True(inspection.Release is not null || inspection.Findings.Refuse());
        Assert.True(inspection.Findings.Count <= CatalogueLimits.MaxFindings);
        Assert.All(inspection.Findings, f => Assert.True(
            f.Rule.Length > 0 && f.Place.Length > 0 && f.Message.Length > 0 && f.Remedy.Length > 0, f.ToString()));
        if (inspection.Release is { } release)
        {
            Assert.NotNull(ReleaseKey.Of(release));
            Assert.NotEmpty(release.Tracks);
        }
    }

    /// <summary>A few bytes changed, taken out, doubled or moved.</summary>
    private static byte[] Mutated(byte[] message, Random random)
    {
        var bytes = message.ToList();
        for (var n = random.Next(1, 6); n > 0; n--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 80), bytes.Count - at);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length - 1);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                default:
                    bytes[at] = (byte)"<>\"'&{}[]:,/\\0u"[random.Next(15)];
                    break;
            }
        }
        return [.. bytes];
    }

    private static void Refused(string text, string rule) =>
        Assert.Contains(Refused(Encoding.UTF8.GetBytes(text)), f => f.Rule == rule);

    private static IReadOnlyList<Finding> Refused(ReadOnlyMemory<byte> message) =>
        Assert.IsType<ReadMessage.Refused>(CatalogueReader.Read("message", message)).Findings;
}
