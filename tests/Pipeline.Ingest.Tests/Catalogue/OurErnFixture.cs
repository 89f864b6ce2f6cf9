using System.Xml;
using System.Xml.Schema;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Catalogue;

/// <summary>A fixture that the standard would not accept proves little: ours is held against its schema, where that lies beside the checkout.</summary>
public class OurErnFixture
{
    [SkippableFact]
    public void Our_messages_are_valid_by_the_schema_of_the_standard()
    {
        var schemas = Schemas("corpus/ern/xsd-4.3/allowed-value-sets.xsd", "corpus/ern/xsd-4.3/release-notification.xsd");
        var whole = new ErnMessage
        {
            Grid = "A1ZZZZZ0000000001R",
            ProprietaryId = "cat-1",
            OriginalReleaseDate = "2026-09",
            IsTest = true,
            Cover = ErnFile.Of("cover.jpg", "c"u8),
            Tracks = [new ErnTrack { File = ErnFile.Of("resources/01.flac", "1"u8) }, new ErnTrack { Isrc = null, PLineYear = null, File = null }],
        };
        foreach (var message in new[] { whole, new ErnMessage(), ErnMessage.OneTrack(new ErnFile("01.wav")) })
        {
            Assert.Empty(Faults(message.Xml(), schemas));
        }
        Assert.NotEmpty(Faults(whole.Xml().Replace("<ISRC>", "<IRSC>", StringComparison.Ordinal).Replace("</ISRC>", "</IRSC>", StringComparison.Ordinal), schemas));
    }

    [SkippableFact]
    public void Our_messages_of_version_3_are_valid_by_its_schema()
    {
        var schemas = Schemas("corpus/ern/xsd-3.8.2/avs_20161006.xsd", "corpus/ern/xsd-3.8.2/release-notification.xsd");
        Assert.Empty(Faults(OneModelOfAllVersions.Xml("382"), schemas));
        Assert.NotEmpty(Faults(OneModelOfAllVersions.Xml("382").Replace("<SoundRecordingId>", "<Id>", StringComparison.Ordinal)
            .Replace("</SoundRecordingId>", "</Id>", StringComparison.Ordinal), schemas));
    }

    private static XmlSchemaSet Schemas(params string[] files)
    {
        var schemas = new XmlSchemaSet { XmlResolver = null };
        foreach (var file in files)
        {
            using var xsd = XmlReader.Create(SharedCorpus.Require(file));
            schemas.Add(null, xsd);
        }
        schemas.Compile();
        return schemas;
    }

    private static List<string> Faults(string xml, XmlSchemaSet schemas)
    {
        var faults = new List<string>();
        var settings = new XmlReaderSettings { Schemas = schemas, ValidationType = ValidationType.Schema };
        settings.ValidationEventHandler += (_, e) => faults.Add(e.Message);
        using var reader = XmlReader.Create(new StringReader(xml), settings);
        while (reader.Read())
        {
        }
        return faults;
    }
}
