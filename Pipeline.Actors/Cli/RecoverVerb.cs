using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Pipeline.Actors.Backups;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Durable;

namespace Pipeline.Actors.Cli;

/// <summary>What <c>mp recover --json</c> prints last.</summary>
/// <param name="Outcome"><c>recovered</c>, <c>listed</c>, <c>nothing</c>, <c>conflicting</c>, <c>forked</c>, <c>unclean</c> or <c>cleared</c>.</param>
public sealed record RecoverLine(
    string Outcome, long HeadSize, long PublishedSize, long Whole, long WithoutPrivatePart, long LogOnly, long SetAside, string Says);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RecoverLine))]
[JsonSerializable(typeof(ReturningEntry))]
[JsonSerializable(typeof(ConflictingRow))]
public sealed partial class RecoverLineJson : JsonSerializerContext;

/// <summary><c>mp recover</c>: a database that is older than its published log.</summary>
public static class RecoverVerb
{
    public static Command Command()
    {
        var data = new Option<string>("--data") { Required = true, HelpName = "DIR", Description = "Data directory with the older databases; no node may run on it" };
        var from = new Option<string?>("--from-log") { HelpName = "LOG", Description = "The log directory as it was last published" };
        var keys = new Option<string?>("--keys") { HelpName = "DIR", Description = "Where the log's key lies; beside --data otherwise" };
        var vault = new Option<string?>("--vault") { HelpName = "DIR", Description = "A vault whose documents tell ISRCs and barcodes; the data directory's own otherwise" };
        var list = new Option<bool>("--list") { Description = "Say what would come back and change nothing" };
        var aside = new Option<bool>("--set-aside") { Description = "Move journal rows that contradict the log into the table journal_set_aside" };
        var clear = new Option<string?>("--clear") { HelpName = "WHAT", Description = "uploads: sweeps may end uploads and move unowned objects again" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line on stdout" };
        clear.AcceptOnlyFromAmong("uploads");
        var command = new Command("recover", """
            Brings databases that are older than the published log up to it: lists every entry above their head, puts back
            what the log holds, and says what is lost with its private part. Exit 0 done or nothing missing, 1 the log is
            not clean, has forked, or the journal contradicts it, 3 cannot be read.

            Examples:
              mp recover --from-log ./data/log --data ./data-2 --list
              mp recover --from-log ./data/log --data ./data-2
              mp recover --data ./data-2 --clear uploads
            """)
        { data, from, keys, vault, list, aside, clear, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(from) is null == result.GetValue(clear) is null)
            {
                result.AddError("give --from-log LOG or --clear uploads");
            }
        });
        command.SetAction(parsed =>
        {
            var (disk, root, asJson) = (new PosixDisk(), Where.Directory(parsed.GetValue(data)!), parsed.GetValue(json));
            if (parsed.GetValue(clear) is not null)
            {
                return Clear(disk, root, asJson);
            }
            BackupMaking.RequireEmbedded(disk, root);
            using var locked = DataDirectory.Open(root, disk, () => throw new RecoveryRefusedException($"{root} is no data directory."));
            var recovery = new LogRecovery(
                disk, locked, NodeOptions.For(root, keys: parsed.GetValue(keys)).Keys, VaultOf(disk, root, parsed.GetValue(vault)),
                RandomNumberGenerator.GetBytes, TimeProvider.System);
            try
            {
                return Say(root, recovery.Run(Where.Directory(parsed.GetValue(from)!), parsed.GetValue(aside), parsed.GetValue(list)), asJson);
            }
            catch (UncleanLogException e)
            {
                return Answer(ExitCode.No, new RecoverLine("unclean", 0, 0, 0, 0, 0, 0, e.Message), asJson);
            }
        });
        return command;
    }

    /// <summary>Only a directory is looked into; documents elsewhere tell nothing here.</summary>
    private static string? VaultOf(PosixDisk disk, string root, string? given)
    {
        var path = given is not null
            ? Where.Directory(given)
            : StoreLayout.Read(disk, root) is not { } layout ? Path.Combine(root, "vault")
            : (StoreLayout.Parsed(layout.Stores[0], root) as StoreSpec.Files)?.Path;
        return path is not null && Directory.Exists(path) ? path : null;
    }

    private static int Clear(PosixDisk disk, string root, bool json)
    {
        if (RecoveryMark.Find(disk, root) is not { HoldsUploads: true } mark)
        {
            return Answer(ExitCode.Yes, new RecoverLine("cleared", 0, 0, 0, 0, 0, 0, $"{root} holds no uploads back; nothing was changed."), json);
        }
        (mark with { UploadsCleared = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() }).Write(disk, root);
        return Answer(ExitCode.Yes, new RecoverLine("cleared", 0, 0, 0, 0, 0, 0, "Sweeps may end uploads and move unowned objects again. Payouts stay held."), json);
    }

    private static int Say(string root, RecoveryOutcome outcome, bool json)
    {
        switch (outcome)
        {
            case RecoveryOutcome.NothingMissing(var head, var shown):
                return Answer(ExitCode.Yes, new RecoverLine(
                    "nothing", head, shown, 0, 0, 0, 0, $"Nothing is missing: the database has {head} entries, {shown} are published. Nothing was changed."), json);
            case RecoveryOutcome.Forked(var size, var why):
                return Answer(ExitCode.No, new RecoverLine(
                    "forked", size, size, 0, 0, 0, 0, $"{why} Nothing was changed. Runbook: ops/docs/runbooks/log-fork.md"), json);
            case RecoveryOutcome.Conflicting(var plan):
                List(plan, json);
                foreach (var row in plan.Conflicts)
                {
                    Print(row, json);
                }
                return Answer(ExitCode.No, Line("conflicting", plan, 0,
                    $"{plan.Conflicts.Count} rows of the journal stand under numbers that the log gave to other facts: a node wrote after the database fell back. "
                    + "Nothing was changed. Restore the backup once more and recover that before any node starts; or keep a copy of journal.db and run the same with --set-aside."), json);
            case RecoveryOutcome.Listed(var plan):
                List(plan, json);
                return Answer(ExitCode.Yes, Line("listed", plan, 0, $"{plan.Entries.Count} entries would come back. Nothing was changed."), json);
            case RecoveryOutcome.Recovered(var plan, _, var moved):
                List(plan, json);
                return Answer(ExitCode.Yes, Line("recovered", plan, moved,
                    $"{plan.Entries.Count} entries are back, the log stands at {plan.Published.Size} as published. What was committed and never published is in no log and cannot be listed. "
                    + "Payouts are held until bank statements since the backup are imported; sweeps touch no upload until: mp recover --data DIR --clear uploads. "
                    + $"Next: mp node --data {root}"), json);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static RecoverLine Line(string outcome, RecoveryPlan plan, int moved, string says) => new(
        outcome, plan.HeadSize, plan.Published.Size, plan.Count(Comeback.Whole), plan.Count(Comeback.WithoutPrivatePart),
        plan.Count(Comeback.LogOnly), moved, says);

    private static void List(RecoveryPlan plan, bool json)
    {
        foreach (var entry in plan.Entries)
        {
            if (json)
            {
                Printer.Json(entry, RecoverLineJson.Default.ReturningEntry);
                continue;
            }
            Console.Out.WriteLine(
                $"{entry.Index,8}  {entry.Manifest,-24} {entry.PersistenceId ?? entry.Source} {entry.Number}{(entry.Asset.Length > 0 ? $", {entry.Asset}" : "")}: " + entry.Comeback switch
                {
                    Comeback.Whole => "comes back whole",
                    Comeback.WithoutPrivatePart => "comes back without its private part",
                    _ => "in the log only: its source cannot be named, the entity starts empty",
                });
        }
    }

    private static void Print(ConflictingRow row, bool json)
    {
        if (json)
        {
            Printer.Json(row, RecoverLineJson.Default.ConflictingRow);
        }
        else
        {
            Console.Out.WriteLine($"CONFLICT  {row.PersistenceId} {row.Number}: entry {row.Index} is another fact");
        }
    }

    private static int Answer(int code, RecoverLine line, bool json)
    {
        if (json)
        {
            Printer.Json(line, RecoverLineJson.Default.RecoverLine);
        }
        else
        {
            if (line.Outcome is "recovered" or "listed" or "conflicting")
            {
                Console.Out.WriteLine(
                    $"database {line.HeadSize} entries, published {line.PublishedSize}: {line.Whole} whole, {line.WithoutPrivatePart} without their private part, {line.LogOnly} in the log only"
                    + (line.SetAside > 0 ? $"; {line.SetAside} journal rows set aside" : ""));
            }
            Console.Out.WriteLine(line.Says);
        }
        return code;
    }
}
