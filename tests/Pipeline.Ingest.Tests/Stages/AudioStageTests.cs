using System.Text.Json;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Audio;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Tests.Audio;

namespace Pipeline.Ingest.Tests.Stages;

public sealed class AudioStageTests(AudioBench bench) : IClassFixture<AudioBench>, IDisposable
{
    private static readonly byte[] Song = SomeSound.Wav(2);

    private readonly FolderVault _vault = new();

    public void Dispose() => _vault.Dispose();

    [SkippableFact]
    public async Task A_release_leaves_the_facts_of_its_recordings_and_its_cover()
    {
        var cover = bench.Encode(
            "ffmpeg", "unused", [], "c.png", (_, to) => ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=s=1400x1400", "-frames:v", "1", to]);
        var some = new SomeRelease(_vault).Deliver("a.wav", Song).Deliver("b.flac", bench.Flac(Song)).Deliver("cover.png", cover)
            .Track("a.wav").Track("b.flac").Image("cover.png");

        var first = Assert.IsType<StageOutcome.Passed>(await Run(some, bench.Decoder));
        var second = Assert.IsType<StageOutcome.Passed>(await Run(some, bench.Decoder));

        Assert.Equal(first.Result, second.Result);
        Assert.Equal(first.Findings, second.Findings);
        Assert.All(first.Findings, f => Assert.Contains(f.Place, (string[])["a.wav", "b.flac", "cover.png"]));
        var result = JsonSerializer.Deserialize(
            await _vault.ReadAsync(first.Result, 100_000, CancellationToken.None), StageJson.Default.AudioResult)!;
        Assert.Equal([("T1", "wav"), ("T2", "flac")], result.Recordings.Select(r => (r.Reference, r.Container)));
        Assert.Equal(result.Recordings[0].PcmSha256, result.Recordings[1].PcmSha256);
        Assert.Equal(("I1", "png", 1400, 1400), result.Images.Select(i => (i.Reference, i.Container, i.WidthPixels, i.HeightPixels)).Single());
    }

    [SkippableFact]
    public async Task One_bad_recording_stops_the_release_and_every_fault_is_named_at_once()
    {
        var some = new SomeRelease(_vault).Deliver("a.wav", Song).Deliver("b.wav", Song[..1000]).Deliver("c.wav", "text"u8.ToArray())
            .Track("a.wav").Track("b.wav").Track("c.wav");

        var failed = Assert.IsType<StageOutcome.Failed>(await Run(some, bench.Decoder));

        Assert.Equal(
            [("b.wav", "TRUNCATED"), ("c.wav", "CONTAINER_UNKNOWN")],
            failed.Findings.Where(f => f.Severity == Severity.Block).Select(f => (f.Place, f.Rule)));
    }

    [SkippableFact]
    public async Task A_picture_in_place_of_a_recording_is_stopped()
    {
        var cover = bench.Encode(
            "ffmpeg", "unused", [], "c.png", (_, to) => ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=s=1400x1400", "-frames:v", "1", to]);
        var some = new SomeRelease(_vault).Deliver("cover.png", cover).Track("cover.png");

        Assert.Contains(Assert.IsType<StageOutcome.Failed>(await Run(some, bench.Decoder)).Findings, f => f.Rule == "WRONG_KIND");
    }

    [Fact]
    public async Task A_decoder_that_cannot_run_leaves_the_release_undecided()
    {
        var none = new FfmpegInSandbox(new Sandbox(SandboxStrength.None, "nothing installed"), allowWeak: false, AudioTools.Installed());
        var some = new SomeRelease(_vault).Deliver("a.wav", Song).Track("a.wav");

        var inconclusive = Assert.IsType<StageOutcome.Inconclusive>(await Run(some, none));

        Assert.Contains("nothing installed", inconclusive.Why, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_fault_of_our_vault_is_never_the_senders(bool lost)
    {
        var flac = bench.Flac(Song);
        var some = new SomeRelease(_vault).Deliver("a.flac", flac).Track("a.flac");
        var release = some.Build();
        var checksums = await Checksums(release, some);
        if (lost)
        {
            _vault.Lose(Sha256Digest.Of(flac));
        }
        else
        {
            // The last byte is part of a frame's CRC: the decoder refuses what the sender sent whole.
            _vault.Rot(Sha256Digest.Of(flac));
        }

        Assert.IsType<StageOutcome.Inconclusive>(await AudioStage.Run(release, checksums, _vault, bench.Decoder, CancellationToken.None));
    }

    private async Task<StageOutcome> Run(SomeRelease some, IAudioDecoder decoder)
    {
        var release = some.Build();
        return await AudioStage.Run(release, await Checksums(release, some), _vault, decoder, CancellationToken.None);
    }

    private async Task<ChecksumResult> Checksums(Pipeline.Ingest.Catalogue.UnvalidatedRelease release, SomeRelease some)
    {
        var passed = Assert.IsType<StageOutcome.Passed>(await ChecksumStage.Run(release, some.Delivery, _vault, CancellationToken.None));
        return JsonSerializer.Deserialize(
            await _vault.ReadAsync(passed.Result, 100_000, CancellationToken.None), StageJson.Default.ChecksumResult)!;
    }
}
