using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pipeline.Browser.Tests;

/// <summary>The built <c>mp</c>, as a process of its own on a free port and a data directory that goes with it.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly string Program = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Pipeline.Actors",
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "mp"));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mp-browser-");
    private readonly bool _openLoopback;
    private readonly StringBuilder _said = new();
    private Process? _process;

    private NodeProcess(bool openLoopback)
    {
        _openLoopback = openLoopback;
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}");
    }

    public string Url { get; }

    /// <summary>What the node wrote so far.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    private string Data => Path.Combine(_folder.FullName, "data");

    public static async Task<NodeProcess> StartAsync(bool openLoopback)
    {
        var node = new NodeProcess(openLoopback);
        await node.StartAsync();
        return node;
    }

    public async Task StartAsync()
    {
        _process = Start(["node", "--data", Data, "--urls", Url, .. _openLoopback ? ["--open-loopback"] : Array.Empty<string>()]);
        DataReceivedEventHandler listen = (_, line) =>
        {
            lock (_said)
            {
                _said.AppendLine(line.Data);
            }
        };
        _process.OutputDataReceived += listen;
        _process.ErrorDataReceived += listen;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (var since = Stopwatch.StartNew(); since.Elapsed < Patience; await Task.Delay(100))
        {
            if (_process.HasExited)
            {
                break;
            }
            try
            {
                if ((await http.GetAsync(new Uri(Url + "/readyz"))).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not yet.
            }
        }
        throw new InvalidOperationException($"the node did not become ready:\n{Said}");
    }

    /// <summary>As an operator stops it: it ends in order, with open pages or without.</summary>
    public async Task StopAsync()
    {
        using var asked = Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        Assert.Equal(0, _process.ExitCode);
    }

    /// <summary>Hands a folder in as the tenant of the machine, or as a key's, and waits for its fate.</summary>
    public Task<string> IngestAsync(string folder, string? key = null) => RunAsync(
        key is null ? ["ingest", folder, "--data", Data, "--json"] : ["ingest", folder, "--server", Url, "--key", key, "--json"]);

    public async Task<string> KeyAsync(string name, string tenant) =>
        (await RunAsync(["key", "add", name, "--tenant", tenant, "--role", "artist", "--data", Data])).Trim();

    /// <summary>Runs a verb; its standard output. Fails the test unless it answers yes.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"mp {string.Join(' ', arguments)}: exit {process.ExitCode}\n{output}\n{await errors}");
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Process Start(string[] arguments) => Process.Start(new ProcessStartInfo(Program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
