namespace Pipeline.Ingest.Audio;

/// <summary>One MPEG audio layer III frame header (ISO 11172-3 section 2.4.1.3, ISO 13818-3).</summary>
public readonly record struct MpegFrame(int SampleRateHz, int Channels, int SamplesPerFrame, int LengthBytes, bool Mpeg1)
{
    private static ReadOnlySpan<short> Mpeg1Kilobits => [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];

    private static ReadOnlySpan<short> Mpeg2Kilobits => [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

    /// <summary>True when a layer III frame with a real bit rate and sample rate begins here.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out MpegFrame frame)
    {
        frame = default;
        if (bytes.Length < 4 || bytes[0] != 0xFF || (bytes[1] & 0xE6) != 0xE2 || (bytes[1] & 0x18) == 0x08)
        {
            return false;
        }
        var version = (bytes[1] >> 3) & 3;
        var mpeg1 = version == 3;
        var kilobits = (mpeg1 ? Mpeg1Kilobits : Mpeg2Kilobits)[bytes[2] >> 4];
        var rateIndex = (bytes[2] >> 2) & 3;
        if (kilobits == 0 || rateIndex == 3)
        {
            return false;
        }
        var rate = ((ReadOnlySpan<int>)[44100, 48000, 32000])[rateIndex] >> (mpeg1 ? 0 : version == 2 ? 1 : 2);
        var samples = mpeg1 ? 1152 : 576;
        frame = new MpegFrame(
            rate, bytes[3] >> 6 == 3 ? 1 : 2, samples, samples / 8 * kilobits * 1000 / rate + ((bytes[2] >> 1) & 1), mpeg1);
        return true;
    }

    /// <summary>Bytes of side information after the four header bytes; a Xing tag stands behind them.</summary>
    public int SideInformationBytes => (Mpeg1, Channels) switch
    {
        (true, 1) => 17,
        (true, _) => 32,
        (false, 1) => 9,
        _ => 17,
    };
}
