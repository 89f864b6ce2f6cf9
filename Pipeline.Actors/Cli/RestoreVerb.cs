using System.CommandLine;
using System.Text.Json.Serialization;
using Pipeline.Actors.Backups;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Durable;

namespace Pipeline.Actors.Cli;

/// <summary>What <c>mp restore --json</c> prints.</summary>
/// <param name="Key"><c>There</c>, <c>Missing</c> or <c>Another</c>.</param>
public sealed record RestoreLine(string Data, string Origin, long Taken, long LogSize, string Key, string KeyPath, IReadOnlyList<string> NotInside, string Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RestoreLine))]
public sealed partial class RestoreLineJson : JsonSerializerContext;

/// <summary><c>mp restore</c>: a backup becomes a new data directory.</summary>
public static class RestoreVerb
{
    public static Command Command()
    {
        var backup = new Argument<string>("backup") { Description = "A directory made by mp backup" };
        var data = new Option<string>("--data") { Required = true, HelpName = "DIR", Description = "The new data directory: not there, or empty" };
        var keys = new Option<string?>("--keys") { HelpName = "DIR", Description = "Where the log's key lies; beside --data otherwise" };
        var vault = new Option<string?>("--vault") { HelpName = "STORE", Description = "Where the vault's primary store is now, if it moved" };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout" };
        var command = new Command("restore", """
            Checks every digest of a backup and makes a new data directory of it. Exit 0 done, 1 the backup is damaged, 2
            the directory is not empty.

            Example:
              mp restore ./backup-monday --data ./data-2 --vault /mnt/vault
            """)
        { backup, data, keys, vault, json };
        command.SetAction(parsed =>
        {
            var from = Where.Directory(parsed.GetValue(backup)!);
            var to = Where.Directory(parsed.GetValue(data)!);
            if (!Directory.Exists(from))
            {
                throw new DirectoryNotFoundException($"{from} is no directory that can be read");
            }
            try
            {
                var options = NodeOptions.For(to, keys: parsed.GetValue(keys));
                var restored = BackupRestoring.Restore(new PosixDisk(), from, to, options.Keys, parsed.GetValue(vault), TimeProvider.System);
                Print(to, restored, parsed.GetValue(json));
                return ExitCode.Yes;
            }
            catch (BackupDamagedException e)
            {
                Console.Error.WriteLine($"mp: {e.Message}");
                return ExitCode.No;
            }
            catch (RecoveryRefusedException e)
            {
                Console.Error.WriteLine($"mp: {e.Message}");
                return ExitCode.Usage;
            }
        });
        return command;
    }

    private static void Print(string data, Restored restored, bool json)
    {
        var manifest = restored.Manifest;
        var next = $"mp log fsck {Path.Combine(data, "log")}";
        if (json)
        {
            Printer.Json(
                new RestoreLine(data, manifest.Origin, manifest.Taken, manifest.LogSize, restored.Key.ToString(), restored.KeyPath, manifest.NotInside, next),
                RestoreLineJson.Default.RestoreLine);
            return;
        }
        Console.Out.WriteLine($"{data}: {manifest.Files.Count} files restored, each as it was backed up; log {manifest.Origin} with {manifest.LogSize} entries");
        Console.Out.WriteLine(restored.Key switch
        {
            KeyStanding.There => $"The log's key is there: {restored.KeyPath}",
            KeyStanding.Missing => $"The log's key is MISSING: put it at {restored.KeyPath} before a node starts. No backup holds it.",
            _ => $"The key at {restored.KeyPath} is ANOTHER one than the log was signed with. Put the right one there before a node starts.",
        });
        Console.Out.WriteLine("Not inside the backup:");
        foreach (var absent in manifest.NotInside)
        {
            Console.Out.WriteLine($"    {Printer.Clean(absent)}");
        }
        Console.Out.WriteLine("Payouts are held and sweeps touch no upload until you have looked (mp recover --data DIR --clear uploads).");
        Console.Out.WriteLine("If the log directory of the old node still exists, it may be newer than this backup. Starting a node without its entries would fork the");
        Console.Out.WriteLine($"log. Before any start, give it to: mp recover --from-log OLD_LOG --data {data}");
        Console.Out.WriteLine($"Next, which changes nothing: {next}");
    }
}
