using System.Net;
using Microsoft.Data.Sqlite;
using Pipeline.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Cluster.Tests;

public sealed class When_a_node_starts(ITestOutputHelper output) : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    /// <summary>The figure is printed; the limit is that of a machine with nothing else to do and is measured by the bench.</summary>
    [Fact]
    public async Task It_is_ready_on_an_empty_directory_and_again_on_a_used_one()
    {
        await using (var first = await NodeProcess.StartAsync(_place.Data))
        {
            output.WriteLine($"start to ready, empty directory: {first.StartToReady.TotalSeconds:0.00} s");
            Assert.Equal(0, await first.StopAsync());
        }
        await using var second = await NodeProcess.StartAsync(_place.Data);
        output.WriteLine($"start to ready, used directory: {second.StartToReady.TotalSeconds:0.00} s");
    }

    [Fact]
    public async Task A_directory_that_was_removed_begins_anew_under_another_origin_and_key()
    {
        var folder = ReleaseFolders.Single(_place.Releases, 1);
        var (first, firstKey) = await OnceAsync(folder);
        Directory.Delete(_place.Data, recursive: true);
        var (second, secondKey) = await OnceAsync(folder);
        Assert.NotEqual(first, second);
        Assert.NotEqual(firstKey, secondKey);
    }

    [Fact]
    public async Task A_directory_in_use_is_refused_with_a_clear_message()
    {
        await using var first = await NodeProcess.StartAsync(_place.Data);
        var second = await MpProcess.RunAsync("node", "--data", _place.Data, "--urls", ";");
        Assert.Equal(3, second.ExitCode);
        Assert.Contains($"{_place.Data} is in use by a running node", second.Errors, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await first.ReadyzAsync());
    }

    [Fact]
    public async Task An_older_log_database_under_a_newer_log_halts_the_log_and_leaves_reading_up()
    {
        var kept = Directory.CreateDirectory(_place.At("kept")).FullName;
        var archived = await MpProcess.IngestAsync(_place.Data, ReleaseFolders.Single(_place.Releases, 1));
        Assert.True(archived.ExitCode == 0, archived.ToString());
        CopyLogDatabase(_place.Data, kept);
        Assert.Equal(0, (await MpProcess.IngestAsync(_place.Data, ReleaseFolders.Single(_place.Releases, 2))).ExitCode);
        var checkpoint = await File.ReadAllBytesAsync(Path.Combine(_place.Log, "checkpoint"));
        CopyLogDatabase(kept, _place.Data);

        await using var node = NodeProcess.Launch(_place.Data, null, null);
        await Eventually.HoldsAsync(
            async () => await node.ReadyzAsync() is HttpStatusCode.ServiceUnavailable && (await node.LogAsync()).Halted is not null,
            TimeSpan.FromSeconds(60), node.LastWords);

        Assert.Equal(2, (await node.ReleasesAsync()).Count);
        var status = await MpProcess.RunAsync("status", "--data", _place.Data);
        Assert.Equal(1, status.ExitCode);
        Assert.Contains("HALTED", status.Output, StringComparison.Ordinal);
        var runbook = status.Output[status.Output.IndexOf("ops/docs/runbooks/", StringComparison.Ordinal)..].Split(".md")[0] + ".md";
        Assert.True(File.Exists(Path.Combine(Sources(), runbook)), $"{runbook} is named and not there");

        // Nothing new is acknowledged that could not be proven, and nobody waits for ever.
        var folder = ReleaseFolders.Single(_place.Releases, 3);
        Assert.Null(await Senders.TrySendAsync(node.Local, folder, null, CancellationToken.None));
        var late = await MpProcess.RunAsync(TimeSpan.FromSeconds(20), "ingest", folder, "--data", _place.Data, "--json");
        Assert.Equal(3, late.ExitCode);
        Assert.Contains("halted", late.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(checkpoint, await File.ReadAllBytesAsync(Path.Combine(_place.Log, "checkpoint")));
    }

    private async Task<(string Origin, string Vkey)> OnceAsync(string folder)
    {
        var done = await MpProcess.IngestAsync(_place.Data, folder);
        Assert.Equal((0, "applied"), (done.ExitCode, done.Answer.Delivery));
        await MpProcess.FsckIsCleanAsync(_place.Log);
        return (done.Answer.Log!.Origin, await File.ReadAllTextAsync(Path.Combine(_place.Log, "vkey")));
    }

    /// <summary>As a backup tool does: through the database, so that what lies in the WAL comes along.</summary>
    private static void CopyLogDatabase(string from, string to)
    {
        foreach (var left in Directory.EnumerateFiles(to, "log.db*"))
        {
            File.Delete(left);
        }
        using var source = new SqliteConnection($"Data Source={Path.Combine(from, "log.db")};Pooling=False");
        using var target = new SqliteConnection($"Data Source={Path.Combine(to, "log.db")};Pooling=False");
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }

    private static string Sources()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "MusicPipeline.sln")))
        {
            folder = folder.Parent;
        }
        return folder.FullName;
    }
}
