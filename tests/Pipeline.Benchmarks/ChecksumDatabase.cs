using System.ComponentModel;
using System.Diagnostics;

namespace Pipeline.Benchmarks;

/// <summary>The code of the Go checksum database over a log of ours, where Go and Debian's package of it are installed.</summary>
internal sealed class ChecksumDatabase
{
    private const string Packages = "/usr/share/gocode";

    private readonly string _program;

    private ChecksumDatabase(string program) => _program = program;

    /// <summary>Null where it cannot be built.</summary>
    public static ChecksumDatabase? Build(string folder)
    {
        var program = Path.Combine(folder, "authenticate");
        if (!Directory.Exists(Path.Combine(Packages, "src/golang.org/x/mod/sumdb/tlog")))
        {
            return null;
        }
        try
        {
            return Run("go", "build", "-o", program, Path.Combine(AppContext.BaseDirectory, "authenticate", "main.go")) == 0 ? new ChecksumDatabase(program) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    public void Authenticate(string log, string vkey)
    {
        if (Run(_program, log, vkey) != 0)
        {
            throw new InvalidOperationException("golang.org/x/mod refuses the log");
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        (start.Environment["GO111MODULE"], start.Environment["GOPATH"], start.Environment["GOFLAGS"]) = ("off", Packages, "");
        start.Environment["GOCACHE"] = Path.Combine(Path.GetTempPath(), "mp-test-go-cache");
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
