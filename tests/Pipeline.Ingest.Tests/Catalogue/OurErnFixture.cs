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
        var schemas = new XmlSchemaSet { XmlResolver = null };
        foreach (var file in new[] { "allowed-value-sets.xsd", "release-notification.xsd" })
        {
            using var xsd = XmlReader.Create(SharedCorpus.Require("corpus/ern/xsd-4.3/" + file));
            schemas.Add(null, xsd);
        }
        schemas.Compile();
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
