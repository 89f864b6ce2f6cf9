using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Catalogue;

/// <summary>The standard's own sample messages, where they lie beside the checkout.</summary>
public class ErnSamples
{
    private static readonly DateOnly Day = new(2026, 10, 1);

    [SkippableTheory]
    [InlineData("1_Audio.xml", 21, 21, 21, 0)]
    [InlineData("4_SimpleAudioSingle.xml", 1, 1, 1, 1)]
    public void An_audio_sample_is_read_with_all_its_recordings(string file, int recordings, int isrcs, int files, int hashes)
    {
        var release = Inspect(file).Release!;
        Assert.Equal(
            (recordings, isrcs, files, hashes),
            (release.Tracks.Count, release.Tracks.Count(t => t.Isrc is not null), release.Tracks.Count(t => t.File is not null),
                release.Tracks.Sum(t => t.File!.Hashes.Count)));
        Assert.Equal(Enumerable.Range(1, recordings), release.Tracks.Select(t => t.Number));
        Assert.All(release.Tracks, t => Assert.True(Isrc.TryParse(t.Isrc!.Value, out _)));
        Assert.All(release.Tracks, t => Assert.Contains(t.Artists, a => a.Role.Value == "MainArtist" && a.Name.Value.Length > 0));
    }

    [SkippableFact]
    public void The_single_is_read_to_its_values()
    {
        var inspection = Inspect("4_SimpleAudioSingle.xml");
        var release = inspection.Release!;
        Assert.Equal(("PADPIDA2007050901U", "W83814161", "A10302B0003989564F", null),
            (release.Sender!.Value, release.MessageId!.Value, release.Grid!.Value, release.Gtin?.Value));
        var track = Assert.Single(release.Tracks);
        Assert.Equal(("GBAYC1700598", "RIOPY: I Love You", "RIOPY", "PT4M23.583S", "2015"),
            (track.Isrc!.Value, track.Title!.Value, track.DisplayArtist!.Value, track.Duration!.Value, track.PLineYear!.Value));
        Assert.Equal("resources/190295810726_00001_LL.flac", track.File!.Path.Value);
        Assert.Equal("db7dd2f3bb9b322646e3f4d7b65b47ab", Assert.Single(track.File.Hashes).Value.Value);
        Assert.Equal(["ISWC_MISSING", "COVER_MISSING", "SPLITS_ABSENT", "TITLE_HOLDS_ARTIST", "DATE_MISSING"], inspection.Findings.Select(f => f.Rule));
        Assert.True(inspection.WouldPass);
    }

