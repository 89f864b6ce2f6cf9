using System.CommandLine;
using System.Text.Json.Serialization;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Export;

namespace Pipeline.Actors.Cli;

/// <summary>What <c>mp export --json</c> prints.</summary>
/// <param name="Bytes">Length of all payload files.</param>
public sealed record ExportLine(string Release, string Directory, int Revision, long Files, long Bytes, int Facts);

/// <summary>What <c>mp export --verify --json</c> prints.</summary>
public sealed record BagLine(string Directory, BagReport Report);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExportLine))]
[JsonSerializable(typeof(BagLine))]
public sealed partial class ExportJson : JsonSerializerContext;

/// <summary><c>mp export RELEASE -o DIR</c>: a release as a BagIt bag; <c>--verify DIR</c>: is this a valid bag?</summary>
public static class ExportVerb
{
    public static Command Command()
    {
        var release = new Argument<string?>("release") { Arity = ArgumentArity.ZeroOrOne, Description = "Release id" };
        var output = new Option<string?>("-o", "--output") { HelpName = "DIR", Description = "The bag's directory; must not exist, or be empty" };
        var verify = new Option<string?>("--verify") { HelpName = "DIR", Description = "Validate this bag instead, anybody's; needs no node" };
        var openings = new Option<bool>("--openings") { Description = "Take the private parts of the facts along too: whoever has the bag can read them" };
        var where = new Where();
        var command = new Command("export", """
            Writes a release as a BagIt 1.0 bag: the files as they were delivered, what we found out about them, and every fact
            with the proof that it is in the log. Checkable offline, and by BagIt tools that are not ours.

            Examples:
              mp export release-local-… --data ./data -o ./blue-hour.bag
              mp export --verify ./blue-hour.bag
            """)
        { release, output, verify, openings };
        where.AddTo(command, unless: result => result.GetValue(verify) is not null);
        command.Validators.Add(result =>
        {
            var bag = result.GetValue(verify) is not null;
            if (bag == result.GetValue(release) is not null || bag == result.GetValue(output) is not null)
            {
                result.AddError("give RELEASE and -o DIR, or --verify DIR alone");
            }
        });
        command.SetAction(async (parsed, cancel) =>
        {
            var json = parsed.GetValue(where.Json);
            if (parsed.GetValue(verify) is { } bag)
            {
                return Verify(bag, json, cancel);
            }
            if (!EntityId.TryParse(parsed.GetValue(release), out var id) || id.Kind != "release")
            {
                await Console.Error.WriteLineAsync("mp: not the id of a release (release-TENANT-…)");
                return ExitCode.Usage;
            }
            await using var node = await where.ConnectAsync(parsed, cancel);
            var directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetValue(output)!));
            try
            {
                if (await new ReleaseExport(node, id, parsed.GetValue(openings)).WriteAsync(directory, cancel) is { } line)
                {
                    Print(line, json);
                    return ExitCode.Yes;
                }
            }
            catch (NodeRefusedException refused)
            {
                refused.Findings.ToList().ForEach(Printer.Finding);
                return ExitCode.Unreachable;
            }
            await Console.Error.WriteLineAsync("mp: no such release of yours");
            return ExitCode.No;
        });
        return command;
    }

    private static int Verify(string directory, bool json, CancellationToken cancel)
    {
        var report = BagValidator.Validate(directory, cancel);
        if (json)
        {
            Printer.Json(new BagLine(directory, report), ExportJson.Default.BagLine);
        }
        else
        {
            foreach (var finding in report.Findings)
            {
                Printer.Finding(finding);
            }
            if (report.More > 0)
            {
                Console.Out.WriteLine($"    and {report.More} more findings");
            }
            Console.Out.WriteLine(report.IsValid
                ? $"valid: BagIt {report.Version}, {report.PayloadFiles} files, {Printer.Size(report.PayloadBytes)}, checked by {string.Join(", ", report.Algorithms)}"
                : "NOT valid");
        }
        return report.IsValid ? ExitCode.Yes : ExitCode.No;
    }

    private static void Print(ExportLine line, bool json)
    {
        if (json)
        {
            Printer.Json(line, ExportJson.Default.ExportLine);
        }
        else
        {
            Console.Out.WriteLine($"{line.Directory}: revision {line.Revision}, {line.Files} files, {Printer.Size(line.Bytes)}, {line.Facts} facts with their proofs");
        }
    }
}
