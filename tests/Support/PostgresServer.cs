using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Tests.Support;

/// <summary>
/// A PostgreSQL server of the test run's own: started at first use in a temporary directory, reached through a unix
/// socket there, stopped when the run ends. Tests that need it skip only where its programs are not installed.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private const string Versions = "/usr/lib/postgresql";
    private const string RunAs = "postgres";

    private static readonly Lazy<PostgresServer?> Shared = new(Start);

    private readonly string _programs;
    private readonly string _folder;
    private int _databases;

    private PostgresServer(string programs, string folder) => (_programs, _folder) = (programs, folder);

    /// <summary>The connection string of a new, empty database.</summary>
    public static string NewDatabase()
    {
        Skip.If(Shared.Value is null, $"no PostgreSQL server below {Versions}");
        var server = Shared.Value!;
        var name = string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref server._databases)}");
        server.Run("createdb", "-h", server._folder, "-U", RunAs, name);
        // Generous: a machine whose disk stalls for half a minute is slow, not wrong.
        return $"Host={server._folder};Username={RunAs};Database={name};Maximum Pool Size=20;Timeout=120;Command Timeout=180";
    }

    /// <summary>A new database with what another one holds, by way of a dump, as a restored backup.</summary>
    public static string RestoredFromDump(string connection)
    {
        var copy = NewDatabase();
        var server = Shared.Value!;
        server.Run(
            "/bin/sh", "-c",
            $"set -e; {server._programs}/pg_dump -h {server._folder} -U {RunAs} -f {server._folder}/dump.sql {NameIn(connection)}; "
            + $"{server._programs}/psql -h {server._folder} -U {RunAs} -v ON_ERROR_STOP=1 -f {server._folder}/dump.sql {NameIn(copy)}");
        return copy;
    }

    /// <summary>A new database with the very numbers of relations of another one, to which nobody may be connected.</summary>
    public static string Twin(string connection)
    {
        var server = Shared.Value!;
        var name = string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref server._databases)}");
        server.Run("createdb", "-h", server._folder, "-U", RunAs, "-T", NameIn(connection), name);
        return connection.Replace($"Database={NameIn(connection)};", $"Database={name};", StringComparison.Ordinal);
    }

    private static string NameIn(string connection) =>
        connection.Split(';').First(p => p.StartsWith("Database=", StringComparison.Ordinal))["Database=".Length..];

    public void Dispose()
    {
        Run("pg_ctl", "stop", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w");
        Directory.Delete(_folder, recursive: true);
    }

    private static PostgresServer? Start()
    {
        var programs = Directory.Exists(Versions)
            ? Directory.EnumerateDirectories(Versions).Select(v => Path.Combine(v, "bin"))
                .Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        if (programs is null)
        {
            return null;
        }
        var folder = Directory.CreateTempSubdirectory("mp-pg-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            Execute("chown", RunAs, folder);
        }
        var server = new PostgresServer(programs, folder);
        var data = Path.Combine(folder, "data");
        server.Run("initdb", "-D", data, "-U", RunAs, "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync");
        server.Run(
            "pg_ctl", "start", "-D", data, "-w", "-t", "60", "-l", Path.Combine(folder, "log"),
            "-o", $"-k {folder} -c listen_addresses='' -c fsync=off");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
        return server;
    }

    /// <summary>The server refuses to run as root.</summary>
    private void Run(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
        if (Environment.IsPrivilegedProcess)
        {
            Execute("setpriv", [$"--reuid={RunAs}", $"--regid={RunAs}", "--clear-groups", "--", path, .. arguments]);
        }
        else
        {
            Execute(path, arguments);
        }
    }

    private static void Execute(string program, params string[] arguments)
    {
        // The server inherits what we redirect and would keep it open for ever: let it write where its log option says.
        var start = new ProcessStartInfo("/bin/sh")
        {
            WorkingDirectory = Path.GetTempPath(),
            ArgumentList = { "-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program },
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        }
    }
}
