using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Pipeline.Actors.Hosting;

namespace Pipeline.Cluster.Tests.Support;

/// <summary>Senders that do what the interface asks of them: send the same again until it is acknowledged.</summary>
internal sealed class Senders
{
    /// <summary>Folder and what the acknowledgement said.</summary>
    public ConcurrentDictionary<string, ReleaseAnswer> Acknowledged { get; } = new();

    /// <summary>One try. Null: nothing was acknowledged.</summary>
    public static async Task<ReleaseAnswer?> TrySendAsync(HttpClient node, string folder, string? key, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/releases") { Content = Body(folder) };
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        try
        {
            using var response = await node.SendAsync(request, cancel);
            var body = await response.Content.ReadAsByteArrayAsync(cancel);
            return response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK
                ? JsonSerializer.Deserialize(body, AnswerJson.Default.ReleaseAnswer)
                : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Sends until acknowledged, to whichever node <paramref name="node"/> names for each try.</summary>
    public async Task SendAsync(string folder, Func<int, HttpClient> node, string? key, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (await TrySendAsync(node(attempt), folder, key, cancel) is { } answer)
            {
                Acknowledged[folder] = answer;
                return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancel);
        }
    }

    private static MultipartFormDataContent Body(string folder)
    {
        var content = new MultipartFormDataContent();
        foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            var part = new StreamContent(File.OpenRead(file));
            part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data")
            {
                Name = name == "release.json" ? "message" : "file",
                FileNameStar = name,
            };
            content.Add(part);
        }
        return content;
    }
}
