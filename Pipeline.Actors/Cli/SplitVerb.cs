using System.CommandLine;
using System.Security.Cryptography;
using Pipeline.Actors.Hosting;
using Pipeline.Ingest.Rights;

namespace Pipeline.Actors.Cli;

/// <summary><c>mp split</c>: sheets proposed, answered, and who owned what.</summary>
public static class SplitVerb
{
    public static Command Command() => new("split", "Who owns which share of a recording, where, for what, from when.")
    {
        Import(), Answering("accept", "Says yes to a proposal, as the party of that name, or as the second person who approves it."),
        Answering("refuse", "Says no to a proposal, as the party of that name.", asksWhy: true),
        Answering("withdraw", "Takes a proposal back; only its proposer can.", asksWhy: true), Show(),
    };

    private static Command Import()
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV: isrc,right,payee,weight,from,to,territories,uses" };
        var commit = new Option<bool>("--commit") { Description = "Propose the sheets; without it nothing is changed" };
        var where = new Where();
        var command = new Command("import", """
            Reads split sheets from a CSV file and shows what they would say; proposes them with --commit. A line for each payee;
            lines that agree in all but payee and weight are one sheet.

            Example:
              mp split import splits.csv --data ./data
              mp split import splits.csv --data ./data --commit --as anna
            """)
        { file, commit };
        where.AddTo(command, asSomebody: true);
        command.SetAction(async (parsed, cancel) =>
        {
            var chosen = parsed.GetValue(file)!;
            if (!chosen.Exists || chosen.Length > SplitCsv.MaxFileBytes)
            {
                await Console.Error.WriteLineAsync($"mp: no file '{chosen.Name}' of at most {SplitCsv.MaxFileBytes} bytes");
                return ExitCode.Unreachable;
            }
            var bytes = await File.ReadAllBytesAsync(chosen.FullName, cancel);
            var key = FreshKey();
            await using var node = await where.ConnectAsync(parsed, cancel);
            var answer = await NodeApi.SendAsync(node, () => new HttpRequestMessage(HttpMethod.Post, $"api/v1/splits/import?commit={parsed.GetValue(commit)}")
            {
                Content = new ByteArrayContent(bytes),
                Headers = { { "Idempotency-Key", key } },
            }, SplitJson.Default.SplitImportAnswer, TimeSpan.FromMinutes(5), cancel);
            if (parsed.GetValue(where.Json))
            {
                Printer.Json(answer!, SplitJson.Default.SplitImportAnswer);
            }
            else
            {
                Print(answer!);
            }
            return answer!.Findings.Count == 0 ? ExitCode.Yes : ExitCode.No;
        });
        return command;
    }

    private static Command Answering(string verb, string description, bool asksWhy = false)
    {
        var id = new Argument<string>("id") { Description = "Proposal id, as import and show print it" };
        var note = new Option<string>("--note") { Required = asksWhy, HelpName = "TEXT", Description = "Why; kept with the fact" };
        var where = new Where();
        var command = new Command(verb, $"""
            {description}

            Example:
              mp split {verb} recording-local-….1 --as anna{(asksWhy ? " --note \"not agreed\"" : "")} --data ./data
            """)
        { id };
        if (asksWhy)
        {
            command.Options.Add(note);
        }
        where.AddTo(command, asSomebody: true);
        command.SetAction(async (parsed, cancel) =>
        {
            var path = $"api/v1/splits/{Uri.EscapeDataString(parsed.GetValue(id)!)}/{verb}{(asksWhy ? $"?reason={Uri.EscapeDataString(parsed.GetValue(note)!)}" : "")}";
            var key = FreshKey();
            await using var node = await where.ConnectAsync(parsed, cancel);
            return await node.ShowAsync(
                () => new HttpRequestMessage(HttpMethod.Post, path) { Headers = { { "Idempotency-Key", key } } },
                SplitJson.Default.ProposalAnswer, TimeSpan.FromMinutes(2), "no such proposal of yours", parsed.GetValue(where.Json), Print, cancel);
        });
        return command;
    }

    private static Command Show()
    {
        var isrc = new Argument<string>("isrc") { Description = "Code of a recording of yours" };
        var at = new Option<string>("--at") { Required = true, HelpName = "DATE", Description = "The day of use, YYYY-MM-DD" };
        var territory = new Option<string>("--territory") { Required = true, HelpName = "CODE", Description = "Where, e.g. GB" };
        var knownAt = new Option<long?>("--known-at") { HelpName = "INDEX", Description = "As known at this entry of the log; otherwise now" };
        var where = new Where();
        var command = new Command("show", """
            Who owned what on a day in a territory, as known at an entry of the log.

            Example:
              mp split show QZMP12600001 --at 2026-09-01 --territory GB --known-at 41 --data ./data
            """)
        { isrc, at, territory, knownAt };
        where.AddTo(command, asSomebody: true);
        command.SetAction(async (parsed, cancel) =>
        {
            var known = parsed.GetValue(knownAt) is { } index ? $"&knownAt={index}" : "";
            await using var node = await where.ConnectAsync(parsed, cancel);
            OwnershipAnswer? answer;
            try
            {
                answer = await node.GetAsync(
                    $"api/v1/splits?isrc={Uri.EscapeDataString(parsed.GetValue(isrc)!)}&at={Uri.EscapeDataString(parsed.GetValue(at)!)}&territory={Uri.EscapeDataString(parsed.GetValue(territory)!)}{known}",
                    SplitJson.Default.OwnershipAnswer, cancel);
            }
            catch (NodeRefusedException e)
            {
                await Console.Error.WriteLineAsync($"mp: {e.Message}");
                return ExitCode.Usage;
            }
            if (answer is null)
            {
                await Console.Error.WriteLineAsync("mp: no recording of yours has this ISRC");
                return ExitCode.No;
            }
            if (parsed.GetValue(where.Json))
            {
                Printer.Json(answer, SplitJson.Default.OwnershipAnswer);
            }
            else
            {
                Print(answer);
            }
            return answer.Owned.Any(o => o.Holders.Count > 0) ? ExitCode.Yes : ExitCode.No;
        });
        return command;
    }

    private static string FreshKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static void Print(SplitImportAnswer answer)
    {
        foreach (var sheet in answer.Sheets)
        {
            Console.Out.WriteLine($"line {sheet.Line}: {sheet.Isrc} {sheet.Sheet.Right}, from {sheet.Sheet.From}{(sheet.Sheet.Until is { } until ? $" until {until}" : "")}, {sheet.Sheet.Territories}, {sheet.Sheet.Uses}");
            Console.Out.WriteLine($"    {Holders(sheet.Holders)}");
            if (sheet.Proposal is { } proposal)
            {
                Print(proposal);
            }
        }
        answer.Findings.ToList().ForEach(Printer.Finding);
        Console.Out.WriteLine(
            answer.Committed ? $"{answer.Sheets.Count} sheets stand as proposed; nothing is in force until everybody they need has said yes"
            : answer.Findings.Count > 0 ? "nothing was proposed, or not all of it; correct the file and import it again"
            : $"preview: {answer.Sheets.Count} sheets, nothing was changed; propose them with --commit");
    }

    private static void Print(ProposalAnswer proposal)
    {
        Console.Out.WriteLine($"{proposal.Id}  {proposal.State}{(proposal.Log is { } place ? $"  {place.Origin} {place.Index}" : "")}");
        if (proposal.State == "open")
        {
            Console.Out.WriteLine($"    yes: {Names(proposal.Accepted)}; to be heard: {Names(proposal.Silent)}{(proposal.NeedsSecondPerson ? "; a second person" : "")}");
        }
    }

    private static void Print(OwnershipAnswer answer)
    {
        Console.Out.WriteLine($"{answer.Isrc} on {answer.At} in {answer.Territory}, {(answer.KnownAt is { } index ? $"as known at {index}" : "as known now")}");
        foreach (var owned in answer.Owned)
        {
            Console.Out.WriteLine($"    {owned.Right,-6} {owned.Uses}: {(owned.Holders.Count == 0 ? "nobody is known; all of it waits in suspense" : Holders(owned.Holders))}{(owned.Version is { } v ? $"  (version {v}, {owned.Proposal})" : "")}");
        }
        foreach (var open in answer.Proposals.Where(p => p.State == "open"))
        {
            Print(open);
        }
    }

    private static string Holders(IReadOnlyList<HolderAnswer> holders) => string.Join(", ", holders.Select(h => $"{h.Party} {h.Share}"));

    private static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "nobody" : string.Join(", ", names);
}
