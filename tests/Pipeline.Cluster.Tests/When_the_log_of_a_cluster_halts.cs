using System.Net;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

/// <summary>One node meets the reason; all of them must act on it.</summary>
public sealed class When_the_log_of_a_cluster_halts : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [SkippableFact]
    public async Task Every_node_refuses_deliveries_and_says_that_it_is_not_ready()
    {
        await using var cluster = await ThreeNodes.StartAsync(_place, PostgresServer.NewDatabase());
        Assert.NotNull(await Senders.TrySendAsync(cluster.Http(0), ReleaseFolders.Single(_place.Releases, 1), cluster.Key, CancellationToken.None));
        var checkpoint = Path.Combine(cluster.Log, "checkpoint");
        await Eventually.HoldsAsync(() => Task.FromResult(File.Exists(checkpoint)), TimeSpan.FromSeconds(60), cluster.Nodes[0].LastWords);

        const string Foreign = "another.example/log\n1\nRBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=\n\n— another.example/log AAAAAAAA\n";
        await Eventually.HoldsAsync(
            async () =>
            {
                // Until the sequencer has met it: it may be writing its own at this very moment. Each refused try is no fact.
                await File.WriteAllTextAsync(checkpoint, Foreign);
                await Senders.TrySendAsync(cluster.Http(0), ReleaseFolders.Single(_place.Releases, 2), cluster.Key, CancellationToken.None);
                return (await cluster.Nodes[0].LogAsync()).Halted is not null;
            },
            TimeSpan.FromSeconds(60), cluster.Nodes[0].LastWords);

        var folder = ReleaseFolders.Single(_place.Releases, 3);
        for (var node = 0; node < cluster.Nodes.Count; node++)
        {
            Assert.NotNull((await cluster.Nodes[node].LogAsync()).Halted);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await cluster.Nodes[node].ReadyzAsync());
            Assert.Null(await Senders.TrySendAsync(cluster.Http(node), folder, cluster.Key, CancellationToken.None));
        }
        Assert.Equal(Foreign, await File.ReadAllTextAsync(checkpoint));
    }
}
