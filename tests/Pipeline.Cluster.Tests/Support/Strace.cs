using System.Diagnostics;
using System.Globalization;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests.Support;

/// <summary>A fault that the kernel itself seems to make: strace answers the call of a running node in its place.</summary>
internal sealed class Strace : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _output;

    private Strace(Process process, string output) => (_process, _output) = (process, output);

    /// <summary>Skips the test where strace is not installed, or may not trace.</summary>
    public static void Require() => StraceProgram.Require();

    /// <summary>Attaches; each thread's call number <paramref name="when"/> of <paramref name="call"/> on the path meets the fault.</summary>
    /// <param name="fault"><c>error=EIO</c>, <c>signal=KILL</c>, …</param>
    public static async Task<Strace> AttachAsync(int pid, string call, string path, string fault, int when, string output)
    {
        var start = new ProcessStartInfo("strace") { RedirectStandardError = true };
        foreach (var argument in (string[])["-f", "-p", pid.ToString(CultureInfo.InvariantCulture), "-o", output, "-P", path, "-e", $"trace={call}", "-e", $"inject={call}:{fault}:when={when.ToString(CultureInfo.InvariantCulture)}"])
        {
            start.ArgumentList.Add(argument);
        }
        var process = Process.Start(start)!;
        // It says so once it holds every thread there is.
        while (await process.StandardError.ReadLineAsync() is { } line && !line.Contains("attached", StringComparison.Ordinal))
        {
            Assert.DoesNotContain("failed", line, StringComparison.OrdinalIgnoreCase);
        }
        _ = process.StandardError.ReadToEndAsync();
        return new Strace(process, output);
    }

    /// <summary>A call met the fault.</summary>
    public bool HasMet => Calls().Contains("INJECTED", StringComparison.Ordinal) || HasKilled;

    private bool HasKilled => Calls().Contains("SIGKILL", StringComparison.Ordinal);

    /// <summary>Lets go; true when the fault was met.</summary>
    public async Task<bool> DetachAsync()
    {
        if (HasKilled)
        {
            // It may wait for ever for a thread of the dead process, which keeps that one's sockets open.
            _process.Kill();
        }
        else if (!_process.HasExited)
        {
            using var stop = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await stop.WaitForExitAsync();
        }
        await _process.WaitForExitAsync();
        var met = HasMet;
        File.Delete(_output);
        return met;
    }

    public async ValueTask DisposeAsync()
    {
        await DetachAsync();
        _process.Dispose();
    }

    private string Calls() => File.Exists(_output) ? File.ReadAllText(_output) : "";
}
