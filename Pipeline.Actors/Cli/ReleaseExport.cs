using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Export;

namespace Pipeline.Actors.Cli;

/// <summary>One delivered file in a bag: what it was called, where it is now.</summary>
public sealed record ExportedFile(string Delivered, string Path, string Sha256, long SizeBytes);

/// <summary><c>data/contents.json</c> of a bag.</summary>
public sealed record ExportedContents(string Release, int Revision, string Message, IReadOnlyList<ExportedFile> Files);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExportedContents))]
public sealed partial class ExportedJson : JsonSerializerContext;

/// <summary>Fetches one release from its node and writes it as a bag.</summary>
public sealed class ReleaseExport(NodeConnection node, EntityId release, bool openings)
{
    /// <summary>Tries of one object; a connection that breaks each time is a damaged object, which no try mends.</summary>
    private const int MaxTries = 3;

    /// <summary>One object; the largest takes its time on a slow line.</summary>
    private static readonly TimeSpan ObjectTimeout = TimeSpan.FromHours(12);

    /// <summary>The publisher needs a second; a halted log never comes round.</summary>
    private static readonly TimeSpan PatienceWithLog = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly PayloadNames _names = new();
    private readonly string _path = $"api/v1/releases/{release.Text}";

    /// <summary>Writes the bag. Null: the node knows no such release of ours.</summary>
    /// <param name="directory">Absolute path, not there yet or empty.</param>
    public async Task<ExportLine?> WriteAsync(string directory, CancellationToken cancel)
    {
        if (await node.GetAsync(_path, AnswerJson.Default.ReleaseAnswer, cancel) is not { } status
            || await node.GetAsync($"{_path}/contents", AnswerJson.Default.ReleaseContentsAnswer, cancel) is not { } contents)
        {
            return null;
        }
        var writer = BagWriter.Begin(new PosixDisk(), directory);
        try
        {
            var delivered = await AddDeliveryAsync(writer, contents, cancel);
            foreach (var document in contents.Documents)
            {
                await AddObjectAsync(writer, $"documents/{document.Kind}.json", document.Sha256, cancel);
            }
            await AddJsonAsync(writer, "status.json", JsonSerializer.SerializeToUtf8Bytes(status, AnswerJson.Default.ReleaseAnswer), cancel);
            await AddJsonAsync(writer, "contents.json", CanonicalJson.Encode(delivered, ExportedJson.Default.ExportedContents), cancel);
            var facts = await AddFactsAsync(writer, cancel);
            await writer.AddAsync("README.txt", Encoding.UTF8.GetBytes(ExportReadme.Text(contents, facts.Count, openings)), cancel);
            writer.Finish(Info(status, contents, facts.Origin));
            return new ExportLine(release.Text, directory, contents.Revision, writer.PayloadFiles, writer.PayloadBytes, facts.Count);
        }
        catch
        {
            RemovePartial(writer.PartialDirectory);
            throw;
        }
    }

    private static async Task AddJsonAsync(BagWriter writer, string path, byte[] json, CancellationToken cancel) =>
        await writer.AddAsync(path, json, cancel);

    private async Task<ExportedContents> AddDeliveryAsync(BagWriter writer, ReleaseContentsAnswer contents, CancellationToken cancel)
    {
        var files = new List<ExportedFile>();
        foreach (var file in contents.Files.Prepend(contents.Message))
        {
            var path = _names.Next("delivery", file.Path);
            await AddObjectAsync(writer, path, file.Sha256, cancel);
            files.Add(new ExportedFile(file.Path, BagPathOf(path), file.Sha256, file.SizeBytes));
        }
        return new ExportedContents(release.Text, contents.Revision, files[0].Path, files);
    }

    private static string BagPathOf(string payloadPath) => $"data/{payloadPath}";

    /// <summary>The node verifies what it reads and breaks off when it is damaged; the bag verifies what it writes.</summary>
    private async Task AddObjectAsync(BagWriter writer, string path, string sha256, CancellationToken cancel)
    {
        Invariant.Require(Sha256Digest.TryParse(sha256, out var wanted), "the node names objects by SHA-256");
        for (var attempt = 1; ; attempt++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(ObjectTimeout);
            try
            {
                using var response = await node.Http.GetAsync($"{_path}/objects/{sha256}", HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    throw await RefusedAsync(response, path, limit.Token);
                }
                await using var bytes = await response.Content.ReadAsStreamAsync(limit.Token);
                await writer.AddAsync(path, bytes, wanted, limit.Token);
                return;
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException and not BagExistsException && !cancel.IsCancellationRequested)
            {
                if (attempt == MaxTries || broken.HResult == DiskFull)
                {
                    throw new CannotReachException($"{path} ({sha256}) could not be exported: {broken.Message}. The bag was not made.");
                }
                await Task.Delay(Look, cancel);
            }
        }
    }

