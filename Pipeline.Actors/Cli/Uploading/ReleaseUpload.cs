using System.Net.Http.Headers;
using System.Text.Json;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Cli.Uploading;

/// <summary>Sends a release folder to a server: each file an upload of its own, several at once, then the release by their ids.</summary>
/// <param name="parallel">Files at once.</param>
public sealed class ReleaseUpload(NodeConnection node, int parallel)
{
    /// <summary>Uploads at once unless told otherwise: enough to hide a round trip, few enough for hotel Wi-Fi.</summary>
    public const int DefaultParallel = 4;

    public const int MaxParallel = 32;

    private static readonly TimeSpan HandInTimeout = TimeSpan.FromMinutes(5);

    /// <summary>What was received of each file, message first, and what the server made of the release.</summary>
    /// <exception cref="UploadFailedException">A file is not received; nothing was handed in.</exception>
    /// <exception cref="NodeRefusedException">The server refuses the release.</exception>
    public async Task<ReleaseAnswer> SendAsync(ReleaseFolder release, IUploadProgress progress, CancellationToken cancel)
    {
        var client = new TusClient(node.Http);
        string[] paths = [release.Message, .. release.Files];
        var received = new ReceivedFile[paths.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, paths.Length), new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancel },
            async (i, token) => received[i] = await client.UploadAsync(Path.Combine(release.Root, paths[i]), paths[i], progress, token));
        UploadDigest[] digests = [.. paths.Zip(received, (path, file) => new UploadDigest(path, file.Upload, file.LengthBytes, file.Local.ToString(), file.Server.ToString()))];
        if (digests.FirstOrDefault(d => d.Local != d.Server) is { } differs)
        {
            throw new NodeRefusedException([Finding.Reject(
                "UPLOAD_DIGEST_DIFFERS", differs.Path, differs.Server, $"The server holds other bytes than the file here, whose SHA-256 is {differs.Local}. The release was not handed in.",
                "Send it again; if it stays so, something between you and the server changes what you send.")]);
        }
        var handIn = new UploadedRelease(File(0), [.. Enumerable.Range(1, paths.Length - 1).Select(File)]);
        var answer = await NodeApi.SendAsync(
            node,
            () => new HttpRequestMessage(HttpMethod.Post, "api/v1/releases")
            {
                Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(handIn, AnswerJson.Default.UploadedRelease)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            },
            AnswerJson.Default.ReleaseAnswer, HandInTimeout, cancel) ?? throw new CannotReachException("The node has no /api/v1/releases.");
        return answer with { Uploads = digests };

        UploadedFile File(int i) => new(paths[i], received[i].Upload);
    }
}
