using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Pipeline.Cluster.Tests.Support;

/// <summary>Release folders as a small label would send them, written in code; one seed is one sound.</summary>
internal static class ReleaseFolders
{
    public const int RateHz = 44_100;

    /// <summary>One track as the manifest names it, and the sound that is put beside it.</summary>
    /// <param name="Sound">Same number, length: same samples.</param>
    internal sealed record Track(int Sound, string? Isrc, string Title = "Tone", int Seconds = 31);

    /// <summary>Writes a folder with <c>release.json</c> and FLAC files, and returns its path.</summary>
    /// <param name="change">Last word over the manifest.</param>
    public static string Write(
        string parent, string id, IReadOnlyList<Track> tracks, int revision = 1, string created = "2026-09-01T10:00:00Z",
        Action<JsonObject>? change = null, bool withAudio = true)
    {
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"{id}-{revision}")).FullName;
        var list = new JsonArray();
        for (var i = 0; i < tracks.Count; i++)
        {
            var track = tracks[i];
            var file = string.Create(CultureInfo.InvariantCulture, $"{i + 1:00}.flac");
            var entry = new JsonObject { ["title"] = track.Title, ["file"] = file, ["pLineYear"] = 2026 };
            if (track.Isrc is not null)
            {
                entry["isrc"] = track.Isrc;
            }
            list.Add(entry);
            if (withAudio)
            {
                File.Copy(Sounds.Flac(track.Sound, track.Seconds), Path.Combine(folder, file));
            }
        }
        var manifest = new JsonObject
        {
            ["id"] = id,
            ["revision"] = revision,
            ["created"] = created,
            ["title"] = $"Release {id}",
            ["artist"] = "The Test Signals",
            ["releaseDate"] = "2026-10-01",
            ["tracks"] = list,
        };
        change?.Invoke(manifest);
        File.WriteAllText(Path.Combine(folder, "release.json"), manifest.ToJsonString());
        return folder;
    }

    /// <summary>A release of one track that is like no other.</summary>
    public static string Single(string parent, int number) =>
        Write(parent, $"single-{number}", [new Track(number, Isrc(number))]);

    public static string Isrc(int number) => string.Create(CultureInfo.InvariantCulture, $"QZZZZ26{number:00000}");
}

/// <summary>Sounds by number, made once a run: a quiet triangle wave, which FLAC keeps in a few kilobytes.</summary>
internal static class Sounds
{
    private const int Channels = 2;
    private const int HeaderBytes = 44;
    private static readonly string Folder = Directory.CreateTempSubdirectory("mp-sounds-").FullName;
    private static readonly Lock Making = new();

    static Sounds() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Folder, recursive: true);

    /// <summary>Path of a FLAC file with this sound.</summary>
    public static string Flac(int number, int seconds)
    {
        lock (Making)
        {
            var made = Path.Combine(Folder, $"{number}-{seconds}.flac");
            if (!File.Exists(made))
            {
                var wav = Path.Combine(Folder, "sound.wav");
                File.WriteAllBytes(wav, Wav(number, seconds));
                using var flac = Process.Start("flac", ["--silent", "--force", "-3", "-o", made, wav]);
                flac.WaitForExit();
                Assert.Equal(0, flac.ExitCode);
            }
            return made;
        }
    }

    /// <summary>16 bit, 44.1 kHz, stereo.</summary>
    public static byte[] Wav(int number, int seconds)
    {
        var frames = ReleaseFolders.RateHz * seconds;
        var wav = new byte[HeaderBytes + frames * Channels * sizeof(short)];
        "RIFF"u8.CopyTo(wav);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(4), wav.Length - 8);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(22), Channels);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(24), ReleaseFolders.RateHz);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(28), ReleaseFolders.RateHz * Channels * sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(32), Channels * sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(34), 16);
        "data"u8.CopyTo(wav.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), wav.Length - HeaderBytes);
        // Half a period and slope are whole numbers, so that FLAC predicts nearly every sample.
        var half = 40 + number % 60;
        var slope = 8 + number / 60;
        for (var frame = 0; frame < frames; frame++)
        {
            var phase = frame % (2 * half);
            var sample = (short)(((phase < half ? phase : 2 * half - phase) - half / 2) * slope);
            BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(HeaderBytes + frame * 4), sample);
            BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(HeaderBytes + frame * 4 + 2), (short)-sample);
        }
        return wav;
    }
}
