using System.CommandLine;
using System.Net.Http.Headers;
using Pipeline.Actors.Cli.Uploading;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Actors.Cli;

/// <summary><c>mp ingest PATH…</c>: hands releases in and waits for their fate.</summary>
public static class IngestVerb
{
    /// <summary>Between looks at a release that is on its way.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(150);

    /// <summary>Looks in vain before asking whether the log stands still.</summary>
    private const int LooksBeforeDoubt = 20;

    /// <summary>One request with all its bytes; a slow line and a large album take their time.</summary>
    private static readonly TimeSpan UploadTimeout = TimeSpan.FromHours(12);

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
            goes on from what the server holds.

            Examples:
              mp ingest ./blue-hour --data ./data
              mp ingest ./a ./b --server http://127.0.0.1:5080 --key mpk_… --json
            """)
        { paths, noWait, parallel };
        where.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var json = parsed.GetValue(where.Json);
            var all = new List<ReleaseFolder>();
            var code = ExitCode.Yes;
            foreach (var path in parsed.GetValue(paths)!)
            {
                var (releases, findings) = ReleaseFolder.At(path);
                all.AddRange(releases);
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
            await using var node = await where.ConnectAsync(parsed, cancel, runsStages: true);
            foreach (var release in all)
            {
                var yes = await IngestAsync(node, release, json, parsed.GetValue(noWait), parsed.GetValue(parallel), cancel);
                code = yes ? code : ExitCode.No;
            }
            return code;
        });
        return command;
    }

    private static async Task<bool> IngestAsync(NodeConnection node, ReleaseFolder release, bool json, bool noWait, int parallel, CancellationToken cancel)
    {
        ReleaseAnswer? answer;
        try
        {
            if (new FileInfo(Path.Combine(release.Root, release.Message)).Length is var size && size > CatalogueLimits.MaxMessageBytes)
            {
                Refused(((ReadMessage.Refused)CatalogueReader.TooLarge(release.Message, size)).Findings, json);
                return false;
            }
            answer = node.IsRemote ? await UploadAsync(node, release, json, parallel, cancel) : await SubmitAsync(node, release, json, cancel);
        }
        catch (NodeRefusedException e)
        {
            Refused(e.Findings, json);
            return false;
        }
        if (!json)
        {
            Console.Out.WriteLine($"{Path.GetFileName(release.Root)}: {(answer.Delivery == "duplicate" ? "received before, nothing new" : "received")}, {answer.DeliveryId}");
        }
        answer = noWait ? answer : await SettledAsync(node, answer, json, cancel) with { Uploads = answer.Uploads };
        if (json)
        {
            Printer.Json(answer, AnswerJson.Default.ReleaseAnswer);
        }
        else
        {
            Printer.Release(answer);
        }
        return noWait ? answer.Delivery != "rejected" : answer.State == "archived";
    }

    private static async Task<ReleaseAnswer> UploadAsync(NodeConnection node, ReleaseFolder release, bool json, int parallel, CancellationToken cancel)
    {
        ReleaseAnswer answer;
        using (var progress = new Progress(json ? null : Path.GetFileName(release.Root), Total(release)))
        {
            answer = await new ReleaseUpload(node, parallel).SendAsync(release, progress, cancel);
        }
        foreach (var file in json ? [] : answer.Uploads!)
        {
            Console.Out.WriteLine($"    {Printer.Clean(file.Path)}, {Printer.Size(file.SizeBytes)}: here {file.Local}, there {file.Server}");
        }
        return answer;
    }

    private static async Task<ReleaseAnswer> SubmitAsync(NodeConnection node, ReleaseFolder release, bool json, CancellationToken cancel)
    {
        using var progress = new Progress(json ? null : Path.GetFileName(release.Root), Total(release));
        return await NodeApi.SendAsync(
            node,
            () =>
            {
                progress.Restart();
                var content = new MultipartFormDataContent
                {
                    Part(release, release.Message, "message", progress),
                };
                foreach (var file in release.Files)
                {
                    content.Add(Part(release, file, "file", progress));
                }
                return new HttpRequestMessage(HttpMethod.Post, "api/v1/releases") { Content = content };
            },
            AnswerJson.Default.ReleaseAnswer, UploadTimeout, cancel) ?? throw new CannotReachException("The node has no /api/v1/releases.");
    }

    private static long Total(ReleaseFolder release) =>
        release.Files.Append(release.Message).Sum(f => new FileInfo(Path.Combine(release.Root, f)).Length);

    private static StreamContent Part(ReleaseFolder release, string relative, string name, Progress progress)
    {
        var part = new StreamContent(progress.Counting(File.OpenRead(Path.Combine(release.Root, relative))), 1024 * 1024);
        part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = name, FileNameStar = relative };
        return part;
    }

    private static async Task<ReleaseAnswer> SettledAsync(NodeConnection node, ReleaseAnswer answer, bool json, CancellationToken cancel)
    {
        var duplicate = answer.Delivery == "duplicate";
        var path = $"api/v1/deliveries/{answer.DeliveryId}?round={answer.Round}{(duplicate ? "&duplicate=true" : "")}";
        var shown = new Dictionary<string, string>();
        for (var look = 1; ; look++)
        {
            answer = await node.GetAsync(path, AnswerJson.Default.ReleaseAnswer, cancel)
                ?? throw new CannotReachException("The node no longer knows the delivery it accepted.");
            foreach (var stage in answer.Stages.Where(s => s.Light is "passed" or "failed" && shown.TryAdd(s.Stage, s.Light) && !json && !duplicate))
            {
                Console.Out.WriteLine($"    {stage.Stage,-9} {stage.Light}");
            }
            if (answer is { Settled: true, Log: not null })
            {
                return answer;
            }
            if (look % LooksBeforeDoubt == 0 && await node.GetAsync("api/v1/log", AnswerJson.Default.LogAnswer, cancel) is { Halted: { } why })
            {
                throw new CannotReachException(
                    $"{answer.DeliveryId} is received and kept, but the log is halted and nothing new gets its place in it: {why}");
            }
            await Task.Delay(Look, cancel);
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
