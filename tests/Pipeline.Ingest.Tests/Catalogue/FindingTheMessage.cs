using System.Text;
using Pipeline.Ingest.Catalogue;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Catalogue;

public class FindingTheMessage
{
    private static readonly string Ern = new ErnMessage().Xml();

    [Fact]
    public void The_manifest_is_the_message_whatever_lies_below_the_folder() =>
        Assert.Equal(new MessageSearch.Found("release.json"), Find(("release.json", "{}"), ("01.flac", "fLaC"), ("old/release.json", "{}"),
            ("old/ern.xml", Ern), ("notes.json", "{}")));

    [Fact]
    public void The_one_ERN_message_is_found_by_its_root_and_not_by_its_name() =>
        Assert.Equal(new MessageSearch.Found("whatever.XML"), Find(("whatever.XML", "\uFEFF<?xml version=\"1.0\"?>\n<!-- a -->" + Ern),
            ("BatchComplete_1.xml", "<m:ManifestMessage xmlns:m=\"http://ddex.net/xml/ern-c/20\"/>"), ("ern.xml.flac", Ern)));

    [Fact]
    public void A_message_of_another_version_is_found_so_that_it_can_be_refused_by_name() =>
        Assert.Equal(new MessageSearch.Found("a.xml"), Find(("a.xml", "<e:NewReleaseMessage xmlns:e=\"http://ddex.net/xml/ern/382\">")));

    [Fact]
    public void Broken_XML_is_the_message_when_nothing_better_is_there()
    {
        Assert.Equal(new MessageSearch.Found("a.xml"), Find(("a.xml", "<!DOCTYPE x><x/>")));
        Assert.Equal(new MessageSearch.Found("b.xml"), Find(("a.xml", "<x"), ("b.xml", Ern)));
    }

    [Fact]
    public void No_message_and_two_messages_are_findings()
    {
        Assert.Equal("MESSAGE_MISSING", Rule(("01.flac", "fLaC"), ("sub/release.json", "{}"), ("a.xml", "<x/>")));
        Assert.Equal("MESSAGE_MISSING", Rule());
        Assert.Equal("MESSAGE_AMBIGUOUS", Rule(("release.json", "{}"), ("a.xml", Ern)));
        Assert.Equal("MESSAGE_AMBIGUOUS", Rule(("a.xml", Ern), ("b.xml", Ern)));
        Assert.Equal("MESSAGE_AMBIGUOUS", Rule([.. Enumerable.Range(0, 100).Select(i => ($"{i}.xml", "<x/>"))]));
    }

    [Fact]
    public void A_prefix_cut_off_within_a_long_root_is_enough()
    {
        var xml = Ern[..Ern.IndexOf("<MessageHeader>", StringComparison.Ordinal)];
        Assert.Equal(new MessageSearch.Found("a.xml"), Find(("a.xml", xml)));
    }

    private static string Rule(params (string Path, string Content)[] files) =>
        Assert.IsType<MessageSearch.NotFound>(Find(files)).Finding.Rule;

    private static MessageSearch Find(params (string Path, string Content)[] files) =>
        CatalogueReader.FindMessage([.. files.Select(f => f.Path)], path => Encoding.UTF8.GetBytes(files.Single(f => f.Path == path).Content));
}
