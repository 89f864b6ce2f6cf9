using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Cli;

/// <summary>The node refused the request itself and said why.</summary>
public sealed class NodeRefusedException(IReadOnlyList<Finding> findings)
    : Exception(findings is [var first, ..] ? $"{first.Rule}: {first.Message} {first.Remedy}" : "the node refused the request")
{
    public IReadOnlyList<Finding> Findings { get; } = findings;
}

/// <summary>The API as verbs call it: bounded retries where a repeat is harmless.</summary>
public static class NodeApi
{
    /// <summary>A node that restarts is back within this time; every request of ours may be repeated.</summary>
    private static readonly TimeSpan PatienceWithSilence = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(2);

    /// <summary>GET; null for 404.</summary>
    public static Task<T?> GetAsync<T>(this NodeConnection node, string path, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class =>
        SendAsync(node, () => new HttpRequestMessage(HttpMethod.Get, path), type, RequestTimeout, cancel);

    /// <summary>Sends, repeats on silence, reads the answer. The request is made anew for each try.</summary>
    public static async Task<T?> SendAsync<T>(
        NodeConnection node, Func<HttpRequestMessage> make, JsonTypeInfo<T> type, TimeSpan timeout, CancellationToken cancel)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(timeout);
            try
            {
                using var request = make();
                using var response = await node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                return await ReadAsync(response, type, limit.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException && !cancel.IsCancellationRequested)
            {
                if (TimeProvider.System.GetElapsedTime(started) > PatienceWithSilence)
                {
                    throw new CannotReachException($"The node at {node.Http.BaseAddress} does not answer: {e.Message}. Nothing acknowledged is lost; run the same again.");
                }
                await Task.Delay(TimeSpan.FromMilliseconds(300), cancel);
            }
        }
    }

    /// <summary>Sends, and shows the answer as the person wants it: the whole of a verb that asks for one thing.</summary>
    /// <param name="unknown">What is said of 404.</param>
    /// <returns>The verb's exit code: yes with an answer, no where the node refused or knows nothing.</returns>
    public static async Task<int> ShowAsync<T>(
        this NodeConnection node, Func<HttpRequestMessage> make, JsonTypeInfo<T> type, TimeSpan timeout, string unknown, bool json, Action<T> print,
        CancellationToken cancel)
        where T : class
    {
        T? answer;
        try
        {
            answer = await SendAsync(node, make, type, timeout, cancel);
        }
        catch (NodeRefusedException e)
        {
            await Console.Error.WriteLineAsync($"mp: {e.Message}");
            return ExitCode.No;
        }
        if (answer is null)
        {
            await Console.Error.WriteLineAsync($"mp: {unknown}");
            return ExitCode.No;
        }
        if (json)
        {
            Printer.Json(answer, type);
        }
        else
        {
            print(answer);
        }
        return ExitCode.Yes;
    }

    private static async Task<T?> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.NotFound:
                return null;
            case HttpStatusCode.Unauthorized:
                throw new CannotReachException("The node does not know this key, or nobody of this name. Give --key KEY, or --as NAME with --data; both are made by 'mp key add'.");
            case HttpStatusCode.Forbidden:
                throw new CannotReachException("This key may not do that: its role is too small.");
        }
        var body = await response.Content.ReadAsByteArrayAsync(cancel);
        if (response.IsSuccessStatusCode)
        {
            return JsonSerializer.Deserialize(body, type);
        }
        ProblemAnswer? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize(body, AnswerJson.Default.ProblemAnswer);
        }
        catch (JsonException)
        {
            // Not ours: a proxy's page, or a crash.
        }
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            // A halt waits for people, everything else passes.
            throw problem is { Findings: [{ Rule: Web.Api.ReleaseApi.LogHalted } halt] }
                ? new CannotReachException($"{halt.Message} {halt.Remedy}")
                : new HttpRequestException("the cluster is not ready");
        }
        throw problem is null
            ? new CannotReachException($"The node answered {(int)response.StatusCode}.")
            : new NodeRefusedException(problem.Findings);
    }
}
