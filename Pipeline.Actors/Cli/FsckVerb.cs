using System.CommandLine;
using System.Text.Json.Serialization;
using Pipeline.Audit.Evidence;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Cli;

/// <summary>What <c>mp log fsck --json</c> prints.</summary>
public sealed record FsckLine(
    bool Clean, string? Origin, long Size, string? Root, IReadOnlyList<FsckDefect> Defects, long More,
    IReadOnlyList<string> Notes, IReadOnlyList<string> Checked, IReadOnlyList<string> NotChecked);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FsckLine))]
public sealed partial class FsckJson : JsonSerializerContext;

/// <summary><c>mp log fsck</c>: the complete check of a log, from its files alone, wherever they are.</summary>
public static class FsckVerb
{
    private static readonly Argument<string> Where = new("dir") { Description = "A log directory, or the address of a log" };
    private static readonly Option<string?> Vkey = new("--vkey") { HelpName = "FILE", Description = "The log's key from elsewhere, or several of its origin one a line; DIR/vkey otherwise" };
    private static readonly Option<string?> Policy = new("--policy") { HelpName = "FILE", Description = "Whom you trust (C2SP tlog-policy): gives the key, and its quorum must have cosigned" };
    private static readonly Option<string?> Against = new("--against") { HelpName = "FILE", Description = "A checkpoint kept from earlier" };
    private static readonly Option<string?> Evidence = new("--evidence") { HelpName = "FILE", Description = "Where both notes are written if the log contradicts --against" };
    private static readonly Option<bool> Domain = new("--domain") { Description = "Also whether its facts tell a whole story; lists what is open" };
    private static readonly Option<string?> OpeningsFile = new("--openings") { HelpName = "FILE", Description = "With --domain: private parts as 'mp log openings' writes them; each must be what the log committed to" };
    private static readonly Option<string?> Key = new("--key") { HelpName = "KEY", Description = "An auditor's key (or MP_KEY), for a log at an address" };
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line on stdout" };

