using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Audio;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Ingest.Tests.Audio;

/// <summary>Everything that reads hostile bytes within our own process, fed with them.</summary>
public sealed class SniffingTests(ITestOutputHelper output)
{
    private const int Rounds = 4_000;

    private static readonly byte[][] Valid =
    [
        SomeSound.Wav(0.02),
        SomeSound.Rf64("RF64", SomeSound.Tones(0.02)),
        SomeSound.Aiff(SomeSound.Tones(0.02)),
        [.. "fLaC\u0000\u0000\u0000\u0022"u8, .. new byte[34], 0x84, 0, 0, 4, 0, 0, 0, 0, 0xFF, 0xF8, 0, 0],
        [.. "ID3\u0004\0\0\0\0\0\n"u8, .. new byte[10], 0xFF, 0xFB, 0x90, 0x44, .. new byte[32], .. "Xing"u8, 0, 0, 0, 15, 0, 0, 0, 9, 0, 0, 9, 0, .. new byte[300]],
        [0, 0, 0, 16, .. "ftypM4A "u8, 0, 0, 0, 0, 0, 0, 0, 8, .. "moov"u8, 0, 0, 0, 8, .. "mdat"u8],
        [.. "OggS"u8, .. new byte[22], 2, 3, 4, .. new byte[7]],
        [.. "caff"u8, 0, 1, 0, 0, .. "desc"u8, 0, 0, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4, .. "data"u8, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2],
        [.. W64Walker.RiffGuid, .. SomeSound.Le64(80), .. new byte[16], .. "fmt "u8, .. new byte[12], .. SomeSound.Le64(40), .. new byte[16], .. "data"u8, .. new byte[12], .. SomeSound.Le64(24)],
        [0x89, .. "PNG\r\n"u8, 26, 10, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 5, 0, 0, 0, 5, 0, 8, 2, 0, 0, 0],
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC0, 0, 11, 8, 1, 0, 1, 0, 3],
        [.. SomeSound.Wav(0.02), .. SomeSound.Zip()],
    ];

    [Fact]
    public void Nothing_that_reads_a_file_throws_on_damaged_or_random_bytes()
    {
        var random = Seeds.ForTest(output.WriteLine);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Damage(Valid[random.Next(Valid.Length)], random);
            var file = new MediaBytes(new MemoryStream(bytes));
            try
            {
                var sniffed = ContainerSniffer.SniffFile(file);
                // Not only the walker the sniffer would choose: none may trust that it was chosen well.
                foreach (var container in Container.All)
                {
                    var structure = StructureWalk.Walk(file, container, sniffed.StartByte, "a");
                    Assert.True(structure.SamplesPerChannel is null or >= 0);
                    Assert.True(PictureSize.Read(file, container) is null or { WidthPixels: > 0, HeightPixels: > 0 });
                    Assert.All(structure.Findings, f => Assert.NotEqual(Severity.Reject, f.Severity));
                }
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"round {round}: {Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 200)))}: {e}");
            }
        }
    }

    [Fact]
    public void Every_valid_start_is_recognised()
    {
        string[] expected = ["wav", "rf64", "aiff", "flac", "mp3", "mp4", "ogg", "caf", "w64", "png", "jpeg", "wav"];

        Assert.Equal(expected, Valid.Select(bytes => ContainerSniffer.SniffFile(new MediaBytes(new MemoryStream(bytes))).Container?.Name));
    }

    [Fact]
    public void Only_a_whole_prefix_of_a_WAV_escapes_the_finding_that_it_is_cut_off()
    {
        var wav = SomeSound.Wav(0.02);
        for (var length = 12; length < wav.Length; length++)
        {
            var structure = StructureWalk.Walk(new MediaBytes(new MemoryStream(wav[..length])), Container.Wav, 0, "a");
            Assert.True(structure.Findings.Stop(), $"cut to {length} of {wav.Length} bytes");
        }
        Assert.Empty(StructureWalk.Walk(new MediaBytes(new MemoryStream(wav)), Container.Wav, 0, "a").Findings);
    }

    private static byte[] Damage(byte[] valid, Random random)
    {
        var bytes = (byte[])valid.Clone();
        for (var changes = random.Next(6); changes > 0; changes--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    // Lengths at their extremes are where walkers fall.
                    bytes.AsSpan(at, Math.Min(random.Next(9), bytes.Length - at)).Fill(random.Next(2) == 0 ? (byte)0xFF : (byte)0);
                    break;
                case 2:
                    random.NextBytes(bytes.AsSpan(at, Math.Min(random.Next(16), bytes.Length - at)));
                    break;
                default:
                    bytes = bytes[..Math.Max(1, at)];
                    break;
            }
        }
        return bytes;
    }
}
