using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Tests.Audio;

/// <summary>The real decoder on real files: facts must be those the test put in.</summary>
public sealed class DecodingTests(AudioBench bench) : IClassFixture<AudioBench>
{
    [SkippableFact]
    public async Task A_wav_file_gives_its_exact_samples()
    {
        var samples = SomeSound.Tones(31);

        var done = await bench.InspectDone("song.wav", SomeSound.Wav(samples));

        Assert.Empty(done.Findings);
        var facts = Assert.IsType<Pipeline.Ingest.Stages.RecordingFacts>(done.Recording);
        Assert.Equal(("wav", "pcm_s16le", 44_100, 2, 16, 0), (facts.Container, facts.Codec, facts.SampleRateHz, facts.Channels, facts.BitsPerSample, facts.Silent));
        Assert.Equal(samples.Length / 2, facts.SamplesPerChannel);
        Assert.Equal(31_000, facts.DurationMilliseconds);
        Assert.Equal(Sha256Digest.Of(SomeSound.AsPcm32(samples)), facts.PcmSha256);
    }

    [SkippableFact]
    public async Task One_sound_has_one_identity_in_every_lossless_container()
    {
        var samples = SomeSound.Tones(1.7);
        var wav = SomeSound.Wav(samples);
        var expected = Sha256Digest.Of(SomeSound.AsPcm32(samples));
        (string Name, string Container, byte[] Bytes)[] files =
        [
            ("a.wav", "wav", wav),
            ("a.wav", "rf64", SomeSound.Rf64("RF64", samples)),
            ("a.wav", "bw64", SomeSound.Rf64("BW64", samples)),
            ("a.aiff", "aiff", SomeSound.Aiff(samples)),
            ("a.flac", "flac", bench.Flac(wav)),
            ("a.w64", "w64", bench.Ffmpeg(wav, "o.w64")),
            ("a.caf", "caf", bench.Ffmpeg(wav, "o.caf")),
            ("a.m4a", "mp4", bench.Ffmpeg(wav, "o.m4a", "-c:a", "alac")),
        ];

        foreach (var (name, container, bytes) in files)
        {
            var done = await bench.InspectDone(name, bytes);
            Assert.True(!done.Findings.Stop(), $"{name} {container}: {string.Join("; ", done.Findings)}");
            Assert.Equal(container, done.Recording!.Container);
            Assert.Equal(expected, done.Recording.PcmSha256);
            Assert.Equal(samples.Length / 2, done.Recording.SamplesPerChannel);
        }
    }
}
