using System.CommandLine;
using Pipeline.Actors.Cli.Uploading;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue.Ern;

namespace Pipeline.Actors.Cli;

/// <summary><c>mp ingest PATH…</c>: hands releases in and waits for their fate.</summary>
public static class IngestVerb
{
    public static Command Command()
    {
        var paths = new Argument<string[]>("path") { Arity = ArgumentArity.OneOrMore, Description = "Release folder, ERN message beside its resources, or a DDEX batch folder" };
        var where = new Where();
        var noWait = new Option<bool>("--no-wait") { Description = "Return once everything is received, not once it has its fate" };
        var parallel = new Option<int>("--parallel") { HelpName = "N", Description = "With --server: files sent at once", DefaultValueFactory = _ => ReleaseUpload.DefaultParallel };
        parallel.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > ReleaseUpload.MaxParallel)
            {
                result.AddError($"--parallel is 1 to {ReleaseUpload.MaxParallel}");
            }
        });
        var command = new Command("ingest", """
            Hands releases in and shows each stage until they have their fate. The same folder twice is a duplicate: exit 0,
            nothing new in the log. To a --server files go by resumable upload: after any trouble run the same again, and it
            goes on from what the server holds. A DDEX batch (BatchComplete manifest, or release folders one by one) is held
            against its manifest first; each message gets one outcome and its answer in acknowledgements/, and the same again
            when it is run again.

            Examples:
              mp ingest ./blue-hour --data ./data
              mp ingest ./N_20260901100000000 --data ./data
              mp ingest ./a ./b --server http://127.0.0.1:5080 --key mpk_… --json
            """)
        { paths, noWait, parallel };
        where.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var json = parsed.GetValue(where.Json);
            var all = new List<HandIn>();
            var code = ExitCode.Yes;
            foreach (var path in parsed.GetValue(paths)!)
            {
                var (found, findings) = HandIn.At(path);
                all.AddRange(found);
                if (findings.Count > 0)
                {
                    code = ExitCode.No;
                    Refused(findings, json);
                }
            }
            if (all.Count == 0)
            {
                return code;
            }
            if (all.All(h => h is HandIn.Unfinished))
            {
                // Nothing has come to its end, so no node is asked.
                all.ForEach(h => BatchIngest.Print(((HandIn.Unfinished)h).Answer, json));
                return code;
            }
            await using var node = await where.ConnectAsync(parsed, cancel, runsStages: true);
            var ingest = new ReleaseIngest(node, json, parsed.GetValue(noWait), parsed.GetValue(parallel));
            var form = SchemasVerb.Imported(parsed.GetValue(where.Data)).FirstOrDefault(s => s.Number == ErnSchemas.Choreography);
            foreach (var handIn in all)
            {
                code = await IngestAsync(node, ingest, handIn, form, json, cancel) ? code : ExitCode.No;
            }
            return code;
        });
        return command;
    }

    private static Task<bool> IngestAsync(NodeConnection node, ReleaseIngest ingest, HandIn handIn, ErnSchemas? form, bool json, CancellationToken cancel)
    {
        switch (handIn)
        {
            case HandIn.Unfinished(var answer):
                BatchIngest.Print(answer, json);
                return Task.FromResult(true);
            case HandIn.Together(var root, var batch):
                return new BatchIngest(node, ingest, root, batch, form, json).RunAsync(cancel);
            case HandIn.Alone(var release):
                return AloneAsync(ingest, release, json, cancel);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static async Task<bool> AloneAsync(ReleaseIngest ingest, ReleaseFolder release, bool json, CancellationToken cancel)
    {
        try
        {
            var answer = await ingest.RunAsync(release, cancel);
            if (json)
            {
                Printer.Json(answer, AnswerJson.Default.ReleaseAnswer);
            }
            else
            {
                Printer.Release(answer);
            }
            return ingest.IsYes(answer);
        }
        catch (NodeRefusedException e)
        {
            Refused(e.Findings, json);
            return false;
        }
    }

    private static void Refused(IReadOnlyList<Finding> findings, bool json)
    {
        if (json)
        {
            Printer.Json(new ReleaseAnswer(null, "", "rejected", "rejected", 0, "", "", [], findings, null), AnswerJson.Default.ReleaseAnswer);
            return;
        }
        Console.Out.WriteLine("refused, nothing was sent:");
        foreach (var finding in findings)
        {
            Printer.Finding(finding);
        }
    }
}
