using System.Text;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Catalogue.Ern;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Catalogue;

public class ImportedSchemas
{
    private static readonly DateOnly Day = new(2026, 10, 1);

    [SkippableTheory]
    [InlineData("3.8.2-dedex/005_not_valid_xsd.xml", false)]
    [InlineData("3.8.2-dedex/012_missing_isrc.xml", false)]
    [InlineData("3.8.2-dedex/014_missing_deal.xml", true)]
    [InlineData("3.8.2-lifecycle/01_delivery.xml", true)]
    [InlineData("3.8.2-lifecycle/03_delete.xml", true)]
    [InlineData("4.3/1_Audio.xml", true)]
    [InlineData("4.3/7_LongformMusicalWorkVideo.xml", true)]
    [InlineData("4.3/invalid_simple_release.xml", false)]
    [InlineData("4.2/1_Audio.xml", true)]
    public void A_message_is_held_against_the_schema_of_its_version_with_line_and_column(string file, bool valid)
    {
        var message = File.ReadAllBytes(SharedCorpus.Require("corpus/ern/" + file));
        var faults = CatalogueInspection.Of(file, message, Day, null, [Schemas("3.8.2"), Schemas("4.3")]).Findings.Where(f => f.Rule == "SCHEMA_INVALID").ToList();
        Assert.Equal(valid, faults.Count == 0);
        Assert.All(faults, f => Assert.Matches("^line [0-9]+, column [0-9]+$", f.Place));
        Assert.All(faults, f => Assert.Equal(Severity.Reject, f.Severity));
    }

    [Theory]
    [InlineData("<x/>", "")]
    [InlineData("<!DOCTYPE x><xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>", "DTD")]
    [InlineData("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='http://example.org/'/>", "of a version of ERN")]
    [InlineData("<xs:schema", "")]
    public void What_is_no_schema_of_ERN_is_not_imported(string document, string why)
    {
        Assert.Null(ErnSchemas.Compile([Encoding.UTF8.GetBytes(document)], out var said));
        Assert.NotEmpty(said);
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_versions_at_once_are_not_imported()
    {
        static ReadOnlyMemory<byte> Schema(string number) => Encoding.UTF8.GetBytes(
            $"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='http://ddex.net/xml/ern/{number}'/>");
        Assert.Equal("43", ErnSchemas.Compile([Schema("43")], out _)!.Number);
        Assert.Null(ErnSchemas.Compile([Schema("43"), Schema("382")], out var why));
        Assert.Contains("several versions", why, StringComparison.Ordinal);
        Assert.Null(ErnSchemas.Compile([], out _));
    }

    private static ErnSchemas Schemas(string version) => ErnSchemas.Compile(
        [.. Directory.EnumerateFiles(SharedCorpus.Require("corpus/ern/xsd-" + version), "*.xsd").Select(f => (ReadOnlyMemory<byte>)File.ReadAllBytes(f))],
        out var why) ?? throw new InvalidOperationException(why);
}
