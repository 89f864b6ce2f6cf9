using System.Buffers.Binary;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Tests.Audio;

/// <summary>Hostile and broken files, each made from a good one by one change, each with the one finding it must get.</summary>
public sealed class BadFileTests(AudioBench bench) : IClassFixture<AudioBench>
{
    private static readonly byte[] Good = SomeSound.Wav(2);

    [SkippableFact]
    public async Task A_good_file_is_not_stopped()
    {
        Assert.False((await bench.InspectDone("a.wav", Good)).Findings.Stop());
        Assert.False((await bench.InspectDone("a.flac", bench.Flac(Good))).Findings.Stop());
    }

    private static readonly Dictionary<string, (string Name, byte[] Bytes, string Rule)> Bad = new(StringComparer.Ordinal)
    {
        ["no bytes"] = ("a.wav", [], "FILE_EMPTY"),
        ["text renamed"] = ("a.wav", "just some text, renamed"u8.ToArray(), "CONTAINER_UNKNOWN"),
        ["an HLS playlist"] = ("a.wav", "#EXTM3U\n#EXTINF:10.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"u8.ToArray(), "CONTAINER_UNKNOWN"),
        ["an ffconcat script"] = ("a.wav", "ffconcat version 1.0\nfile 'song.wav'\n"u8.ToArray(), "CONTAINER_UNKNOWN"),
        ["HTML"] = ("a.wav", "<html><script>alert(1)</script></html>"u8.ToArray(), "CONTAINER_UNKNOWN"),
        ["zeros"] = ("a.wav", new byte[65_536], "CONTAINER_UNKNOWN"),
        ["a third of a WAV"] = ("a.wav", Good[..(Good.Length / 3)], "TRUNCATED"),
        ["a WAV without its last sample"] = ("a.wav", Good[..^4], "TRUNCATED"),
        ["the start of an AIFF"] = ("a.aiff", SomeSound.Aiff(SomeSound.Tones(2))[..30_000], "TRUNCATED"),
        ["a WAV named FLAC"] = ("a.flac", Good, "CONTAINER_NOT_AS_NAMED"),
        ["a WAV with no ending"] = ("a", Good, "CONTAINER_NOT_AS_NAMED"),
        ["a WAV and a zip"] = ("a.wav", [.. Good, .. SomeSound.Zip()], "FOREIGN_BYTES_APPENDED"),
        ["a WAV and a program"] = ("a.wav", [.. Good, .. "\u007fELF\u0002\u0001\u0001"u8, .. new byte[64]], "FOREIGN_BYTES_APPENDED"),
        ["a zip in a chunk after the sound"] = (
            "a.wav", SomeSound.Wav(SomeSound.Tones(2), after: SomeSound.Chunk("data", SomeSound.Zip())), "FOREIGN_BYTES_APPENDED"),
        ["65535 channels"] = ("a.wav", Changed(22, [0xFF, 0xFF]), "HEADER_IMPOSSIBLE"),
        ["no channels"] = ("a.wav", Changed(22, [0, 0]), "HEADER_IMPOSSIBLE"),
        ["rate 0"] = ("a.wav", Changed(24, [0, 0, 0, 0]), "HEADER_IMPOSSIBLE"),
        ["blocks of 7 bytes"] = ("a.wav", Changed(32, [7, 0]), "HEADER_IMPOSSIBLE"),
        ["MP3 in WAV"] = ("a.wav", Changed(20, [0x55, 0]), "WAV_NOT_PCM"),
        ["sizes never filled in"] = ("a.wav", Changed(4, [0xFF, 0xFF, 0xFF, 0xFF]), "SIZES_UNSET"),
        ["no data chunk"] = ("a.wav", SomeSound.Riff(SomeSound.Fmt(1, 2, 44_100, 4, 16)), "STRUCTURE_BROKEN"),
        ["no fmt chunk"] = ("a.wav", SomeSound.Riff(SomeSound.Chunk("data", new byte[4000])), "STRUCTURE_BROKEN"),
        ["22 kHz"] = ("a.wav", SomeSound.Wav(SomeSound.Tones(2, rate: 22_050), rate: 22_050), "SAMPLE_RATE_LOW"),
        ["8 bits"] = ("a.wav", SomeSound.Riff(
            SomeSound.Fmt(1, 2, 44_100, 2, 8), SomeSound.Chunk("data", [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))])), "BIT_DEPTH_LOW"),
        ["digital silence"] = ("a.wav", SomeSound.Wav(new short[200_000]), "SILENT"),
        ["half a second"] = ("a.wav", SomeSound.Wav(0.5), "DURATION_TOO_SHORT"),
        ["seven bytes of FLAC"] = ("a.flac", "fLaC\0\0\0"u8.ToArray(), "STRUCTURE_BROKEN"),
    };

    // By name: the runner would otherwise carry each file through its protocol.
    public static TheoryData<string> BadNames => [.. Bad.Keys];

    [SkippableTheory]
    [MemberData(nameof(BadNames))]
    public async Task A_bad_file_is_stopped_by_its_own_rule(string what)
    {
        var (name, bytes, rule) = Bad[what];

        var done = await bench.InspectDone(name, bytes);

        Assert.Contains(done.Findings, f => f.Rule == rule && f.Severity == Severity.Block);
        // Nothing wrong with a file may refuse its message for ever.
        Assert.All(done.Findings, f => Assert.NotEqual(Severity.Reject, f.Severity));
    }

    [SkippableTheory]
    [InlineData("md5", "FLAC_MD5_MISMATCH")]
    [InlineData("claim", "SAMPLES_NOT_AS_CLAIMED")]
    [InlineData("flip", "DECODE_FAILED")]
    [InlineData("cut", "DECODE_FAILED")]
    [InlineData("elf", "DECODE_FAILED FLAC_TEST_FAILED")]
    [InlineData("zip", "FOREIGN_BYTES_APPENDED")]
    public async Task A_bad_FLAC_file_is_stopped_by_its_own_rule(string damage, string anyOf)
    {
        var flac = bench.Flac(Good);
        byte[] bad = damage switch
        {
            "cut" => flac[..(flac.Length / 2)],
            "elf" => [.. flac, .. "\u007fELF"u8, .. Good[..50_000]],
            "zip" => [.. flac, .. SomeSound.Zip()],
            _ => flac,
        };
        if (damage == "md5")
        {
            bad[30] ^= 0xFF;
        }
        else if (damage == "claim")
        {
            // 2^36 - 1 samples: eighteen days.
            bad[21] |= 0x0F;
            bad.AsSpan(22, 4).Fill(0xFF);
        }
        else if (damage == "flip")
        {
            bad[flac.Length * 2 / 3] ^= 0x10;
        }

        var done = await bench.InspectDone("a.flac", bad);

        Assert.Contains(done.Findings, f => f.Severity == Severity.Block && anyOf.Split(' ').Contains(f.Rule));
    }

    [SkippableFact]
    public async Task A_change_of_rate_within_an_MP3_is_stopped()
    {
        byte[] Part(int rate, int channels) => bench.Ffmpeg(
            SomeSound.Wav(SomeSound.Tones(2, rate, channels), rate, channels), "o.mp3", "-write_xing", "0", "-id3v2_version", "0", "-b:a", "128k");

        var done = await bench.InspectDone("a.mp3", [.. Part(44_100, 2), .. Part(48_000, 1)]);

        Assert.Contains(done.Findings, f => f.Rule == "DECODE_FAILED");
    }

    [SkippableFact]
    public async Task Half_an_MP3_is_stopped_though_every_decoder_takes_it()
    {
        var mp3 = bench.Ffmpeg(SomeSound.Wav(10), "o.mp3", "-b:a", "192k");

        Assert.Contains((await bench.InspectDone("a.mp3", mp3[..(mp3.Length / 2)])).Findings, f => f.Rule == "TRUNCATED");
        Assert.False((await bench.InspectDone("a.mp3", mp3)).Findings.Stop());
    }

    [SkippableFact]
    public async Task Things_to_be_told_do_not_stop_a_file()
    {
        var flac = bench.Flac(Good);
        var unset = (byte[])flac.Clone();
        unset.AsSpan(26, 16).Clear();
        (string Name, byte[] Bytes, string Rule)[] told =
        [
            ("a.flac", unset, "FLAC_MD5_UNSET"),
            ("a.flac", [.. "ID3\u0004\0\0\0\0\0\n"u8, .. new byte[10], .. flac], "ID3_BEFORE_FLAC"),
            ("a.wav", SomeSound.Wav(SomeSound.Tones(2), after: SomeSound.Chunk("LIST", "INFOhello!"u8.ToArray())), "CHUNKS_AFTER_DATA"),
            ("a.wav", [.. Good, .. "trailing words"u8], "BYTES_AFTER_END"),
            ("a.wav", Changed(4, SomeSound.Le32((uint)Good.Length)), "SIZE_MISCOUNTED"),
            ("a.wav", SomeSound.Wav(SomeSound.Tones(2, channels: 1), channels: 1), "STEREO_EXPECTED"),
            ("a.wav", Good, "DURATION_SHORT"),
            ("a.mp3", bench.Ffmpeg(Good, "o.mp3"), "LOSSY_SOURCE"),
            ("a.wav", bench.Ffmpeg(Good, "o.wav", "-c:a", "pcm_s24le"), "WAV_EXTENSIBLE"),
            ("a.wav", bench.Ffmpeg(Good, "o.wav", "-c:a", "pcm_f32le"), "FLOAT_SAMPLES"),
        ];

        foreach (var (name, bytes, rule) in told)
        {
            var done = await bench.InspectDone(name, bytes);
            Assert.True(done.Findings.Any(f => f.Rule == rule && f.Severity == Severity.Warn), $"{rule}: {string.Join("; ", done.Findings)}");
            Assert.False(done.Findings.Stop(), $"{rule}: {string.Join("; ", done.Findings)}");
            Assert.NotNull(done.Recording);
        }
    }

    [SkippableFact]
    public async Task The_same_bad_file_gets_the_same_findings_each_time()
    {
        var bad = bench.Flac(Good);
        bad[bad.Length * 2 / 3] ^= 0x10;
        var path = bench.Write("a.flac", bad);

        var first = await Pipeline.Ingest.Audio.AudioInspection.Inspect(path, bench.Decoder, CancellationToken.None);
        var second = await Pipeline.Ingest.Audio.AudioInspection.Inspect(path, bench.Decoder, CancellationToken.None);

        Assert.Equal(
            ((Pipeline.Ingest.Audio.Inspection.Done)first).Findings, ((Pipeline.Ingest.Audio.Inspection.Done)second).Findings);
    }

    [SkippableFact]
    public async Task A_cover_is_measured_and_a_broken_one_is_stopped()
    {
        byte[] Picture(string name, string size) => bench.Encode(
            "ffmpeg", "unused", [], name, (_, to) => ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=s=" + size, "-frames:v", "1", to]);
        var png = Picture("c.png", "3000x3000");
        var jpeg = Picture("c.jpg", "1500x1500");

        var good = await bench.InspectDone("cover.png", png);
        Assert.Empty(good.Findings);
        Assert.Equal(("png", 3000, 3000), (good.Image!.Container, good.Image.WidthPixels, good.Image.HeightPixels));
        Assert.Equal(["COVER_BELOW_RECOMMENDED"], (await bench.InspectDone("cover.jpg", jpeg)).Findings.Select(f => f.Rule));
        Assert.Equal(
            ["COVER_NOT_SQUARE", "COVER_SMALL"], (await bench.InspectDone("cover.png", Picture("s.png", "800x600"))).Findings.Select(f => f.Rule));

        Assert.Contains((await bench.InspectDone("cover.png", png[..(png.Length / 2)])).Findings, f => f.Severity == Severity.Block);
        Assert.Contains((await bench.InspectDone("cover.jpg", [.. jpeg, .. SomeSound.Zip()])).Findings, f => f.Rule == "FOREIGN_BYTES_APPENDED");
        Assert.Contains((await bench.InspectDone("cover.jpg", "\u00ff"u8.ToArray())).Findings, f => f.Rule == "CONTAINER_UNKNOWN");
        var huge = (byte[])png.Clone();
        BinaryPrimitives.WriteInt32BigEndian(huge.AsSpan(16), 1_000_000);
        Assert.Contains((await bench.InspectDone("cover.png", huge)).Findings, f => f.Rule == "PICTURE_TOO_LARGE");
    }

    [SkippableFact]
    public async Task A_playlist_inside_a_sound_container_is_never_opened()
    {
        // The secret is beside the playlist; had anything followed it, decoding would have found sound.
        var secret = bench.Write("secret.wav", Good);
        var playlist = Encoding.UTF8.GetBytes($"#EXTM3U\n#EXTINF:2.0,\nfile://{secret}\n#EXT-X-ENDLIST\n");
        var path = bench.Write("list.wav", playlist);

        foreach (var container in Pipeline.Ingest.Audio.Container.All.Where(c => c.Kind == Pipeline.Ingest.Audio.ContainerKind.Sound))
        {
            var decoding = await bench.Decoder.DecodeSound(path, container, CancellationToken.None);
            Assert.True(decoding is Pipeline.Ingest.Audio.Decoding<Pipeline.Ingest.Audio.DecodedSound>.Refused, $"{container}: {decoding}");
        }
    }

    private static byte[] Changed(int at, byte[] with)
    {
        var bytes = (byte[])Good.Clone();
        with.CopyTo(bytes, at);
        return bytes;
    }
}
