using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Pipeline.Ingest.Tests.Audio;

/// <summary>Sound files made by hand, byte for byte known.</summary>
internal static class SomeSound
{
    public const int Rate = 44_100;

    /// <summary>16-bit stereo samples: two tones that differ, so that no check of sameness is met by accident.</summary>
    public static short[] Tones(double seconds, int rate = Rate, int channels = 2)
    {
        var frames = (int)(seconds * rate);
        var samples = new short[frames * channels];
        for (var i = 0; i < samples.Length; i++)
        {
            var t = i / channels / (double)rate;
            samples[i] = (short)(12_000 * Math.Sin(2 * Math.PI * (440 + 110 * (i % channels)) * t));
        }
        return samples;
    }

    public static byte[] Wav(short[] samples, int rate = Rate, int channels = 2, byte[]? after = null)
    {
        var data = Bytes(samples);
        return Riff(Fmt(1, channels, rate, channels * 2, 16), Chunk("data", data), after ?? []);
    }

    public static byte[] Wav(double seconds = 2) => Wav(Tones(seconds));

    public static byte[] Riff(params byte[][] chunks)
    {
        byte[] body = [.. "WAVE"u8, .. chunks.SelectMany(c => c)];
        return [.. "RIFF"u8, .. Le32((uint)body.Length), .. body];
    }

    public static byte[] Fmt(int tag, int channels, int rate, int blockAlign, int bits) =>
        Chunk("fmt ", [.. Le16(tag), .. Le16(channels), .. Le32((uint)rate), .. Le32((uint)(rate * blockAlign)), .. Le16(blockAlign), .. Le16(bits)]);

    public static byte[] Chunk(string id, byte[] payload) =>
        [.. Encoding.ASCII.GetBytes(id), .. Le32((uint)payload.Length), .. payload, .. payload.Length % 2 == 1 ? [(byte)0] : Array.Empty<byte>()];

    public static byte[] Rf64(string magic, short[] samples)
    {
        var data = Bytes(samples);
        var fmt = Fmt(1, 2, Rate, 4, 16);
        byte[] ds64 = [.. "ds64"u8, .. Le32(28), .. Le64(4 + 36 + fmt.Length + 8 + data.Length), .. Le64(data.Length), .. Le64(data.Length / 4), .. Le32(0)];
        return [.. Encoding.ASCII.GetBytes(magic), .. Le32(uint.MaxValue), .. "WAVE"u8, .. ds64, .. fmt, .. "data"u8, .. Le32(uint.MaxValue), .. data];
    }

    public static byte[] Aiff(short[] samples)
    {
        var data = Bytes(samples);
        for (var i = 0; i < data.Length; i += 2)
        {
            (data[i], data[i + 1]) = (data[i + 1], data[i]);
        }
        byte[] comm = [.. "COMM"u8, .. Be32(18), 0, 2, .. Be32((uint)(samples.Length / 2)), 0, 16, 0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0];
        byte[] ssnd = [.. "SSND"u8, .. Be32((uint)(data.Length + 8)), .. Be32(0), .. Be32(0), .. data];
        return [.. "FORM"u8, .. Be32((uint)(4 + comm.Length + ssnd.Length)), .. "AIFF"u8, .. comm, .. ssnd];
    }

    /// <summary>A zip archive with one small file in it.</summary>
    public static byte[] Zip()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("evil.html").Open();
            entry.Write("<script>alert(1)</script>"u8);
        }
        return bytes.ToArray();
    }

    /// <summary>What every decoder here hashes: the samples as interleaved 32-bit integers.</summary>
    public static byte[] AsPcm32(short[] samples)
    {
        var bytes = new byte[samples.Length * 4];
        for (var i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), samples[i] << 16);
        }
        return bytes;
    }

    public static byte[] Le16(int value) => [(byte)value, (byte)(value >> 8)];

    public static byte[] Le32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Le64(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Be32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Bytes(short[] samples)
    {
        var bytes = new byte[samples.Length * 2];
        Buffer.BlockCopy(samples, 0, bytes, 0, bytes.Length);
        return bytes;
    }
}
