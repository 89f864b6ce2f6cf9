using System.Net.Http.Headers;
using System.Text.Json;
using Npgsql;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Facts;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Cluster.Tests;

public sealed class When_one_of_three_nodes_is_killed(ITestOutputHelper output) : IDisposable
{
    /// <summary>18 releases, and 200 with <c>MP_TEST_LONG=1</c>.</summary>
    private static readonly int Releases = Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1" ? 200 : 18;

    /// <summary>Senders at once.</summary>
    private const int Lines = 6;

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [SkippableFact]
    public async Task All_that_was_sent_through_all_three_is_archived_and_nothing_twice()
    {
        var postgres = PostgresServer.NewDatabase();
        var random = Seeds.ForTest(output.WriteLine);
        var folders = Enumerable.Range(1, Releases).Select(n => ReleaseFolders.Single(_place.Releases, n)).ToList();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(20));
        await using (var cluster = await ThreeNodes.StartAsync(_place, postgres))
        {
            output.WriteLine($"ready after {string.Join(", ", cluster.Nodes.Select(n => n.StartToReady))}");
            Assert.All(cluster.Nodes, n => Assert.DoesNotContain(n.Words(), w => w.Contains("Failed to initialize", StringComparison.Ordinal)));
            var senders = new Senders();
            var sending = Parallel.ForEachAsync(
                folders.Select((folder, i) => (folder, i)), new ParallelOptions { MaxDegreeOfParallelism = Lines, CancellationToken = giveUp.Token },
                async (item, cancel) => await senders.SendAsync(item.folder, attempt => cluster.Http((item.i + attempt) % 3), cluster.Key, cancel));
            await Eventually.HoldsAsync(() => Task.FromResult(senders.Acknowledged.Count >= Releases / 2), TimeSpan.FromMinutes(5), () => "too slow");
            var victim = random.Next(3);
            await cluster.Nodes[victim].KillAsync();
            output.WriteLine($"killed node {victim} after {senders.Acknowledged.Count} acknowledgements");
            await sending;

            var witness = (victim + 1) % 3;
            await Eventually.HoldsAsync(
                async () => await AllAsync(cluster, witness) is var all && all.Count == Releases && all.All(r => r.State == "archived"),
                TimeSpan.FromMinutes(5),
                () => string.Join('\n', AllAsync(cluster, witness).Result.Where(r => r.State != "archived").Select(r => $"{r.Release} {r.State} {string.Join(' ', r.Findings)}"))
                    + cluster.Nodes[witness].LastWords());
            Assert.Equal(
                senders.Acknowledged.Values.Select(a => a.Release!).Order(StringComparer.Ordinal),
                (await AllAsync(cluster, witness)).Select(r => r.Release!).Order(StringComparer.Ordinal));
            await Eventually.HoldsAsync(
                async () => await cluster.Nodes[witness].LogAsync() is var log && log.Size == log.PublishedSize && log.Size == await JournalRowsAsync(postgres),
                TimeSpan.FromSeconds(60), () => cluster.Nodes[witness].LastWords());
        }
        await MpProcess.FsckIsCleanAsync(_place.At("log"));
        var entries = LogEntries.Read(_place.At("log"));
        entries.AreEachOnceAndInOrder();
        Assert.Equal(Releases, entries.Of<ReleaseArchived>().Select(f => f.Release).Distinct().Count());
        Assert.Equal(Releases, entries.Of<ReleaseArchived>().Count);
        Assert.Equal(Releases, entries.Of<ReleaseReceived>().Count);
        Assert.Equal(Releases, entries.Of<DeliveryReceived>().Count);
    }

    private static async Task<IReadOnlyList<ReleaseAnswer>> AllAsync(ThreeNodes cluster, int node)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/releases");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Key);
        using var response = await cluster.Http(node).SendAsync(request);
        return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(), AnswerJson.Default.IReadOnlyListReleaseAnswer)!;
    }

    private static async Task<long> JournalRowsAsync(string postgres)
    {
        await using var db = new NpgsqlConnection(postgres);
        await db.OpenAsync();
        await using var count = new NpgsqlCommand("SELECT COUNT(*) FROM journal", db);
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
