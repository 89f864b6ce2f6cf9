using Pipeline.Ingest.Audio;

namespace Pipeline.Ingest.Tests.Audio;

/// <summary>Decoders that hang, spew, die or look around: scripts in the decoder's place.</summary>
public sealed class CageTests(AudioBench bench) : IClassFixture<AudioBench>
{
    private const string Answer = """{"streams":[{"codec_name":"pcm_s16le","sample_rate":"44100","channels":2,"bits_per_sample":16}]}""";

    [SkippableFact]
    public async Task A_decoder_that_kills_itself_says_nothing_of_the_file()
    {
        var undecided = Assert.IsType<Decoding<DecodedSound>.Undecided>(await Decode("kill -SEGV $$"));

        Assert.Contains("signal 11", undecided.Why, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_decoder_that_crashes_makes_the_inspection_undecided()
    {
        var decoder = new FfmpegInSandbox(Cage(), allowWeak: true, Tools("kill -ABRT $$"));

        Assert.IsType<Inspection.Undecided>(
            await AudioInspection.Inspect(bench.Write("a.wav", SomeSound.Wav(1)), decoder, CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_decoder_that_burns_processor_time_is_stopped_and_the_file_blamed()
    {
        Assert.Equal(DecoderLimit.Time, await RunFor(seconds: 1, "while :; do :; done"));
    }

    [SkippableFact]
    public async Task A_decoder_that_hangs_is_stopped_and_the_file_blamed()
    {
        // Waits without using any processor time, and with a child that holds the pipe.
        Assert.Equal(DecoderLimit.Time, await RunFor(seconds: 1, "sleep 300 & sleep 300"));
    }

    [SkippableFact]
    public async Task A_decoder_that_spews_samples_is_stopped_at_the_limit()
    {
        var pixels = 1000;
        var decoder = new FfmpegInSandbox(Cage(), allowWeak: true, Tools("while :; do echo spew spew spew spew spew spew; done"));

        var decoding = await decoder.DecodePicture(bench.Write("a.png", [1]), Container.Png, pixels, CancellationToken.None);

        Assert.Equal(DecoderLimit.Output, Assert.IsType<Decoding<DecodedPicture>.Limited>(decoding).Limit);
    }

    [SkippableFact]
    public async Task A_decoder_that_complains_without_end_is_read_to_its_end_and_remembered_in_part()
    {
        var refused = Assert.IsType<Decoding<DecodedSound>.Refused>(
            await Decode("i=0; while [ $i -lt 20000 ]; do echo this is complaint number $i >&2; i=$((i+1)); done; exit 3"));

        Assert.Equal("this is complaint number 0", refused.Why);
    }

    [SkippableFact]
    public async Task A_decoder_that_wants_too_much_memory_is_a_limit_and_no_crash()
    {
        Assert.Equal(
            DecoderLimit.Memory,
            Assert.IsType<Decoding<DecodedSound>.Limited>(await Decode("echo 'a.wav: Cannot allocate memory' >&2; exit 1")).Limit);
    }

    [SkippableFact]
    public async Task A_decoder_can_write_no_file()
    {
        Assert.Equal(
            DecoderLimit.Files, Assert.IsType<Decoding<DecodedSound>.Limited>(await Decode("echo words > /tmp/mp-cage-test; exit 0")).Limit);
    }

    [SkippableFact]
    public async Task A_missing_decoder_says_nothing_of_the_file()
    {
        var tools = new AudioTools("/usr/bin/no-such-decoder", "/usr/bin/no-such-decoder", "/usr/bin/no-such-decoder");
        var decoder = new FfmpegInSandbox(Cage(), allowWeak: true, tools);

        Assert.IsType<Decoding<DecodedSound>.Undecided>(
            await decoder.DecodeSound(bench.Write("a.wav", SomeSound.Wav(1)), Container.Wav, CancellationToken.None));
    }

    [SkippableFact]
    public async Task In_a_strong_cage_there_is_no_network_and_no_file_but_the_input()
    {
        Skip.IfNot(bench.Sandbox.Strength == SandboxStrength.Strong, bench.Sandbox.Reason);
        var secret = bench.Write("secret.txt", "secret"u8.ToArray());

        var refused = Assert.IsType<Decoding<DecodedSound>.Refused>(await Decode(
            $"cat {secret} /etc/passwd /etc/shadow /etc/hostname 2>/dev/null && exit 9; " +
            "[ \"$(grep -c : /proc/net/dev)\" = 1 ] || exit 8; [ \"$(id -u)\" = 65534 ] || exit 7; echo locked up >&2; exit 1"));

        Assert.Equal("locked up", refused.Why);
    }

    [Fact]
    public async Task Without_any_cage_nothing_is_decoded()
    {
        foreach (var sandbox in (Sandbox[])[new(SandboxStrength.None, "no tools"), new(SandboxStrength.Weak, "no namespaces")])
        {
            var decoder = new FfmpegInSandbox(sandbox, allowWeak: false, AudioTools.Installed());
            var undecided = Assert.IsType<Decoding<DecodedSound>.Undecided>(
                await decoder.DecodeSound(bench.Write("a.wav", SomeSound.Wav(1)), Container.Wav, CancellationToken.None));
            Assert.StartsWith(sandbox.Reason, undecided.Why, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task The_weaker_cage_gives_the_same_facts()
    {
        Skip.If(bench.Sandbox.Strength == SandboxStrength.None, bench.Sandbox.Reason);
        var path = bench.Write("a.wav", SomeSound.Wav(1.2));
        var weak = new FfmpegInSandbox(new Sandbox(SandboxStrength.Weak, "for this test"), allowWeak: true, AudioTools.Installed());

        Assert.Equal(
            await bench.Decoder.DecodeSound(path, Container.Wav, CancellationToken.None),
            await weak.DecodeSound(path, Container.Wav, CancellationToken.None));
    }

    [Fact]
    public async Task A_machine_without_decoders_is_told_so_in_one_line()
    {
        var tools = new AudioTools("/usr/bin/no-such-decoder", "/usr/bin/no-such-decoder", "/usr/bin/no-such-decoder");

        var sandbox = await SandboxProbe.Run(tools, CancellationToken.None);

        Assert.Equal(SandboxStrength.None, sandbox.Strength);
        Assert.NotEmpty(sandbox.Reason);
        Assert.DoesNotContain('\n', sandbox.Reason);
    }

    [SkippableFact]
    public async Task The_tools_are_known_by_their_versions()
    {
        Assert.Matches("^ffmpeg [0-9n][^ ]+ flac [0-9]+[.][0-9.]+$", await SandboxProbe.ToolVersions(Cage(), AudioTools.Installed(), CancellationToken.None));
        Assert.Equal("ffmpeg none flac none", await SandboxProbe.ToolVersions(Cage(), new AudioTools("/x", "/x", "/x"), CancellationToken.None));
    }

    [SkippableFact]
    public async Task Giving_up_kills_the_decoder()
    {
        using var giveUp = new CancellationTokenSource();
        var decoder = new FfmpegInSandbox(Cage(), allowWeak: true, Tools("kill -STOP $$"));
        var decoding = decoder.DecodeSound(bench.Write("a.wav", SomeSound.Wav(1)), Container.Wav, giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => decoding);
    }

    private Sandbox Cage()
    {
        Skip.If(bench.Sandbox.Strength == SandboxStrength.None, bench.Sandbox.Reason);
        return bench.Sandbox;
    }

    private Task<Decoding<DecodedSound>> Decode(string script) =>
        new FfmpegInSandbox(Cage(), allowWeak: true, Tools(script))
            .DecodeSound(bench.Write("a.wav", SomeSound.Wav(1)), Container.Wav, CancellationToken.None);

    private async Task<DecoderLimit> RunFor(int seconds, string script)
    {
        var command = Cage().Command(Tools(script).Ffmpeg, bench.Write("a.wav", [1]), seconds, _ => []);
        return Assert.IsType<ProcessEnd.Limited>(
            await CagedProcess.Run(command, seconds, 1000, static _ => { }, CancellationToken.None)).Limit;
    }

    /// <summary>A prober that answers well, and a decoder that does what the test says.</summary>
    private AudioTools Tools(string script) => new(Script(script), Script($"echo '{Answer}'"), Script("exit 0"));

    private string Script(string body)
    {
        var path = bench.Write("tool", System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\n{body}\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
        return path;
    }
}
