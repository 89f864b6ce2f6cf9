using System.Buffers.Binary;

namespace Composer;

/// <summary>A WAV file with integer samples: RIFF, <c>fmt </c> with format tag 1 (PCM), <c>data</c>.</summary>
internal static class WaveFile
{
    private const int HeaderBytes = 44;
    private const int Channels = 2;

    public static void Write(string path, Mix mix, int bitsPerSample)
    {
        var bytesPerSample = bitsPerSample / 8;
        var dataBytes = mix.Frames * Channels * bytesPerSample;
        var file = new byte[HeaderBytes + dataBytes];
        var header = file.AsSpan();
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], HeaderBytes - 8 + dataBytes);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], Channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], mix.RateHz);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], mix.RateHz * Channels * bytesPerSample);
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], (short)(Channels * bytesPerSample));
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], (short)bitsPerSample);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], dataBytes);

        var fullScale = (double)((1 << (bitsPerSample - 1)) - 1);
        var dither = new Noise(0x5EED_0000_0000_0002);
        var left = mix.Left;
        var right = mix.Right;
        var at = HeaderBytes;
        for (var i = 0; i < mix.Frames; i++)
        {
            at = Put(file, at, left[i], fullScale, bytesPerSample, dither);
            at = Put(file, at, right[i], fullScale, bytesPerSample, dither);
        }
        File.WriteAllBytes(path, file);
    }

    // Triangular dither of one step each way: rounding becomes noise instead of distortion.
    private static int Put(byte[] file, int at, double sample, double fullScale, int bytesPerSample, Noise dither)
    {
        var value = (int)Math.Floor(sample * fullScale + 0.5 * (dither.Next() + dither.Next()) + 0.5);
        for (var shift = 0; shift < 8 * bytesPerSample; shift += 8)
        {
            file[at++] = (byte)(value >> shift);
        }
        return at;
    }
}
