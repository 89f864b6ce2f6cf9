using System.Diagnostics;

namespace Pipeline.Tests.Support;

/// <summary>The program by which a system call of a process meets a fault.</summary>
public static class StraceProgram
{
    private static readonly Lazy<bool> Works = new(Try);

    /// <summary>Skips the test where strace is not installed, or may not trace.</summary>
    public static void Require() => Skip.IfNot(Works.Value, "strace is not installed or ptrace is not allowed here");

    private static bool Try()
    {
        try
        {
            using var process = Process.Start("strace", ["-o", "/dev/null", "true"]);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
