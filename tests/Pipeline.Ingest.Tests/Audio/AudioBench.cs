using System.Diagnostics;
using Pipeline.Ingest.Audio;

namespace Pipeline.Ingest.Tests.Audio;

/// <summary>A folder to make files in, the installed encoders, and the real decoder in the strongest cage there is.</summary>
public sealed class AudioBench : IAsyncLifetime, IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("mp-audio-").FullName;

    public Sandbox Sandbox { get; private set; } = new(SandboxStrength.None, "not probed yet");

    private IAudioDecoder? _decoder;

    public async Task InitializeAsync()
    {
        Sandbox = await SandboxProbe.Run(AudioTools.Installed(), CancellationToken.None);
        _decoder = new FfmpegInSandbox(Sandbox, allowWeak: true, AudioTools.Installed());
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>The real decoder; skips where none can run.</summary>
    public IAudioDecoder Decoder
    {
        get
        {
            Skip.If(Sandbox.Strength == SandboxStrength.None, Sandbox.Reason);
            return _decoder!;
        }
    }

    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder, OwnFolder(), name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Inspects bytes under a name.</summary>
    public Task<Inspection> Inspect(string name, byte[] bytes) => AudioInspection.Inspect(Write(name, bytes), Decoder, CancellationToken.None);

    public async Task<Inspection.Done> InspectDone(string name, byte[] bytes)
    {
        var inspection = await Inspect(name, bytes);
        Assert.True(inspection is Inspection.Done, inspection.ToString());
        return (Inspection.Done)inspection;
    }

    /// <summary>Runs an installed encoder in the folder; skips when it is not installed.</summary>
    public byte[] Encode(string tool, string inputName, byte[] input, string outputName, Func<string, string, IEnumerable<string>> arguments)
    {
        var from = Write(inputName, input);
        var to = Path.Combine(Path.GetDirectoryName(from)!, outputName);
        var start = new ProcessStartInfo(tool, arguments(from, to)) { RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            using var process = Process.Start(start)!;
            var complaints = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{tool}: {complaints}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip.If(true, $"{tool} is not installed");
        }
        return File.ReadAllBytes(to);
    }

    public byte[] Flac(byte[] wav) => Encode("flac", "in.wav", wav, "out.flac", (from, to) => ["-s", "-f", "-o", to, from]);

    public byte[] Ffmpeg(byte[] input, string outputName, params string[] options) =>
        Encode("ffmpeg", "in.wav", input, outputName, (from, to) => ["-v", "error", "-y", "-i", from, .. options, to]);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    // Files of one name must not meet.
    private int _count;

    private string OwnFolder() => $"{Interlocked.Increment(ref _count)}";
}
