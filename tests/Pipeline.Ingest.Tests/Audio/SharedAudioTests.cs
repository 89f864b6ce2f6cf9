using System.Collections.Concurrent;
using System.Diagnostics;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Audio;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Ingest.Tests.Audio;

/// <summary>Files of other people, and the bad files the shared recipe makes of them.</summary>
public sealed class SharedAudioTests(AudioBench bench, ITestOutputHelper output) : IClassFixture<AudioBench>
{
    private const int AtOnce = 2;

    [SkippableFact]
    public async Task Every_file_of_the_corpus_comes_back_with_facts_or_findings()
    {
        var corpus = SharedCorpus.Require("corpus/audio");
        string[] files = [.. File.ReadLines(Path.Combine(corpus, "manifest.tsv")).Skip(1).Select(line => Path.Combine(corpus, line.Split('\t')[0])).Where(File.Exists)];
        Assert.True(files.Length > 100);

        foreach (var (file, inspection) in await InspectAll(files))
        {
            var done = Say(Path.GetRelativePath(corpus, file), inspection);
            Assert.True(done.Recording is not null || done.Image is not null || done.Findings.Stop(), file);
        }
    }

    [SkippableFact]
    public async Task Every_file_of_the_IETF_subset_decodes()
    {
        var subset = SharedCorpus.Require("corpus/audio/ietf-wg-cellar+flac-test-files/subset");

        foreach (var (file, inspection) in await InspectAll(Directory.GetFiles(subset, "*.flac")))
        {
            var done = Say(Path.GetFileName(file), inspection);
            Assert.NotNull(done.Recording);
            // Some vectors are 22 kHz or 12 bits: valid FLAC that no store takes.
            Assert.All(done.Findings.Where(f => f.Severity >= Severity.Block), f => Assert.Contains(f.Rule, (string[])["SAMPLE_RATE_LOW", "BIT_DEPTH_LOW"]));
        }
    }

    [SkippableTheory]
    [InlineData("image.mp3")]
    [InlineData("image.flac")]
    [InlineData("image.ogg")]
    public async Task A_cover_in_the_tags_does_not_spoil_a_recording(string name)
    {
        var file = Path.Combine(SharedCorpus.Require("corpus/audio/beetbox+mediafile/test/rsrc"), name);
        Skip.IfNot(File.Exists(file), $"{name} is not in this corpus");

        var done = Say(name, await AudioInspection.Inspect(file, bench.Decoder, CancellationToken.None));

        Assert.NotNull(done.Recording);
        Assert.False(done.Findings.Stop());
    }

    // "wrong maximum framesize" and "invalid vorbis comment" hurt no sample: the reference decoder and ffmpeg take them.
    [SkippableTheory]
    [InlineData("02", null)]
    [InlineData("04", "HEADER_NOT_AS_DECODED FLAC_TEST_FAILED SAMPLES_NOT_AS_CLAIMED")]
    [InlineData("07", "STRUCTURE_BROKEN")]
    [InlineData("08", "DECODE_FAILED")]
    [InlineData("09", "DECODE_FAILED")]
    [InlineData("10", null)]
    [InlineData("11", "STRUCTURE_BROKEN TRUNCATED FLAC_TEST_FAILED")]
    public async Task A_faulty_FLAC_file_is_stopped_unless_its_fault_hurts_no_sample(string number, string? anyOf)
    {
        var folder = SharedCorpus.Require("corpus/audio/ietf-wg-cellar+flac-test-files/faulty");
        var file = Assert.Single(Directory.GetFiles(folder, number + " *.flac"));

        var done = Say(number, await AudioInspection.Inspect(file, bench.Decoder, CancellationToken.None));

        if (anyOf is null)
        {
            Assert.NotNull(done.Recording);
            Assert.All(done.Findings.Where(f => f.Severity >= Severity.Block), f => Assert.Equal("SAMPLE_RATE_LOW", f.Rule));
        }
        else
        {
            Assert.Contains(done.Findings, f => f.Severity == Severity.Block && anyOf.Split(' ').Contains(f.Rule));
        }
    }

    [SkippableFact]
    public async Task The_bad_files_of_the_shared_recipe_are_judged_as_it_expects()
    {
        var recipe = SharedCorpus.Require("tools/audio");
        var folder = MakeNegatives(recipe, SharedCorpus.Require("corpus/audio"));
        var wanted = File.ReadLines(Path.Combine(recipe, "negatives-expected.tsv")).Skip(1)
            .Select(line => line.Split('\t')).ToDictionary(c => Path.Combine(folder, c[0]), c => c[1]);

        var wrong = new List<string>();
        foreach (var (file, inspection) in await InspectAll([.. wanted.Keys]))
        {
            var done = Say(Path.GetFileName(file), inspection);
            var right = wanted[file] switch
            {
                "reject" => done.Findings.Stop(),
                "accept" or "warn" => !done.Findings.Stop() && done.Recording is not null,
                _ => done.Findings.Any(f => f.Severity >= Severity.Warn),
            };
            if (!right)
            {
                wrong.Add($"{Path.GetFileName(file)}: wanted {wanted[file]}");
            }
        }
        Assert.Empty(wrong);
    }

    private async Task<IReadOnlyList<(string File, Inspection Inspection)>> InspectAll(string[] files)
    {
        var decoder = bench.Decoder;
        var all = new ConcurrentBag<(string File, Inspection)>();
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (file, cancel) =>
            all.Add((file, await AudioInspection.Inspect(file, decoder, cancel))));
        return [.. all.OrderBy(a => a.File, StringComparer.Ordinal)];
    }

    private Inspection.Done Say(string name, Inspection inspection)
    {
        output.WriteLine($"{name}: {(inspection is Inspection.Done d ? string.Join(", ", d.Findings.Select(f => $"{f.Severity} {f.Rule} {f.Value} {f.Message}")) : inspection.ToString())}");
        Assert.True(inspection is Inspection.Done, $"{name}: {inspection}");
        return (Inspection.Done)inspection;
    }

    private string MakeNegatives(string recipe, string corpus)
    {
        foreach (var tool in (string[])["sox", "lame", "flac", "ffmpeg", "python3", "bash"])
        {
            Skip.IfNot(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(p => File.Exists(Path.Combine(p, tool))), $"{tool} is not installed");
        }
        var folder = Path.Combine(bench.Folder, "negatives");
        var start = new ProcessStartInfo("bash", [Path.Combine(recipe, "make_negatives.sh"), folder])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["CORPUS"] = corpus;
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var complaints = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, complaints + said.Result);
        return folder;
    }
}
