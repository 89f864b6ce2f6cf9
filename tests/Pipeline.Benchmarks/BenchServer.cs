using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.Benchmarks;

/// <summary>A server under test or beside it, on a port of its own; gone with its process when disposed.</summary>
internal sealed class BenchServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private BenchServer(Process process, int port)
    {
        _process = process;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}/"),
            Timeout = TimeSpan.FromMinutes(5),
        };
    }

    public HttpClient Http { get; }

    /// <summary>Ours.</summary>
    public static BenchServer Node(string data)
    {
        var port = FreePort();
        var mp = Path.Combine(Repository(), "artifacts", "mp", "mp");
        var server = new BenchServer(Start(mp, "node", "--data", data, "--urls", $"http://127.0.0.1:{port}", "--open-loopback"), port);
        server.Until(() => server.Http.GetAsync("readyz").GetAwaiter().GetResult().IsSuccessStatusCode);
        return server;
    }

    /// <summary>@tus/server with its file store, as its own documentation sets it up.</summary>
    public static BenchServer Tus(string folder)
    {
        Directory.CreateDirectory(folder);
        var process = Start("node", Path.Combine(Repository(), "artifacts", "tus-server", "server.js"), folder);
        var port = int.Parse(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("@tus/server did not start"), CultureInfo.InvariantCulture);
        return new BenchServer(process, port);
    }

    /// <summary>nginx with its WebDAV module: what a plain PUT costs.</summary>
    public static BenchServer Nginx(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "files"));
        var port = FreePort();
        var configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            daemon off; master_process off; pid {{folder}}/pid; error_log {{folder}}/error.log;
            events {}
            http {
              access_log off; client_max_body_size 0; client_body_temp_path {{folder}}/body;
              server { listen 127.0.0.1:{{port}}; location / { root {{folder}}/files; dav_methods PUT; } }
            }
            """);
        var server = new BenchServer(Start("nginx", "-c", configuration, "-p", folder), port);
        server.Until(() => server.Http.GetAsync("").GetAwaiter().GetResult() is not null);
        return server;
    }

    public void Dispose()
    {
        Http.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Process Start(string program, params IReadOnlyList<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Asks until it holds; a refused connection means that it does not listen yet.</summary>
    public void Until(Func<bool> done)
    {
        var started = Stopwatch.GetTimestamp();
        using var tick = new ManualResetEventSlim();
        while (true)
        {
            try
            {
                if (done())
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not listening yet.
            }
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException("a server did not answer");
            }
            // A refused connection costs a processor that the server would rather have.
            tick.Wait(20);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Root of the working copy that this program was built in.</summary>
    public static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "MusicPipeline.sln")))
        {
            folder = folder.Parent;
        }
        return folder.FullName;
    }
}
