using System.CommandLine;
using System.Text.Json.Serialization;
using Pipeline.Actors.Backups;
using Pipeline.Audit.Durable;

namespace Pipeline.Actors.Cli;

/// <summary>What <c>mp backup --json</c> prints.</summary>
public sealed record BackupLine(string Backup, string Origin, long Taken, long LogSize, long PublishedSize, int Files, long Bytes, IReadOnlyList<string> NotInside);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupLine))]
public sealed partial class BackupLineJson : JsonSerializerContext;

/// <summary><c>mp backup</c>: copies a data directory's databases and log. Files only; a running node is not asked.</summary>
public static class BackupVerb
{
    public static Command Command()
    {
        var data = new Option<string>("--data") { Required = true, HelpName = "DIR", Description = "Data directory; its node may run meanwhile" };
        var output = new Option<string>("-o", "--output") { Required = true, HelpName = "BACKUP", Description = "A directory that does not exist yet" };
        var log = new Option<string?>("--log") { HelpName = "DIR", Description = "Log directory, where it is not inside --data" };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout" };
        var command = new Command("backup", """
            Copies databases and log of a data directory, each consistent, beside a running node or without one. Keys,
            vault and spool are not inside; the manifest says so. Exit 0 done, 2 the place is taken, 3 cannot be copied.

            Example:
              mp backup --data ./data -o ./backup-monday
            """)
        { data, output, log, json };
        command.SetAction(async parsed =>
        {
            var (from, to) = (Where.Directory(parsed.GetValue(data)!), Where.Directory(parsed.GetValue(output)!));
            if (Path.Exists(to))
            {
                await Console.Error.WriteLineAsync($"mp: {to} is there already; a backup gets a directory of its own");
                return ExitCode.Usage;
            }
            var manifest = BackupMaking.Make(
                new PosixDisk(), from, Where.Directory(parsed.GetValue(log) ?? Path.Combine(from, "log")), to, TimeProvider.System);
            var bytes = manifest.Files.Sum(f => f.SizeBytes);
            if (parsed.GetValue(json))
            {
                Printer.Json(
                    new BackupLine(to, manifest.Origin, manifest.Taken, manifest.LogSize, manifest.PublishedSize, manifest.Files.Count, bytes, manifest.NotInside),
                    BackupLineJson.Default.BackupLine);
                return ExitCode.Yes;
            }
            Console.Out.WriteLine($"{to}: {manifest.Files.Count} files, {Printer.Size(bytes)}; log {manifest.Origin} with {manifest.LogSize} entries, {manifest.PublishedSize} published, checked");
            Console.Out.WriteLine("Not inside:");
            foreach (var absent in manifest.NotInside)
            {
                Console.Out.WriteLine($"    {absent}");
            }
            return ExitCode.Yes;
        });
        return command;
    }
}
