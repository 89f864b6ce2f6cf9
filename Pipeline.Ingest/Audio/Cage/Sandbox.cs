using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Ingest.Audio;

/// <summary>How well a decoder can be locked up on this machine.</summary>
public enum SandboxStrength
{
    /// <summary>No decoder can be started at all.</summary>
    None,

    /// <summary>Limits on time, memory and files, but the decoder sees our disk and network.</summary>
    Weak,

    /// <summary>Namespaces: no network, no files but its input, nobody's rights, and the limits.</summary>
    Strong,
}

/// <summary>
/// The cage: bubblewrap and prlimit around one tool and one input file (design, section 12). Found once at start by
/// <see cref="SandboxProbe"/>.
/// </summary>
/// <param name="Reason">One line for people: why it is not stronger; empty when strong.</param>
public sealed record Sandbox(SandboxStrength Strength, string Reason)
{
    /// <summary>Where the input lies inside the cage.</summary>
    private const string InputInside = "/in/media";

    /// <summary>A command that runs <paramref name="tool"/> on one file, caged and limited.</summary>
    /// <param name="seconds">Processor seconds.</param>
    /// <param name="arguments">Given the path of the input as the tool will see it.</param>
    internal ProcessStartInfo Command(
        string tool, string localPath, int seconds, Func<string, IEnumerable<string>> arguments)
    {
        var strong = Strength == SandboxStrength.Strong;
        string[] limits =
        [
            Executables.Find("prlimit"),
            "--as=" + DecoderLimits.MemoryBytes.ToString(CultureInfo.InvariantCulture),
            "--cpu=" + seconds.ToString(CultureInfo.InvariantCulture),
            "--fsize=0",
            "--nofile=" + DecoderLimits.OpenFiles.ToString(CultureInfo.InvariantCulture),
            "--core=0",
            tool,
        ];
        string[] whole =
        [
            .. strong ? Cage(tool, localPath) : [],
            .. limits,
            .. arguments(strong ? InputInside : localPath),
        ];
        var start = new ProcessStartInfo(whole[0], whole[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        // A message in another language would be another finding.
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static IEnumerable<string> Cage(string tool, string localPath) =>
    [
        Executables.Find("bwrap"),
        "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv", "--setenv", "LC_ALL", "C",
        "--uid", "65534", "--gid", "65534",
        "--ro-bind", "/usr", "/usr",
        "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin",
        "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
        "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
        // A tool from elsewhere than /usr is shown alone, without its folder.
        .. tool.StartsWith("/usr/", StringComparison.Ordinal) ? Array.Empty<string>() : ["--ro-bind", tool, tool],
        "--ro-bind", localPath, InputInside,
        "--chdir", "/",
    ];
}

/// <summary>Where programs lie.</summary>
internal static class Executables
{
    /// <summary>The first one on PATH; its customary place when there is none, so that starting it fails with its name.</summary>
    public static string Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            // Inside the cage /bin is a link into /usr, and only /usr is there.
            .Select(folder => Path.Combine(folder is "/bin" or "/bin/" && Directory.Exists("/usr/bin") ? "/usr/bin" : folder, name))
            .FirstOrDefault(path => Path.IsPathRooted(path) && File.Exists(path)) ?? "/usr/bin/" + name;
}
