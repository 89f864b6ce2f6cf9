using System.Diagnostics;

namespace Pipeline.Cluster.Tests.Support;

/// <summary>A real <c>mp log witness</c> in a process of its own.</summary>
internal sealed class WitnessProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private WitnessProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>A policy that trusts the witnessed log and requires this witness, with its address.</summary>
    public string Policy { get; private set; } = "";

    /// <summary>Starts and waits until it serves.</summary>
    /// <param name="vkey">File with the log's verifier key.</param>
    public static async Task<WitnessProcess> StartAsync(string data, string vkey, int port)
    {
        var start = new ProcessStartInfo(
            MpProcess.Binary, ["log", "witness", "--data", data, "--log-vkey", vkey, "--listen", $"127.0.0.1:{port}", "--print-policy"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var witness = new WitnessProcess(Process.Start(start)!, port);
        using var limit = new CancellationTokenSource(Patience);
        for (var line = ""; !line.StartsWith("quorum ", StringComparison.Ordinal);)
        {
            line = await witness._process.StandardOutput.ReadLineAsync(limit.Token)
                ?? throw new InvalidOperationException($"the witness ended: {await witness._process.StandardError.ReadToEndAsync(limit.Token)}");
            witness.Policy += line + "\n";
        }
        var serves = await witness._process.StandardError.ReadLineAsync(limit.Token);
        Assert.Contains("serves", serves, StringComparison.Ordinal);
        return witness;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }
        _process.Dispose();
    }
}