    [SkippableFact]
    public void Every_message_that_its_schema_accepts_is_read_to_its_end_and_every_broken_one_is_refused_with_line_and_column()
    {
        var root = SharedCorpus.Require("corpus/ern");
        var files = Directory.EnumerateFiles(root, "*.xml", SearchOption.AllDirectories).Order().ToList();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var name = Path.GetRelativePath(root, file).Replace('\\', '/');
            var read = CatalogueReader.Read(name, File.ReadAllBytes(file));
            if (Broken.TryGetValue(name, out var rule))
            {
                var refused = Assert.IsType<ReadMessage.Refused>(read);
                Assert.Contains(refused.Findings, f => f.Rule == rule && f.Severity == Severity.Reject);
                Assert.All(refused.Findings, f => Assert.Matches("line [0-9]+, column [0-9]+", f.Place));
            }
            else
            {
                Assert.True(IsWhole(read), $"{name}: {read}");
            }
        }
        Assert.True(files.Count > Broken.Count);
    }

    [SkippableFact]
    public void A_purge_is_read_as_a_purge()
    {
        var purge = Assert.IsType<ReadMessage.Purge>(
            CatalogueReader.Read("03", File.ReadAllBytes(SharedCorpus.Require("corpus/ern/3.8.2-lifecycle/03_delete.xml"))));
        Assert.Equal(("ern/382", "MessageID5680", "PADPIDA1234567890", "A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6Q7R8S9T0"),
            (purge.Request.Format, purge.Request.MessageId!.Value, purge.Request.Sender!.Value, purge.Request.Grid!.Value));
        Assert.Empty(purge.Findings);
    }

    [SkippableTheory]
    [InlineData("3.8.2-dedex/014_missing_deal.xml", "ern/382", 9, 9, "assets/1199119911991_001.flac")]
    [InlineData("3.8.2-lifecycle/01_delivery.xml", "ern/382", 1, 1, "resources/SoundRecording_001_001.flac")]
    [InlineData("4.1.1/1_Audio.xml", "ern/411", 21, 3, "0094631432057_01_001.wav")]
    [InlineData("4.2/1_Audio.xml", "ern/42", 21, 3, "0094631432057_01_001.wav")]
    [InlineData("4.3/1_Audio.xml", "ern/43", 21, 3, "0094631432057_01_001.wav")]
    public void Every_version_becomes_the_one_model(string file, string format, int tracks, int deals, string firstFile)
    {
        var read = Assert.IsType<ReadMessage.Read>(CatalogueReader.Read(file, File.ReadAllBytes(SharedCorpus.Require("corpus/ern/" + file))));
        var release = read.Release;
        Assert.Equal((format, tracks, deals), (release.Format, release.Tracks.Count, release.Deals.Count));
        Assert.All(release.Tracks, t => Assert.NotNull(t.Isrc));
        Assert.All(release.Tracks, t => Assert.Contains(t.Artists, a => a.Name.Value.Length > 0));
        Assert.All(release.Deals, d => Assert.True(d.Territories.Count > 0 && d.Uses.Count > 0 && d.Start is not null));
        Assert.StartsWith(firstFile, release.Tracks[0].File!.Path.Value, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void What_the_model_has_no_word_for_is_given_back_byte_for_byte()
    {
        var root = SharedCorpus.Require("corpus/ern");
        var kept = 0;
        foreach (var file in Directory.EnumerateFiles(root, "*.xml", SearchOption.AllDirectories))
        {
            var message = File.ReadAllBytes(file);
            if (CatalogueReader.Read(file, message) is not ReadMessage.Read { Release: { } release })
            {
                continue;
            }
            foreach (var unread in release.Unread)
            {
                var xml = System.Text.Encoding.UTF8.GetString(UnreadElements.Xml(message, unread).Span);
                Assert.Equal(unread.Name, System.Xml.Linq.XElement.Parse(xml).Name.LocalName);
                kept++;
            }
        }
        Assert.True(kept > 1000, $"{kept} elements");
    }

    /// <summary>Files that no reader may accept, and what is wrong with each.</summary>
    private static readonly Dictionary<string, string> Broken = new()
    {
        ["3.8.2-dedex/002_erroneous_xml.xml"] = "XML_MALFORMED",
        ["3.8.2-dedex/004_xmlns_ern_missing.xml"] = "XML_MALFORMED",
        ["3.8.2-dedex/005_not_valid_xsd.xml"] = "ELEMENT_UNKNOWN",
        ["3.8.2-dedex/012_missing_isrc.xml"] = "RESOURCE_ID_MISSING",
        ["4.3/invalid_simple_release.xml"] = "RESOURCE_ID_MISSING",
    };

    /// <summary>
    /// Read, or put together and then refused for what it says: some samples have an empty message id, references into
    /// nowhere or no recording, which their schema allows.
    /// </summary>
    private static bool IsWhole(ReadMessage read) => read switch
    {
        ReadMessage.Refused { Release: not null } refused => refused.Findings.Where(f => f.Severity == Severity.Reject)
            .All(f => f.Rule is "MESSAGE_ID_MISSING" or "REFERENCE_DANGLING" or "TRACKS_MISSING"),
        ReadMessage.Refused => false,
        _ => true,
    };

    private static CatalogueInspection Inspect(string file) =>
        CatalogueInspection.Of(file, File.ReadAllBytes(SharedCorpus.Require("corpus/ern/4.3/" + file)), Day);
}