    private const int DiskFull = 28;

    private static async Task<Exception> RefusedAsync(HttpResponseMessage response, string path, CancellationToken cancel)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancel);
        return response.StatusCode == HttpStatusCode.InternalServerError && response.Content.Headers.ContentType?.MediaType == "application/json"
            ? new NodeRefusedException(JsonSerializer.Deserialize(body, AnswerJson.Default.ProblemAnswer)!.Findings)
            : new HttpRequestException($"the node answered {(int)response.StatusCode} for {path}");
    }

    /// <summary>Every fact of the release in a folder of its own, named so that the order of the folders is the log's.</summary>
    private async Task<(string Origin, int Count)> AddFactsAsync(BagWriter writer, CancellationToken cancel)
    {
        await WaitUntilPublishedAsync(cancel);
        var count = 0;
        string? checkpoint = null;
        ReleaseFactsAnswer page;
        for (long? from = 0; ; from = page.Next)
        {
            page = await node.GetAsync($"{_path}/facts?from={from}", AnswerJson.Default.ReleaseFactsAnswer, cancel)
                ?? throw new CannotReachException("The node no longer knows the release it began to give.");
            foreach (var (manifest, proof) in page.Facts)
            {
                var folder = string.Create(CultureInfo.InvariantCulture, $"facts/{proof.Index:000000000000}-{manifest}");
                await writer.AddAsync($"{folder}/entry", Convert.FromBase64String(proof.Entry), cancel);
                await writer.AddAsync($"{folder}/proof.tlog-proof", Encoding.UTF8.GetBytes(proof.Proof), cancel);
                if (openings && proof is { Opening: { } opening, Salt: { } salt })
                {
                    await writer.AddAsync($"{folder}/opening.json", Encoding.UTF8.GetBytes(opening), cancel);
                    await writer.AddAsync($"{folder}/opening.salt", Encoding.UTF8.GetBytes(salt), cancel);
                }
                // Behind the blank line a proof has the signed note it leads to.
                checkpoint = proof.Proof[(proof.Proof.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
                count++;
            }
            if (page.Next is null)
            {
                break;
            }
        }
        await writer.AddAsync("log/vkey", Encoding.UTF8.GetBytes(page.Vkey + "\n"), cancel);
        if (checkpoint is not null)
        {
            await writer.AddAsync("log/checkpoint", Encoding.UTF8.GetBytes(checkpoint), cancel);
        }
        return (page.Origin, count);
    }

    private async Task WaitUntilPublishedAsync(CancellationToken cancel)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await node.GetAsync($"{_path}/facts?from={long.MaxValue}", AnswerJson.Default.ReleaseFactsAnswer, cancel) is { Unpublished: > 0 and var open })
        {
            if (TimeProvider.System.GetElapsedTime(started) > PatienceWithLog)
            {
                throw new CannotReachException($"{open} facts of the release are under no checkpoint yet, so nothing proves them. Run the same again; 'mp status' shows whether the log is halted.");
            }
            await Task.Delay(Look, cancel);
        }
    }

    private IEnumerable<BagInfoElement> Info(ReleaseAnswer status, ReleaseContentsAnswer contents, string origin) =>
    [
        new("Source-Organization", release.Tenant.Text),
        new("External-Identifier", release.Text),
        new("External-Description", $"{Printer.Name(status)}, revision {contents.Revision}, {(contents.Archived == 1 ? "archived" : "not archived")}"),
        new("Internal-Sender-Identifier", origin),
        new("Bagging-Date", TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        new("Bag-Software-Agent", "MusicPipeline mp export"),
    ];

    /// <summary>Only what this run made; what cannot be removed has no bagit.txt and a name that says what it is.</summary>
    private static void RemovePartial(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"mp: {directory} is left over and can be removed: {left.Message}");
        }
    }
}
