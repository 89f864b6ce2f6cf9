using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace Pipeline.Browser.Tests;

/// <summary>A release folder with one quiet tone, long enough to pass; its number makes it differ from every other.</summary>
public sealed class SmallRelease : IDisposable
{
    private const int Rate = 44_100;
    private const int Seconds = 32;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mp-release-");

    public SmallRelease(int number, string title = "")
    {
        Title = title.Length > 0 ? title : $"Quiet Tone {number}";
        Isrc = string.Create(CultureInfo.InvariantCulture, $"QZMP126{number:D5}");
        Id = string.Create(CultureInfo.InvariantCulture, $"quiet-tone-{number}");
        File.WriteAllBytes(System.IO.Path.Combine(Path, "tone.wav"), Tone(200 + number * 7));
        File.WriteAllBytes(System.IO.Path.Combine(Path, "release.json"), JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = Id,
            revision = 1,
            created = "2026-09-01T10:00:00Z",
            title = Title,
            artist = "The Sample Rates",
            releaseDate = "2026-10-01",
            tracks = new[] { new { title = "Tone", isrc = Isrc, file = "tone.wav", pLineYear = 2026 } },
        }));
    }

    public string Path => _folder.FullName;

    public string Id { get; }

    public string MessageId => Id + "#1";

    public string Title { get; }

    public string Isrc { get; }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>16-bit mono PCM in a RIFF WAVE file.</summary>
    private static byte[] Tone(int hertz)
    {
        const int DataBytes = Rate * Seconds * 2;
        var file = new byte[44 + DataBytes];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), 36 + DataBytes);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), Rate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), Rate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), DataBytes);
        for (var i = 0; i < Rate * Seconds; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(
                file.AsSpan(44 + i * 2), (short)(3000 * Math.Sin(2 * Math.PI * hertz * i / Rate)));
        }
        return file;
    }
}
