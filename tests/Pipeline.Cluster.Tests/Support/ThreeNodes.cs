using System.Text.Json;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Projections;

namespace Pipeline.Cluster.Tests.Support;

/// <summary>A cluster as an operator would run it: one PostgreSQL database, one vault, one log directory, a directory each.</summary>
internal sealed class ThreeNodes : IAsyncDisposable
{
    private readonly List<HttpClient> _clients;

    private ThreeNodes(Place place, IReadOnlyList<NodeProcess> nodes, string key)
    {
        (Log, Nodes, Key) = (LogOf(place), nodes, key);
        _clients = [.. nodes.Select(n => new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{n.Port}/"), Timeout = TimeSpan.FromSeconds(70) })];
    }

    public IReadOnlyList<NodeProcess> Nodes { get; }

    /// <summary>A label's key, good at every node.</summary>
    public string Key { get; }

    public string Log { get; }

    public HttpClient Http(int node) => _clients[node];

    public static async Task<ThreeNodes> StartAsync(Place place, string postgres, bool sharedSpool = false, params IReadOnlyList<string> more)
    {
        int[] ports = [NodeProcess.FreePort(), NodeProcess.FreePort(), NodeProcess.FreePort()];
        var nodes = ports.Select((port, i) => NodeProcess.Launch(
            place.At($"node-{i}"), NodeProcess.FreePort(), null,
            ["--config", Config(place, $"node-{i}", postgres, port, ports, sharedSpool ? place.At("spool") : null), "--vault", place.At("vault"), "--log", LogOf(place), .. more])).ToList();
        try
        {
            await Task.WhenAll(nodes.Select(n => n.ReadyAsync(TimeSpan.FromSeconds(90))));
            return new ThreeNodes(place, nodes, await KeyAsync(nodes[0], "bluehour"));
        }
        catch
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
            throw;
        }
    }

    /// <summary>Makes a key of a tenant and returns it.</summary>
    public static async Task<string> KeyAsync(NodeProcess node, string tenant)
    {
        var made = await MpProcess.RunAsync("key", "add", $"key-of-{tenant}", "--tenant", tenant, "--role", "label", "--data", node.Data, "--json");
        Assert.True(made.ExitCode == 0, made.ToString());
        return JsonSerializer.Deserialize(made.Output, AnswerJson.Default.KeyAnswer)!.Key;
    }

    public static string Config(Place place, string name, string postgres, int port = 0, IReadOnlyList<int>? seeds = null, string? spool = null, CensusConfig? census = null)
    {
        var path = place.At($"{name}.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            postgres,
            host = "127.0.0.1",
            port,
            spool,
            census = census is null ? null : new { everySeconds = census.EverySeconds },
            seeds = (seeds ?? []).Select(s => $"127.0.0.1:{s}").ToArray(),
        }));
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }
        _clients.ForEach(c => c.Dispose());
    }

    private static string LogOf(Place place) => place.At("log");
}
