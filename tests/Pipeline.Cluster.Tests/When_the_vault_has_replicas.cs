using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

/// <summary>A node with two stores in two named domains, as an operator starts it.</summary>
public sealed class When_the_vault_has_replicas : IDisposable
{
    private readonly Place _place = new();

    private string Primary => Path.Combine(_place.Data, "vault");

    private string Replica => _place.At("second");

    public void Dispose() => _place.Dispose();

    private string[] WithReplica => ["--replica", $"{Replica},domain=second"];

    private static SortedSet<string> ObjectsIn(string root) =>
        [.. Directory.Exists(Path.Combine(root, "cas")) ? Directory.EnumerateFiles(Path.Combine(root, "cas"), "*", SearchOption.AllDirectories).Select(p => Path.GetFileName(p)!) : []];

    private Task IngestsAsync(int number) => IngestsAsync(ReleaseFolders.Single(_place.Releases, number));

    private async Task IngestsAsync(string folder)
    {
        var done = await MpProcess.IngestAsync(_place.Data, folder);
        Assert.True(done.ExitCode == 0, done.ToString());
    }

    [Fact]
    public async Task Everything_received_is_in_both_and_a_verb_that_starts_a_node_finds_them_again()
    {
        await using (var node = await NodeProcess.StartAsync(_place.Data, null, WithReplica))
        {
            await IngestsAsync(1);
            Assert.Equal(0, await node.StopAsync());
        }
        var first = ObjectsIn(Primary);
        Assert.NotEmpty(first);
        Assert.Equal(first, ObjectsIn(Replica));

        await IngestsAsync(2);

        Assert.True(ObjectsIn(Primary).Count > first.Count);
        Assert.Equal(ObjectsIn(Primary), ObjectsIn(Replica));
    }

    [SkippableFact]
    public async Task A_primary_in_a_blob_container_serves_every_stage_and_a_directory_is_its_replica()
    {
        await using var azurite = await Azurite.StartAsync();
        var secret = _place.At("connection");
        await File.WriteAllTextAsync(secret, azurite.Connection);
        await using (var node = await NodeProcess.StartAsync(_place.Data, null, ["--vault", $"azure:masters,connection-file={secret}", .. WithReplica]))
        {
            await IngestsAsync(1);
            Assert.Contains("2 failure domain(s) required", string.Join('\n', node.Words()), StringComparison.Ordinal);
        }
        Assert.NotEmpty(ObjectsIn(Replica));
        Assert.Empty(ObjectsIn(Primary));
        Assert.DoesNotContain("AccountKey", await File.ReadAllTextAsync(Path.Combine(_place.Data, "stores.json")), StringComparison.Ordinal);
        // Without its replica there is the container alone, and what the stages need as files is fetched.
        await using (await NodeProcess.StartAsync(_place.Data, null, "--replica", "none"))
        {
            await IngestsAsync(2);
        }
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(_place.Data, "fetched")));
        Assert.Empty(ObjectsIn(Primary));
    }

    [Fact]
    public async Task A_replica_that_is_not_there_stops_receiving_not_the_node_and_an_empty_directory_does_not_pass_for_it()
    {
        await using (var node = await NodeProcess.StartAsync(_place.Data, null, WithReplica))
        {
            await IngestsAsync(1);
        }
        var elsewhere = _place.At("unmounted");
        Directory.Move(Replica, elsewhere);
        Directory.CreateDirectory(Replica);
        var second = ReleaseFolders.Single(_place.Releases, 2);
        await using (var node = await NodeProcess.StartAsync(_place.Data))
        {
            var refused = await MpProcess.RunAsync(TimeSpan.FromMinutes(2), "ingest", second, "--data", _place.Data, "--json");
            Assert.Equal(3, refused.ExitCode);
            Assert.Single(await node.ReleasesAsync());
            Assert.Contains("replica-1 is absent", string.Join('\n', node.Words()), StringComparison.Ordinal);
        }
        Assert.Empty(ObjectsIn(Replica));
        Directory.Delete(Replica, recursive: true);
        Directory.Move(elsewhere, Replica);
        await IngestsAsync(second);
        Assert.Equal(ObjectsIn(Primary), ObjectsIn(Replica));
    }

    [Fact]
    public async Task Replicas_that_are_given_up_are_named_and_copies_that_cannot_be_had_are_refused()
    {
        await using (await NodeProcess.StartAsync(_place.Data, null, WithReplica))
        {
        }
        await using (var node = await NodeProcess.StartAsync(_place.Data, null, "--replica", $"{_place.At("third")},domain=third"))
        {
            Assert.Contains("was a store of this vault and is no longer", string.Join('\n', node.Words()), StringComparison.Ordinal);
            await IngestsAsync(1);
        }
        Assert.Empty(ObjectsIn(Replica));
        Assert.Equal(ObjectsIn(Primary), ObjectsIn(_place.At("third")));
        var refused = await MpProcess.RunAsync("node", "--data", _place.Data, "--urls", ";", "--copies", "3");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("3 copies are asked for", refused.Errors, StringComparison.Ordinal);
    }
}
