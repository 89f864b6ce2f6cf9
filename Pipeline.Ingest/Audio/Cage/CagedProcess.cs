using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Pipeline.Ingest.Audio;

/// <summary>A limit of ours that a decoder ran into. The name is written into findings.</summary>
public enum DecoderLimit
{
    Time,
    Memory,
    Output,
    Files,
}

/// <summary>How one run of a tool ended.</summary>
internal abstract record ProcessEnd
{
    private ProcessEnd()
    {
    }

    public sealed record Exited(int Code, string Stderr) : ProcessEnd;

    public sealed record Limited(DecoderLimit Limit) : ProcessEnd;

    /// <summary>Died by a signal that none of our limits explains, or could not be started.</summary>
    public sealed record Died(string Why) : ProcessEnd;
}

/// <summary>Receives what a tool writes to its standard output.</summary>
internal delegate void OutputSink(ReadOnlySpan<byte> bytes);

/// <summary>Runs one command to its end or to a limit, whichever is first; leaves no process behind.</summary>
internal static class CagedProcess
{
    private const int ReadBytes = 128 * 1024;

    // A shell reports death by signal N as 128 + N; so do bubblewrap and the runtime.
    private const int SignalBase = 128;
    private const int LastSignal = 31;
    private const int CpuLimitSignal = 24;
    private const int FileSizeSignal = 25;

    /// <exception cref="OperationCanceledException">The caller gave up; the process is dead.</exception>
    public static async Task<ProcessEnd> Run(
        ProcessStartInfo command, int seconds, long stdoutBytes, OutputSink stdout, CancellationToken cancel)
    {
        using var process = new Process { StartInfo = command };
        try
        {
            await LaunchThread.Start(process);
        }
        catch (Win32Exception missing)
        {
            return new ProcessEnd.Died($"{command.FileName} cannot be started: {missing.Message}");
        }
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            process.StandardInput.Close();
            var complaints = KeepStart(process.StandardError.BaseStream, deadline.Token);
            var inTime = await Copy(process.StandardOutput.BaseStream, stdoutBytes, stdout, deadline.Token);
            if (!inTime)
            {
                return new ProcessEnd.Limited(DecoderLimit.Output);
            }
            var stderr = await complaints;
            await process.WaitForExitAsync(deadline.Token);
            return Judge(process.ExitCode, stderr);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new ProcessEnd.Limited(DecoderLimit.Time);
        }
        finally
        {
            await Kill(process);
        }
    }

    private static ProcessEnd Judge(int code, string stderr) => (code - SignalBase) switch
    {
        CpuLimitSignal => new ProcessEnd.Limited(DecoderLimit.Time),
        FileSizeSignal => new ProcessEnd.Limited(DecoderLimit.Files),
        > 0 and <= LastSignal and var signal => new ProcessEnd.Died($"killed by signal {signal}"),
        _ when code != 0 && stderr.Contains("Cannot allocate memory", StringComparison.Ordinal) =>
            new ProcessEnd.Limited(DecoderLimit.Memory),
        _ => new ProcessEnd.Exited(code, stderr),
    };

    /// <summary>False when the tool wrote more than <paramref name="limitBytes"/>.</summary>
    private static async Task<bool> Copy(Stream from, long limitBytes, OutputSink to, CancellationToken cancel)
    {
        var buffer = new byte[ReadBytes];
        // WaitAsync: a grandchild may hold the pipe open after its parent died, and a read of a pipe may not be cancellable.
        for (int read; (read = await from.ReadAsync(buffer, cancel).AsTask().WaitAsync(cancel)) > 0;)
        {
            limitBytes -= read;
            if (limitBytes < 0)
            {
                return false;
            }
            to(buffer.AsSpan(0, read));
        }
        return true;
    }

    private static async Task<string> KeepStart(Stream from, CancellationToken cancel)
    {
        var kept = new MemoryStream();
        var buffer = new byte[ReadBytes];
        for (int read; (read = await from.ReadAsync(buffer, cancel).AsTask().WaitAsync(cancel)) > 0;)
        {
            kept.Write(buffer, 0, (int)Math.Min(read, DecoderLimits.StderrBytes - kept.Length));
        }
        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }

    private static async Task Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself between the question and the kill.
        }
        await process.WaitForExitAsync(CancellationToken.None);
    }
}
