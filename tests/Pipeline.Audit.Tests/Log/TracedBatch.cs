using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Audit.Tests.Log;

/// <summary>A system call of the batch: the how-manieth of its name on a file.</summary>
internal sealed record TracedCall(string Call, string Path, int When)
{
    public override string ToString() => $"{Call} {When} of {Path}";
}

/// <summary>The batch in a process of its own, below strace.</summary>
internal static partial class TracedBatch
{
    /// <summary>Whatever makes, names, writes or syncs; sockets and memory are no matter of a disk.</summary>
    private const string Calls = "openat,link,rename,unlink,mkdir,fsync,fdatasync,write,pwrite64,ftruncate";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Pipeline.Audit.Tests.dll");

    /// <summary>The calls of an unhindered run below a folder, in their order.</summary>
    public static IReadOnlyList<TracedCall> Record(string folder, string output)
    {
        Assert.Equal(0, Run(folder, output, "-y", "-e", $"trace={Calls}"));
        var seen = new Dictionary<(string, string), int>();
        var calls = new List<TracedCall>();
        foreach (var line in File.ReadLines(output))
        {
            var (call, path) = (CallName().Match(line).Groups[1].Value, QuotedPath().Matches(line).Select(m => m.Groups[1].Value)
                .FirstOrDefault(p => p.StartsWith(folder + "/", StringComparison.Ordinal)));
            if (call.Length > 0 && path is not null)
            {
                calls.Add(new TracedCall(call, path, seen[(call, path)] = seen.GetValueOrDefault((call, path)) + 1));
            }
        }
        return calls;
    }

    /// <summary>Runs with one call that meets a fault; false when none met it.</summary>
    public static bool RunWith(TracedCall at, string fault, string folder, string output)
    {
        File.Delete(output);
        Run(folder, output, "-P", at.Path, "-e", $"trace={at.Call}", "-e", $"inject={at.Call}:{fault}:when={at.When.ToString(CultureInfo.InvariantCulture)}");
        var said = File.ReadAllText(output);
        return said.Contains("(INJECTED)", StringComparison.Ordinal) || said.Contains("killed by SIGKILL", StringComparison.Ordinal);
    }

    private static int Run(string folder, string output, params string[] options)
    {
        var start = new ProcessStartInfo("strace", ["-f", "-o", output, .. options, "dotnet", Program, folder]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"the batch has not ended after {Patience}: {errors.Result}");
        }
        return process.ExitCode;
    }

    [GeneratedRegex(@"^\d+ +(\w+)\(")]
    private static partial Regex CallName();

    [GeneratedRegex("[\"<]([^\"<>]+)[\">]")]
    private static partial Regex QuotedPath();
}
