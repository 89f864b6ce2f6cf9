using Microsoft.Data.Sqlite;
using Pipeline.Audit.Facts;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Cluster.Tests;

public sealed class When_a_node_is_killed_while_releases_come_in(ITestOutputHelper output) : IDisposable
{
    private const int Releases = 25;

    /// <summary>A node is killed this often: 5 times, and 40 times with <c>MP_TEST_LONG=1</c>.</summary>
    private static readonly int Kills = Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1" ? 40 : 5;

    /// <summary>A node is killed from 0 to this long after it was ready; each fourth from 0 to this long after its start.</summary>
    private const int LongestLifeMilliseconds = 4000;

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Everything_acknowledged_is_there_and_reaches_its_fate_without_help()
    {
        var random = Seeds.ForTest(output.WriteLine);
        var folders = Enumerable.Range(1, Releases).Select(n => ReleaseFolders.Single(_place.Releases, n)).ToList();
        var senders = new Senders();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(15));
        var current = NodeProcess.Launch(_place.Data, null, null);
        try
        {
            // Some more releases may be sent after each kill, so that the last kill too meets some on their way.
            using var mayBeSent = new SemaphoreSlim(0);
            var sending = Task.WhenAll(folders.Select(async folder =>
            {
                await mayBeSent.WaitAsync(giveUp.Token);
                await senders.SendAsync(folder, _ => current.Local, null, giveUp.Token);
            }));
            for (var kill = 0; kill < Kills; kill++)
            {
                if ((Releases * (kill + 1) / Kills) - (Releases * kill / Kills) is > 0 and var more)
                {
                    mayBeSent.Release(more);
                }
                var life = random.Next(LongestLifeMilliseconds);
                var fromStart = kill % 4 == 3;
                if (!fromStart)
                {
                    await current.ReadyAsync(TimeSpan.FromSeconds(60));
                }
                await Task.Delay(life, giveUp.Token);
                var dead = current;
                await dead.KillAsync();
                output.WriteLine($"kill {kill + 1}, {life} ms after {(fromStart ? "start" : "ready")}, {senders.Acknowledged.Count} acknowledged");
                current = NodeProcess.Launch(_place.Data, null, null);
                await dead.DisposeAsync();
            }
            await current.ReadyAsync(TimeSpan.FromSeconds(60));
            await sending;
            Assert.Equal(Releases, senders.Acknowledged.Count);

            await Eventually.HoldsAsync(
                async () => (await current.ReleasesAsync()) is { Count: Releases } all && all.All(r => r.State == "archived"),
                TimeSpan.FromMinutes(3),
                () => string.Join('\n', current.ReleasesAsync().Result.Where(r => r.State != "archived").Select(r => $"{r.Title} {r.State} {string.Join(' ', r.Findings)}")) + current.LastWords());
            Assert.Equal(
                senders.Acknowledged.Values.Select(a => a.Release!).Order(StringComparer.Ordinal),
                (await current.ReleasesAsync()).Select(r => r.Release!).Order(StringComparer.Ordinal));
            await Eventually.HoldsAsync(
                async () => await current.LogAsync() is var log && log.Size == log.PublishedSize && log.Size == JournalRows(),
                TimeSpan.FromSeconds(30), () => $"{JournalRows()} rows in the journal; {current.LogAsync().Result}");
            Assert.Equal(0, await current.StopAsync());
        }
        finally
        {
            await giveUp.CancelAsync();
            await current.DisposeAsync();
        }
        await MpProcess.FsckIsCleanAsync(_place.Log);
        var entries = LogEntries.Read(_place.Log);
        entries.AreEachOnceAndInOrder();
        Assert.Equal(Releases, entries.Of<ReleaseArchived>().Count);
        Assert.Equal(Releases, entries.Of<ReleaseReceived>().Count);
        Assert.Equal(Releases, entries.Of<DeliveryReceived>().Count);
        Assert.Equal(Releases, entries.Of<DeliveryApplied>().Count);
    }

    private long JournalRows()
    {
        using var db = new SqliteConnection($"Data Source={Path.Combine(_place.Data, "journal.db")};Pooling=False");
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM journal";
        return (long)command.ExecuteScalar()!;
    }
}
