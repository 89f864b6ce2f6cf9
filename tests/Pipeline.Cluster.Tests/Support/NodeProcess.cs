using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Pipeline.Actors.Hosting;

namespace Pipeline.Cluster.Tests.Support;

/// <summary>
/// A real <c>mp node</c> in a process of its own: started, waited for, killed like the kernel kills, its log kept in a
/// file. The node's own words are printed when something is wrong with it.
/// </summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Lock _writing = new();
    private readonly long _launched = Stopwatch.GetTimestamp();

    private NodeProcess(Process process, string data, int? port, StreamWriter log)
    {
        (_process, Data, Port, _log) = (process, data, port, log);
        Local = new HttpClient(Socket(DataDirectory.SocketOf(data))) { BaseAddress = new Uri("http://node/"), Timeout = TimeSpan.FromSeconds(90) };
    }

    public string Data { get; }

    /// <summary>The port of <c>--urls</c>; null serves only the socket.</summary>
    public int? Port { get; }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Speaks through the data directory's socket, as the machine's administrator.</summary>
    public HttpClient Local { get; }

    /// <summary>From start to the first healthy answer of <c>/readyz</c>.</summary>
    public TimeSpan StartToReady { get; private set; }

    /// <summary>Starts, and waits until it is ready.</summary>
    public static async Task<NodeProcess> StartAsync(string data, int? port = null, params string[] options)
    {
        var node = Launch(data, port, null, options);
        await node.ReadyAsync(TimeSpan.FromSeconds(60));
        return node;
    }

    /// <summary>Starts and does not wait.</summary>
    /// <param name="path">PATH of the process; null inherits.</param>
    public static NodeProcess Launch(string data, int? port, string? path, params string[] options)
    {
        var start = new ProcessStartInfo(MpProcess.Binary) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        string[] urls = port is { } p ? ["--urls", $"http://127.0.0.1:{p}"] : ["--urls", ";"];
        foreach (var argument in (string[])["node", "--data", data, .. urls, .. options])
        {
            start.ArgumentList.Add(argument);
        }
        if (path is not null)
        {
            start.Environment["PATH"] = path;
        }
        var log = new StreamWriter(data.TrimEnd('/') + ".node.log", append: true) { AutoFlush = true };
        var node = new NodeProcess(new Process { StartInfo = start }, data, port, log);
        node._process.OutputDataReceived += (_, line) => node.Note(line.Data);
        node._process.ErrorDataReceived += (_, line) => node.Note(line.Data);
        node._process.Start();
        node._process.StandardInput.Close();
        node._process.BeginOutputReadLine();
        node._process.BeginErrorReadLine();
        return node;
    }

    /// <summary>Waits for a healthy <c>/readyz</c>.</summary>
    /// <exception cref="InvalidOperationException">The node ended or stayed unready; the message holds its last words.</exception>
    public async Task ReadyAsync(TimeSpan atMost)
    {
        if (!await Eventually.TryAsync(async () => _process.HasExited || await ReadyzAsync() == HttpStatusCode.OK, atMost, TimeSpan.FromMilliseconds(20))
            || _process.HasExited)
        {
            throw new InvalidOperationException($"the node is not ready{(_process.HasExited ? $", it ended with {_process.ExitCode}" : "")}: {LastWords()}");
        }
        StartToReady = Stopwatch.GetElapsedTime(_launched);
    }

    /// <summary>The status of <c>/readyz</c>; null when nobody answers.</summary>
    public async Task<HttpStatusCode?> ReadyzAsync()
    {
        try
        {
            using var response = await Local.GetAsync("readyz");
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>SIGKILL: nothing of the process runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and how it ended.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>For a node that is expected to end by itself: its exit code.</summary>
    public async Task<int> EndedAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async Task<LogAnswer> LogAsync() =>
        JsonSerializer.Deserialize(await Local.GetByteArrayAsync("api/v1/log"), AnswerJson.Default.LogAnswer)!;

    public async Task<IReadOnlyList<ReleaseAnswer>> ReleasesAsync() =>
        JsonSerializer.Deserialize(await Local.GetByteArrayAsync("api/v1/releases"), AnswerJson.Default.IReadOnlyListReleaseAnswer)!;

    /// <summary>The end of what the node said.</summary>
    public string LastWords()
    {
        var all = Words();
        return string.Join('\n', all[^Math.Min(60, all.Length)..]);
    }

    /// <summary>All that the node said so far, and its predecessors on the same directory.</summary>
    public string[] Words()
    {
        lock (_writing)
        {
            return File.ReadAllLines(Data.TrimEnd('/') + ".node.log");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }
        Local.Dispose();
        _process.Dispose();
        lock (_writing)
        {
            _log.Dispose();
        }
    }

    /// <summary>A port nobody listens on at this moment.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private void Note(string? line)
    {
        lock (_writing)
        {
            if (line is not null && _log.BaseStream is { CanWrite: true })
            {
                _log.WriteLine(line);
            }
        }
    }

    private static SocketsHttpHandler Socket(string path) => new()
    {
        ConnectCallback = async (_, token) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
            return new NetworkStream(connection, ownsSocket: true);
        },
    };
}
