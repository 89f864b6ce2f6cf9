using System.Net.Http.Headers;
using Pipeline.Actors.Cli.Uploading;
using Pipeline.Actors.Hosting;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Actors.Cli;

/// <summary>Hands one release in and follows it to its fate, telling a terminal of each stage on the way.</summary>
/// <param name="noWait">Return once it is received.</param>
/// <param name="parallel">Files at once, where they go to a server.</param>
public sealed class ReleaseIngest(NodeConnection node, bool json, bool noWait, int parallel)
{
    /// <summary>Between looks at a release that is on its way.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(150);

    /// <summary>Looks in vain before asking whether the log stands still.</summary>
    private const int LooksBeforeDoubt = 20;

    /// <summary>One request with all its bytes; a slow line and a large album take their time.</summary>
    private static readonly TimeSpan UploadTimeout = TimeSpan.FromHours(12);

    /// <summary>False when answers are of releases that may still be on their way.</summary>
    public bool Waits => !noWait;

    /// <summary>Is this answer what the sender hoped for?</summary>
    public bool IsYes(ReleaseAnswer answer) => noWait ? answer.Delivery != "rejected" : answer.State == "archived";

    /// <exception cref="NodeRefusedException">Nothing was handed in; the findings say why.</exception>
    /// <exception cref="CannotReachException">The node is silent or its log halted; the same again goes on.</exception>
    public async Task<ReleaseAnswer> RunAsync(ReleaseFolder release, CancellationToken cancel)
    {
        if (new FileInfo(Path.Combine(release.Root, release.Message)).Length is var size && size > CatalogueLimits.MaxMessageBytes)
        {
            throw new NodeRefusedException(((ReadMessage.Refused)CatalogueReader.TooLarge(release.Message, size)).Findings);
        }
        var answer = node.IsRemote ? await UploadAsync(release, cancel) : await SubmitAsync(release, cancel);
        if (!json)
        {
            Console.Out.WriteLine($"{Path.GetFileName(release.Root)}: {(answer.Delivery == "duplicate" ? "received before, nothing new" : "received")}, {answer.DeliveryId}");
        }
        return noWait ? answer : await SettledAsync(answer, cancel) with { Uploads = answer.Uploads };
    }

    private async Task<ReleaseAnswer> UploadAsync(ReleaseFolder release, CancellationToken cancel)
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

    private async Task<ReleaseAnswer> SubmitAsync(ReleaseFolder release, CancellationToken cancel)
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

    private async Task<ReleaseAnswer> SettledAsync(ReleaseAnswer answer, CancellationToken cancel)
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
}
