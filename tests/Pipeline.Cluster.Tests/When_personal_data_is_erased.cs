using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Pipeline.Actors.Erasure;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Facts;
using Pipeline.Cluster.Tests.Support;

namespace Pipeline.Cluster.Tests;

/// <summary>A person asks to be forgotten: the databases forget, the log stays, and a copy from before forgets again.</summary>
public sealed class When_personal_data_is_erased : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly string[] Names = ["Ottoline", "Zephyrine", "quillmark", "Yarrowdale"];

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task No_database_holds_it_the_log_proves_that_it_did_and_a_row_that_comes_back_goes_again()
    {
        var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort());
        var ingested = await MpProcess.IngestAsync(_place.Data, Named("quillmark-1", 1));
        Assert.True(ingested.ExitCode == 0, ingested.ToString());
        var release = ingested.Answer.Release!;
        Assert.Equal(0, (await MpProcess.IngestAsync(_place.Data, ReleaseFolders.Write(_place.Releases, "other-2", [new(2, ReleaseFolders.Isrc(2), "Marginalia")]))).ExitCode);

        var preview = await EraseAsync(release, commit: false);
        Assert.Equal((false, 0L), (preview.Committed, preview.Destroyed));
        Assert.Contains(preview.Entries, e => e is { Fact: "release.received.1", Fate: "erase" });
        Assert.Contains(preview.Entries, e => e is { Fact: "edition.added.1", Fate: "erase" });
        Assert.All(Names, name => Assert.True(AnyDatabaseHolds(name), name));

        var before = await RowAsync($"release:{release}");
        var erased = await EraseAsync(release, commit: true);
        Assert.Equal(preview.Entries.Count(e => e.Fate == "erase"), erased.Destroyed);
        await Eventually.HoldsAsync(
            async () => (await ReleaseAsync(release)).Title == "(erased)" && !Names.Any(AnyDatabaseHolds), Patience, node.LastWords);
        Assert.True(AnyDatabaseHolds("Marginalia"), "another's release was erased with it");
        Assert.DoesNotContain((await EraseAsync(release, commit: true)).Entries, e => e.Fate != "kept");
        await Eventually.HoldsAsync(() => Task.FromResult(LogEntries.Read(_place.Log).Of<ErasureDone>().Count > 0), Patience, node.LastWords);
        Assert.Equal(0, await node.StopAsync());
        await MpProcess.FsckIsCleanAsync(_place.Log);
        Assert.Single(LogEntries.Read(_place.Log).Of<ErasureDone>());

        // What a journal from an older backup would bring back.
        await WriteAsync(before);
        Assert.True(AnyDatabaseHolds(Names[0]));
        await using var again = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort());
        await Eventually.HoldsAsync(() => Task.FromResult(!AnyDatabaseHolds(Names[0])), Patience, again.LastWords);
        Assert.Equal("archived", (await ReleaseAsync(release)).State);
        await Eventually.HoldsAsync(
            () => Task.FromResult(LogEntries.Read(_place.Log).Of<ErasureDone>() is [_, { Destroyed: 1 }]), Patience, again.LastWords);
    }

    [Fact]
    public async Task Uploads_of_the_release_go_with_it_and_the_same_bytes_sent_for_something_else_stay()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort(), "--open-loopback");
        var folder = Named("quillmark-3", 3);
        var ingested = await MpProcess.RunAsync("ingest", folder, "--server", $"http://127.0.0.1:{node.Port}", "--json");
        Assert.True(ingested.ExitCode == 0, ingested.ToString());
        var sent = ingested.Answer.Uploads!.Select(u => u.Upload).Distinct().Count();
        var bytes = await File.ReadAllBytesAsync(Directory.GetFiles(folder).First(f => !f.EndsWith(".json", StringComparison.Ordinal)));
        var client = new TusClient(() => node.Local, null);
        var again = (await client.CreateAsync(bytes.Length, TusClient.Metadata("filename", "Ottoline for another release.flac"))).Location!;
        Assert.Equal(204, (await client.PatchAsync(again, 0, bytes)).Status);
        await Eventually.HoldsAsync(() => Task.FromResult(LogEntries.Read(_place.Log).Of<UploadCompleted>().Count == sent + 1), Patience, node.LastWords);

        var erased = await EraseAsync(ingested.Answer.Release!, commit: true);

        Assert.Equal(sent, erased.Entries.Count(e => e is { Fact: "upload.completed.1", Fate: "erased" }));
        await Eventually.HoldsAsync(() => Task.FromResult(!AnyDatabaseHolds("Zephyrine")), Patience, node.LastWords);
        Assert.True(AnyDatabaseHolds("Ottoline for another release"), "an open upload lost its name");
        Assert.Contains("ERASURE_OPEN", (await MpProcess.RunAsync(
            "erase", again.Split('/')[^1], "--reason", "request", "--data", _place.Data)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_open_and_what_nobody_knows_is_refused()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort());
        var held = await MpProcess.IngestAsync(_place.Data, ReleaseFolders.Write(_place.Releases, "held-1", [new(1, ReleaseFolders.Isrc(1), "Held")], withAudio: false));
        var refused = await MpProcess.RunAsync("erase", held.Answer.Release!, "--reason", "request", "--commit", "--data", _place.Data);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("ERASURE_OPEN", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await MpProcess.RunAsync("erase", $"release-local-{new string('0', 40)}", "--reason", "request", "--data", _place.Data)).ExitCode);
        Assert.Equal(2, (await MpProcess.RunAsync("erase", held.Answer.Release!, "--reason", "Anna asked", "--data", _place.Data)).ExitCode);
    }

    /// <summary>What says the title of the release.</summary>
    private async Task<(string Id, long Number, byte[] Message)> RowAsync(string id)
    {
        await using var db = new SqliteConnection($"Data Source={_place.Data}/journal.db;Pooling=False");
        return await db.QueryFirstAsync<(string, long, byte[])>(
            "SELECT persistence_id, sequence_number, message FROM journal WHERE manifest = 'release.received.1' AND persistence_id = @id", new { id });
    }

    private async Task WriteAsync((string Id, long Number, byte[] Message) row)
    {
        await using var db = new SqliteConnection($"Data Source={_place.Data}/journal.db;Pooling=False");
        Assert.Equal(1, await db.ExecuteAsync(
            "UPDATE journal SET message = @Message WHERE persistence_id = @Id AND sequence_number = @Number", new { row.Message, row.Id, row.Number }));
    }

    private async Task<ErasureAnswer> EraseAsync(string release, bool commit)
    {
        var said = await MpProcess.RunAsync(["erase", release, "--reason", "request", "--json", "--data", _place.Data, .. commit ? ["--commit"] : Array.Empty<string>()]);
        Assert.True(said.ExitCode == 0, said.ToString());
        return JsonSerializer.Deserialize(said.Output, ErasureJson.Default.ErasureAnswer)!;
    }

    private async Task<ReleaseAnswer> ReleaseAsync(string release) =>
        (await MpProcess.RunAsync("status", release, "--json", "--data", _place.Data)).Answer;

    private bool AnyDatabaseHolds(string text) => Directory.GetFiles(_place.Data, "*.db*").Any(f => Read(f).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    private string Named(string id, int number) => ReleaseFolders.Write(
        _place.Releases, id, [new(number, ReleaseFolders.Isrc(number), "Lantern over Yarrowdale")],
        change: manifest =>
        {
            manifest["title"] = "Zephyrine Quillmark sings";
            manifest["artist"] = "Ottoline Bramblewick";
        });
}
