using Npgsql;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

public sealed class When_a_journal_commit_comes_late : IDisposable
{
    /// <summary>Far beyond what Akka's own query waits for a gap.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(15);

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [SkippableFact]
    public async Task It_still_reaches_the_log_and_in_its_place()
    {
        var postgres = PostgresServer.NewDatabase();
        await using var node = await StartAsync(postgres);
        await ArchivedAsync(1);

        await using var slow = new NpgsqlConnection(postgres);
        await slow.OpenAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        await InsertOfOwnSourceAsync(slow, "late:1");
        var before = await node.LogAsync();
        var received = await MpProcess.RunAsync("ingest", ReleaseFolders.Single(_place.Releases, 2), "--data", _place.Data, "--json", "--no-wait");
        Assert.True(received.ExitCode == 0, received.ToString());
        // Everything after the open transaction waits for it: nothing may take its place.
        Assert.False(await Eventually.TryAsync(async () => (await node.LogAsync()).Size != before.Size, Late), "the log went past an open commit");
        await transaction.CommitAsync();

        await Eventually.HoldsAsync(
            async () => (await node.ReleasesAsync()).Count(r => r.State == "archived") == 2, TimeSpan.FromSeconds(30), node.LastWords);
        await using var source = NpgsqlDataSource.Create(postgres);
        using var store = new SequencerStore(source, SqlDialect.PostgreSql, n => new byte[n]);
        Assert.Equal(before.Size, store.FindEntry("late:1", 1)?.Index);
        await PublishedAsync(node);
        await MpProcess.FsckIsCleanAsync(_place.Log);
        LogEntries.Read(_place.Log).AreEachOnceAndInOrder();
    }

    [SkippableFact]
    public async Task A_rolled_back_commit_leaves_a_gap_that_stops_nothing()
    {
        var postgres = PostgresServer.NewDatabase();
        await using var node = await StartAsync(postgres);
        await ArchivedAsync(1);
        await using (var other = new NpgsqlConnection(postgres))
        {
            await other.OpenAsync();
            await using var transaction = await other.BeginTransactionAsync();
            await InsertOfOwnSourceAsync(other, "never:1");
            await transaction.RollbackAsync();
        }
        await ArchivedAsync(2);
        await PublishedAsync(node);
        await MpProcess.FsckIsCleanAsync(_place.Log);
    }

    [SkippableFact]
    public async Task A_write_in_another_database_of_the_server_delays_nothing()
    {
        var postgres = PostgresServer.NewDatabase();
        await using (var first = await StartAsync(postgres))
        {
            await ArchivedAsync(1);
            Assert.Equal(0, await first.StopAsync());
        }
        // Its journal has the number that ours has.
        await using var other = new NpgsqlConnection(PostgresServer.Twin(postgres));
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await InsertOfOwnSourceAsync(other, "elsewhere:1");

        await using var node = await StartAsync(postgres);
        await ArchivedAsync(2);

        await transaction.RollbackAsync();
    }

    [SkippableFact]
    public async Task A_journal_restored_from_a_dump_goes_on_and_each_census_of_it_is_what_the_log_has()
    {
        var postgres = PostgresServer.NewDatabase();
        await using (var first = await StartAsync(postgres, censusEverySeconds: 1))
        {
            await ArchivedAsync(1);
            await CountedAsync(first, releases: 1);
            Assert.Equal(0, await first.StopAsync());
        }
        await using var node = await StartAsync(PostgresServer.RestoredFromDump(postgres), censusEverySeconds: 1);
        Assert.Equal("archived", Assert.Single(await node.ReleasesAsync()).State);
        await ArchivedAsync(2);
        await CountedAsync(node, releases: 2);
        await MpProcess.FsckIsCleanAsync(_place.Log);
        var entries = LogEntries.Read(_place.Log);
        entries.AreEachOnceAndInOrder();
        Assert.Equal(2, entries.Of<ReleaseArchived>().Count);
        var fsck = await MpProcess.RunAsync("log", "fsck", _place.Log, "--domain");
        Assert.Contains($"{entries.Of<Census>().Count} censuses of the journal count what the log has", fsck.Output, StringComparison.Ordinal);
    }

    private Task<NodeProcess> StartAsync(string postgres, int? censusEverySeconds = null) => NodeProcess.StartAsync(
        _place.Data, null, "--config", ThreeNodes.Config(_place, "alone", postgres, census: censusEverySeconds is { } s ? new CensusConfig(s) : null));

    /// <summary>The journal was counted with so many releases in it, and the log has nothing to count any more.</summary>
    private async Task CountedAsync(NodeProcess node, int releases)
    {
        await Eventually.HoldsAsync(
            () => Task.FromResult(LogEntries.Read(_place.Log).All is [.., { Fact: Census census }] && census.Releases == releases),
            TimeSpan.FromSeconds(60), node.LastWords);
        await PublishedAsync(node);
    }

    private async Task ArchivedAsync(int number)
    {
        var done = await MpProcess.IngestAsync(_place.Data, ReleaseFolders.Single(_place.Releases, number));
        Assert.True(done.ExitCode == 0, done.ToString());
    }

    private static async Task PublishedAsync(NodeProcess node) => await Eventually.HoldsAsync(
        async () => await node.LogAsync() is var log && log.Size == log.PublishedSize, TimeSpan.FromSeconds(20), node.LastWords);

    /// <summary>A valid fact, as the journal holds it already, from a source that nobody else writes.</summary>
    private static async Task InsertOfOwnSourceAsync(NpgsqlConnection db, string source)
    {
        var columns = new List<string>();
        await using (var list = new NpgsqlCommand("SELECT column_name FROM information_schema.columns WHERE table_name = 'journal' AND column_name NOT IN ('ordering', 'persistence_id', 'sequence_number')", db))
        await using (var rows = await list.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                columns.Add(rows.GetString(0));
            }
        }
        var rest = string.Join(", ", columns);
        await using var insert = new NpgsqlCommand(
            $"INSERT INTO journal (persistence_id, sequence_number, {rest}) SELECT '{source}', 1, {rest} FROM journal WHERE manifest LIKE 'identifier.claimed%' LIMIT 1", db);
        Assert.Equal(1, await insert.ExecuteNonQueryAsync());
    }
}
