using System.ComponentModel;
using System.Diagnostics;

namespace Pipeline.Tests.Support;

/// <summary>
/// The code of the Go checksum database (golang.org/x/mod), reading logs of ours: a verifier that is not ours. Built once a
/// run from <c>Interop/authenticate</c>.
/// </summary>
internal static class ChecksumDatabase
{
    /// <summary>What a test that is skipped without it says.</summary>
    public const string Missing = "Go or golang.org/x/mod (Debian: golang-golang-x-mod-dev) is not installed";

    private const string Packages = "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly Lazy<string> Program = new(Build);

    public static bool IsInstalled { get; } = Directory.Exists(Packages) && CanRunGo();

    /// <summary>Reads signature, entries and every hash of every tile; exit code 0 when all of it holds, 1 when not, and what it said.</summary>
    public static (int ExitCode, string Said) Authenticate(string log, string vkey) => Run(Program.Value, log, log, vkey);

    private static string Build()
    {
        var program = Path.Combine(Directory.CreateTempSubdirectory("mp-test-go-").FullName, "authenticate");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Path.GetDirectoryName(program)!, recursive: true);
        var (exitCode, said) = Run("go", Path.Combine(AppContext.BaseDirectory, "Interop", "authenticate"), "build", "-o", program, "main.go");
        return exitCode == 0 ? program : throw new InvalidOperationException($"go build ended with {exitCode}: {said}");
    }

    private static (int ExitCode, string Said) Run(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOPATH"] = "/usr/share/gocode";
        start.Environment["GOFLAGS"] = "";
        start.Environment["GOCACHE"] = Path.Combine(Path.GetTempPath(), "mp-test-go-cache");
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            throw new TimeoutException($"{program} has not ended after {Patience}");
        }
        return (process.ExitCode, said.Result.Trim());
    }

    private static bool CanRunGo()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("go", ["version"]) { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
