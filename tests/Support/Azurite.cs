using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Pipeline.Tests.Support;

/// <summary>
/// An Azurite of the test's own, on a free port: Azure Blob Storage's interface on a folder. Installed once by lock file
/// into <c>artifacts/azurite</c>. It is no store of record: killed, it forgets what it acknowledged a moment ago.
/// </summary>
public sealed class Azurite : IAsyncDisposable
{
    private const string Account = "mptests";
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);
    private static readonly Lazy<string?> Program = new(Install);

    private readonly string _folder = Directory.CreateTempSubdirectory("mp-azurite-").FullName;
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private Process? _process;

    private Azurite()
    {
    }

    public int Port { get; private set; }

    public string Connection => ConnectionThrough(Port);

    public static async Task<Azurite> StartAsync()
    {
        Skip.If(Program.Value is null, "npm and node are not installed");
        var azurite = new Azurite();
        await azurite.LaunchAsync();
        return azurite;
    }

    /// <summary>The connection string by way of a proxy on another port of this machine.</summary>
    public string ConnectionThrough(int port) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={_key};BlobEndpoint=http://127.0.0.1:{port}/{Account};";

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>On the same folder and port.</summary>
    public Task RestartAsync() => LaunchAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private async Task LaunchAsync()
    {
        var start = new ProcessStartInfo("node")
        {
            ArgumentList =
            {
                Program.Value!, "--blobHost", "127.0.0.1", "--blobPort", Port.ToString(CultureInfo.InvariantCulture),
                "--location", _folder, "--disableTelemetry",
            },
            RedirectStandardOutput = true,
            Environment = { ["AZURITE_ACCOUNTS"] = $"{Account}:{_key}" },
        };
        var listens = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.IndexOf("successfully listens on http://127.0.0.1:", StringComparison.Ordinal) is >= 0)
            {
                listens.TrySetResult(int.Parse(line.Data[(line.Data.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
            }
        };
        _process.Exited += (_, _) => listens.TrySetException(new InvalidOperationException("azurite ended before it listened"));
        _process.Start();
        _process.BeginOutputReadLine();
        Port = await listens.Task.WaitAsync(StartPatience);
    }

    /// <summary>Path of the program; null where npm or node are missing.</summary>
    private static string? Install()
    {
        if (!CanRun("npm") || !CanRun("node"))
        {
            return null;
        }
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "MusicPipeline.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("the tests do not run inside the sources");
        }
        var from = Path.Combine(root.FullName, "tests", "Support", "azurite");
        var to = Directory.CreateDirectory(Path.Combine(root.FullName, "artifacts", "azurite")).FullName;
        var done = Path.Combine(to, "installed-by.json");
        // Several test projects may come here at once.
        using var held = WaitForLock(Path.Combine(to, "lock"));
        var lockFile = File.ReadAllBytes(Path.Combine(from, "package-lock.json"));
        if (!File.Exists(done) || !File.ReadAllBytes(done).AsSpan().SequenceEqual(lockFile))
        {
            foreach (var file in Directory.EnumerateFiles(from))
            {
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
            }
            using var npm = Process.Start(new ProcessStartInfo(
                "npm", ["--prefix", to, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            { RedirectStandardOutput = true })!;
            npm.StandardOutput.ReadToEnd();
            if (!npm.WaitForExit(InstallPatience) || npm.ExitCode != 0)
            {
                throw new InvalidOperationException("npm ci of azurite failed");
            }
            // Last, so that an installation that was cut short is done again.
            File.WriteAllBytes(done, lockFile);
        }
        return Path.Combine(to, "node_modules", "azurite", "dist", "src", "blob", "main.js");
    }

    private static FileStream WaitForLock(string path)
    {
        using var instant = new ManualResetEventSlim();
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < InstallPatience)
            {
                instant.Wait(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private static bool CanRun(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
