using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Cli;

/// <summary>What <c>mp log rotate-key --json</c> prints.</summary>
/// <param name="Next">Absent when no change is under way.</param>
public sealed record RotateKeyLine(bool Stands, string Says, string? Vkey, string? Next, IReadOnlyList<string> Retired);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RotateKeyLine))]
public sealed partial class RotateKeyLineJson : JsonSerializerContext;

/// <summary><c>mp log rotate-key</c>: another key for the log of a node that is stopped.</summary>
public static class RotateKeyVerb
{
    public static Command Command()
    {
        var data = new Option<string>("--data") { Required = true, HelpName = "DIR", Description = "Data directory; no node may run on it, nor on another of its cluster" };
        var log = new Option<string?>("--log") { HelpName = "DIR", Description = "Log directory, where it is not inside --data" };
        var keys = new Option<string?>("--keys") { HelpName = "DIR", Description = "Where the log's key lies; beside --log if that is given, else beside --data" };
        var begin = new Option<bool>("--begin") { Description = "Draw the next key: checkpoints carry two lines from the next start on" };
        var finish = new Option<bool>("--finish") { Description = "The next key becomes the one key, once a published checkpoint carries its line" };
        var one = new Option<bool>("--one") { Description = "Change at once, never two lines: for readers who refuse two signatures of one name" };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout" };
        var command = new Command("rotate-key", """
            Gives the log another key. Run the same again after any interruption. Exit 0 it stands, 1 not now (the message says
            what comes first), 3 a node runs or a key cannot be read. See ops/docs/runbooks/rotate-the-log-key.md.

            Examples:
              mp log rotate-key --data ./data --begin     # then start the node, let it publish, stop it
              mp log rotate-key --data ./data --finish
              mp log rotate-key --data ./data --one
            """)
        { data, log, keys, begin, finish, one, json };
        command.Validators.Add(result =>
        {
            if (new[] { begin, finish, one }.Count(result.GetValue) != 1)
            {
                result.AddError("give one of --begin, --finish and --one");
            }
        });
        command.SetAction(parsed =>
        {
            var (disk, root) = (new PosixDisk(), Where.Directory(parsed.GetValue(data)!));
            if (!disk.FileExists(Path.Combine(root, "format")))
            {
                throw new DirectoryNotFoundException($"{root} is no data directory: it has no file 'format'.");
            }
            var options = NodeOptions.For(root, log: parsed.GetValue(log), keys: parsed.GetValue(keys));
            using var locked = Lock(root, disk);
            var files = LogKeys.Of(options.Keys, locked.Format.Origin, disk);
            if (!files.Any)
            {
                throw new StartupRefusedException($"The log's key {files.CurrentPath} is missing. Put it back from your key backup, or say with --keys where it is; nothing was changed.");
            }
            var change = parsed.GetValue(begin) ? KeyChange.Begin : parsed.GetValue(finish) ? KeyChange.Finish : KeyChange.AtOnce;
            LogKeys.Protect(options.Keys, files);
            try
            {
                return Print(new KeyRotation(disk, files, options.Log, RandomNumberGenerator.GetBytes).Run(change), parsed.GetValue(json));
            }
            finally
            {
                LogKeys.Protect(options.Keys, files);
            }
        });
        return command;
    }

    private static DataDirectory Lock(string root, PosixDisk disk)
    {
        try
        {
            return DataDirectory.Open(root, disk, () => throw new DirectoryNotFoundException($"{root} is no data directory."));
        }
        catch (DataDirectoryInUseException)
        {
            throw new StartupRefusedException($"{root} is in use by a running node, which would go on signing with the keys it has read. Stop it first; nothing was changed.");
        }
    }

    private static int Print(KeyChanged outcome, bool json)
    {
        var line = outcome switch
        {
            KeyChanged.Stands(var says, var keys) => new RotateKeyLine(true, says, keys.Current.Vkey, keys.Next?.Vkey, [.. keys.Retired.Select(k => k.Vkey)]),
            KeyChanged.Refused(var why) => new RotateKeyLine(false, $"Nothing was changed: {why}", null, null, []),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (json)
        {
            Printer.Json(line, RotateKeyLineJson.Default.RotateKeyLine);
            return line.Stands ? ExitCode.Yes : ExitCode.No;
        }
        Console.Out.WriteLine(line.Says);
        foreach (var retired in line.Retired)
        {
            Console.Out.WriteLine($"retired  {retired}");
        }
        if (line.Vkey is not null)
        {
            Console.Out.WriteLine($"current  {line.Vkey}");
        }
        if (line.Next is not null)
        {
            Console.Out.WriteLine($"next     {line.Next}");
        }
        if (line.Stands)
        {
            Console.Out.WriteLine("Back up the keys directory now: no other backup holds it.");
        }
        return line.Stands ? ExitCode.Yes : ExitCode.No;
    }
}
