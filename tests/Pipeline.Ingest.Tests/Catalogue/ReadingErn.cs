using Pipeline.Ingest.Catalogue;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Catalogue;

public class ReadingErn
{
    private static readonly DateOnly Day = new(2026, 10, 1);

    [Theory]
    [InlineData("43")]
    [InlineData("431")]
    [InlineData("432")]
    public void A_message_of_ours_is_read_whole_and_breaks_no_rule(string version)
    {
        var message = new ErnMessage
        {
            Namespace = "http://ddex.net/xml/ern/" + version,
            Grid = "A1ZZZZZ0000000001R",
            Cover = ErnFile.Of("resources/cover.jpg", "cover"u8),
            OriginalReleaseDate = "2026",
            Tracks =
            [
                new ErnTrack { File = ErnFile.Of("resources/01.flac", "one"u8) },
                new ErnTrack { Isrc = "QZZZZ2600002", Title = "Second Room", File = ErnFile.Of("resources/02.flac", "two"u8) },
            ],
        };
        var release = Read(message);
        Assert.Equal("ern/" + version, release.Format);
        Assert.Equal(("PADPIDA0000000001O", "MSG-0001", "2026-09-01T10:00:00Z"),
            (release.Sender!.Value, release.MessageId!.Value, release.Created!.Value));
        Assert.Equal(("A1ZZZZZ0000000001R", "0200000000011", "Nine Rooms", "The Sample Rates", "2026-10-01", "2026"),
            (release.Grid!.Value, release.Gtin!.Value, release.Title!.Value, release.DisplayArtist!.Value,
                release.ReleaseDate!.Value, release.OriginalReleaseDate!.Value));
        Assert.Equal(["A1", "A2"], release.Tracks.Select(t => t.Reference));
        Assert.Equal([1, 2], release.Tracks.Select(t => t.Number));
        Assert.Equal(["QZZZZ2600001", "QZZZZ2600002"], release.Tracks.Select(t => t.Isrc!.Value));
        Assert.Equal(["resources/01.flac", "resources/02.flac"], release.Tracks.Select(t => t.File!.Path.Value));
        var hash = Assert.Single(release.Tracks[1].File!.Hashes);
        Assert.Equal(("MD5", "b8a9f715dbb64fd5c56e7783c6820a61", null), (hash.Algorithm.Value, hash.Value.Value, hash.Encoding));
        Assert.Equal(("The Sample Rates", "MainArtist"),
            (release.Tracks[0].Artists[0].Name.Value, release.Tracks[0].Artists[0].Role.Value));
        Assert.Equal("resources/cover.jpg", Assert.Single(release.Images).File!.Path.Value);
        Assert.Equal(["ISWC_MISSING", "SPLITS_ABSENT"], MetadataRules.Check(release, null, Day).Select(f => f.Rule));
    }

    [Fact]
    public void A_place_is_an_XPath_with_line_and_column()
    {
        var message = new ErnMessage { Tracks = [new ErnTrack(), new ErnTrack { Isrc = "QZZZZ2600002" }] };
        var lines = message.Xml().Split('\n').ToList();
        var line = lines.FindIndex(l => l.Contains("QZZZZ2600002", StringComparison.Ordinal)) + 1;
        var column = lines[line - 1].IndexOf("ISRC", StringComparison.Ordinal) + 1;
        Assert.Equal(
            $"/NewReleaseMessage/ResourceList/SoundRecording[2]/SoundRecordingEdition[1]/ResourceId[1]/ISRC (line {line}, column {column})",
            Read(message).Tracks[1].Isrc!.Place.ToString());
    }

    [Fact]
    public void Tracks_come_in_the_order_of_the_release_and_not_of_the_resources()
    {
        var xml = new ErnMessage { Tracks = [new ErnTrack(), new ErnTrack { Isrc = "QZZZZ2600002" }] }.Xml()
            .Replace("<SequenceNumber>1<", "<SequenceNumber>3<", StringComparison.Ordinal);
        Assert.Equal(["A2", "A1"], Read(xml).Tracks.Select(t => t.Reference));
    }

    internal static UnvalidatedRelease Read(ErnMessage message) => Read(message.Xml());

    internal static UnvalidatedRelease Read(string xml) =>
        CatalogueReader.Read("message.xml", System.Text.Encoding.UTF8.GetBytes(xml)) switch
        {
            ReadMessage.Read read => read.Release,
            ReadMessage.Refused refused => throw new InvalidOperationException(string.Join('\n', refused.Findings)),
            _ => throw new InvalidOperationException(),
        };
}