    public static Command Command()
    {
        var command = new Command("fsck", """
            Checks a whole log, lists every defect, and says what it did not check. Exit 0 clean, 1 not, 3 unreadable. A log at
            an address is fetched first, each file checked as it comes; 'mp log mirror' keeps it and fetches less next time.

            Example:
              mp log fsck ./data/log
              mp log fsck https://label.example/log --domain --vkey label.vkey --key KEY
            """)
        { Where, Vkey, Policy, Against, Evidence, Domain, OpeningsFile, Key, Json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Vkey) is not null && result.GetValue(Policy) is not null)
            {
                result.AddError("give --vkey FILE or --policy FILE, not both");
            }
            if (result.GetValue(OpeningsFile) is not null && !result.GetValue(Domain))
            {
                result.AddError("--openings FILE goes with --domain");
            }
            if (result.GetValue(Where) is { } where && RemoteLog.IsAddress(where) && RemoteLog.KeyOf(result.GetValue(Key)) is null)
            {
                result.AddError("entries need an auditor's key: give --key KEY ('mp log mirror' without one checks the hashes alone)");
            }
        });
        command.SetAction(async (parsed, cancel) => RemoteLog.IsAddress(parsed.GetValue(Where)!)
            ? await FetchedAsync(parsed, cancel)
            : Check(parsed, Path.GetFullPath(parsed.GetValue(Where)!)));
        return command;
    }

    /// <summary>A copy for the time of the check: what the mirror refuses is a defect already.</summary>
    private static async Task<int> FetchedAsync(ParseResult parsed, CancellationToken cancel)
    {
        var copy = Directory.CreateTempSubdirectory("mp-fsck-");
        try
        {
            using var log = new RemoteLog(parsed.GetValue(Where)!, RemoteLog.KeyOf(parsed.GetValue(Key)));
            var trusted = await KeysAsync(log, parsed, cancel);
            if (await log.MirrorAsync(copy.FullName, trusted, cancel) is MirrorResult.Damaged(var why))
            {
                Print(
                    new FsckReport(null, 0, null, [new FsckDefect(parsed.GetValue(Where)!, why)], 0, [], [], ["All that comes after it in the log."]),
                    parsed.GetValue(Json));
                return ExitCode.No;
            }
            return Check(parsed, copy.FullName, "The sizes that it published earlier, and their partial files: only what its checkpoint needs was fetched.");
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    /// <summary>The keys given; of a policy those of this log, told by its own vkey; else that vkey, and the report says so.</summary>
    private static async Task<IReadOnlyList<NoteVerifierKey>> KeysAsync(RemoteLog log, ParseResult parsed, CancellationToken cancel)
    {
        if (parsed.GetValue(Vkey) is { } file)
        {
            return NoteFiles.ReadKeys(file);
        }
        var own = await log.OwnKeysAsync(cancel);
        if (parsed.GetValue(Policy) is not { } policy)
        {
            return own;
        }
        return NoteFiles.ReadPolicy(policy).KeysOf(own[0].Name) is { Count: > 0 } trusted
            ? trusted
            : throw new InvalidDataException($"{policy} does not name this log, {own[0].Name}");
    }

    /// <param name="notChecked">What else this way of reading the log leaves out.</param>
    private static int Check(ParseResult parsed, string path, params string[] notChecked)
    {
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"{path} is no directory that can be read");
        }
        var old = parsed.GetValue(Against) is { } against ? NoteFiles.ReadBounded(against, SignedNote.MaxNoteBytes) : null;
        var report = Fsck.Run(new LogDirectory(path), new FsckOptions
        {
            LogKeys = parsed.GetValue(Vkey) is { } file ? NoteFiles.ReadKeys(file) : [],
            Policy = parsed.GetValue(Policy) is { } trusted ? NoteFiles.ReadPolicy(trusted) : null,
            Remembered = old,
        });
        report = report with { NotChecked = [.. report.NotChecked, .. notChecked] };
        if (report.ContradictsRemembered && parsed.GetValue(Evidence) is { } keep)
        {
            File.WriteAllBytes(keep, EvidenceOfFork.Format(
                $"The log in {parsed.GetValue(Where)} does not continue the checkpoint kept from earlier", old,
                NoteFiles.ReadBounded(Path.Combine(path, LogLayout.Checkpoint), SignedNote.MaxNoteBytes), []));
        }
        Print(report, parsed.GetValue(Json));
        return parsed.GetValue(Domain) ? DomainFsck.Run(new LogDirectory(path), report, ReadOpenings(parsed.GetValue(OpeningsFile)), parsed.GetValue(Json), TimeProvider.System)
            : report.IsClean ? ExitCode.Yes : ExitCode.No;
    }

    private static Openings? ReadOpenings(string? path)
    {
        if (path is null)
        {
            return null;
        }
        using var text = File.OpenText(path);
        try
        {
            return Openings.Read(text);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    private static void Print(FsckReport report, bool json)
    {
        if (json)
        {
            Printer.Json(
                new FsckLine(report.IsClean, report.Origin, report.Size, report.Root?.ToString(), report.Defects, report.More, report.Notes, report.Checked, report.NotChecked),
                FsckJson.Default.FsckLine);
            return;
        }
        foreach (var defect in report.Defects)
        {
            Console.Out.WriteLine($"DEFECT {Printer.Clean(defect.Place)}: {Printer.Clean(defect.What)}");
        }
        if (report.More > 0)
        {
            Console.Out.WriteLine($"and {report.More} more defects");
        }
        foreach (var line in report.Checked.Select(s => "checked: " + s).Concat(report.Notes.Select(s => "note: " + s)).Concat(report.NotChecked.Select(s => "not checked: " + s)))
        {
            Console.Out.WriteLine(Printer.Clean(line));
        }
        Console.Out.WriteLine(report.IsClean
            ? $"clean: {report.Origin}, {report.Size} entries, root {report.Root}"
            : $"NOT clean: {report.Defects.Count + report.More} defects");
    }
}
