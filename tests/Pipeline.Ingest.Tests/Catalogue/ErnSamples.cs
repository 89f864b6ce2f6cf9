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
        Assert.Equal(["COVER_MISSING", "SPLITS_ABSENT", "DATE_MISSING"], inspection.Findings.Select(f => f.Rule));
        Assert.True(inspection.WouldPass);
    }

    [SkippableFact]
    public void The_album_breaks_the_rules_that_were_found_by_hand_and_no_stopping_one()
    {
        var inspection = Inspect("1_Audio.xml");
        // The sheet also lists the barcode of a related release, which is not this release's and is not read.
        var byHand = Expected("4.3/1_Audio.xml").Where(e => e.Rule == "ICPN_GTIN14" && e.Value != "04988006110809").ToList();
        Assert.Single(byHand);
        Assert.Equal(byHand, inspection.Findings.Where(f => f.Rule == "ICPN_GTIN14").Select(f => (f.Rule, f.Value)));
        Assert.Equal(
            Expected("4.3/1_Audio.xml").Where(e => e.Rule == "HASH_MISSING").Select(e => e.Value),
            inspection.Release!.Tracks.Where(t => t.File!.Hashes.Count == 0).Select(t => t.File!.Path.Value));
        Assert.Equal(["DATE_MISSING", "ICPN_GTIN14", "SPLITS_ABSENT"], inspection.Findings.Select(f => f.Rule).Order());
        Assert.True(inspection.WouldPass);
    }

    [SkippableFact]
    public void Every_barcode_finding_on_the_sheet_is_one_of_our_rules_too()
    {
        foreach (var (rule, value) in ExpectedAll().Where(e => e.File.StartsWith("4.3/", StringComparison.Ordinal)
            && e.Rule.StartsWith("ICPN_", StringComparison.Ordinal)).Select(e => (e.Rule, e.Value)))
        {
            var found = MetadataRules.Check(ReadingErn.Read(new ErnMessage { Gtin = value }), null, Day).Select(f => f.Rule);
            Assert.Contains(rule == "ICPN_CHECK" ? "GTIN_CHECK_DIGIT" : rule, found);
        }
    }

    [SkippableTheory]
    [InlineData("2_Video.xml", "PROFILE_UNSUPPORTED")]
    [InlineData("3_MixedMedia.xml", "PROFILE_UNSUPPORTED")]
    [InlineData("5_SimpleVideoSingle.xml", "PROFILE_UNSUPPORTED")]
    [InlineData("7_LongformMusicalWorkVideo.xml", "PROFILE_UNSUPPORTED")]
    [InlineData("invalid_simple_release.xml", "TRACKS_MISSING")]
    public void A_sample_that_is_no_audio_release_is_refused_and_told_why(string file, string rule)
    {
        var inspection = Inspect(file);
        Assert.Null(inspection.Release);
        var finding = Assert.Single(inspection.Findings, f => f.Severity == Severity.Reject && f.Rule == rule);
        Assert.NotEmpty(finding.Remedy);
    }

    [SkippableFact]
    public void Every_message_of_another_version_is_refused_with_the_versions_that_are_read()
    {
        var root = SharedCorpus.Require("corpus/ern");
        var others = Directory.EnumerateDirectories(root).Where(d => !d.EndsWith("4.3", StringComparison.Ordinal))
            .SelectMany(d => Directory.EnumerateFiles(d, "*.xml", SearchOption.AllDirectories)).Order().ToList();
        Assert.NotEmpty(others);
        foreach (var file in others)
        {
            var refused = Assert.IsType<ReadMessage.Refused>(CatalogueReader.Read(file, File.ReadAllBytes(file)));
            var finding = Assert.Single(refused.Findings);
            // One fixture leaves its prefix undeclared, which no namespace-aware reader can accept.
            Assert.True(
                file.Contains("xmlns_ern_missing", StringComparison.Ordinal)
                    ? finding.Rule == "XML_MALFORMED"
                    : finding.Rule == "ERN_VERSION_UNSUPPORTED" && finding.Remedy.Contains("4.3.2", StringComparison.Ordinal),
                $"{file}: {finding}");
        }
    }

    private static CatalogueInspection Inspect(string file) =>
        CatalogueInspection.Of(file, File.ReadAllBytes(SharedCorpus.Require("corpus/ern/4.3/" + file)), Day);

    private static IEnumerable<(string Rule, string Value)> Expected(string file) =>
        ExpectedAll().Where(e => e.File == file).Select(e => (e.Rule, e.Value));

    private static IEnumerable<(string File, string Rule, string Value)> ExpectedAll() =>
        File.ReadLines(SharedCorpus.Require("corpus/ern/expected-findings.tsv")).Skip(1)
            .Select(line => line.Split('\t')).Select(cells => (cells[0], cells[1], cells[4]));
}
