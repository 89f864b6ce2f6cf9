using System.Text;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

/// <summary>
/// A full run with names, titles, an address and an account number in every place a sender can put them: the log is for
/// ever and its public half for everybody, so none of them may be in it.
/// </summary>
public sealed class When_the_log_is_searched_for_people : IDisposable
{
    private static readonly string[] Personal =
    [
        "Ottoline", "Bramblewick", "Yarrowdale", "Zephyrine", "bramblewick.example", "DE89370400440532013000", "quillmark",
    ];

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Neither_its_files_nor_any_public_answer_name_anybody()
    {
        var port = NodeProcess.FreePort();
        await using var node = await NodeProcess.StartAsync(_place.Data, port, "--open-loopback");
        var archived = Named("quillmark-1", 1);
        var quarantined = Named("quillmark-2", 2, withAudio: false);
        Assert.Equal(0, (await MpProcess.IngestAsync(_place.Data, archived)).ExitCode);
        Assert.Equal(1, (await MpProcess.IngestAsync(_place.Data, quarantined)).ExitCode);
        Assert.Equal(0, (await MpProcess.RunAsync(
            "key", "add", "ottoline@bramblewick.example", "--tenant", "redhouse", "--role", "artist", "--data", _place.Data)).ExitCode);
        var client = new TusClient(() => node.Local, null);
        var bytes = Some.Bytes(5000, 1);
        var location = (await client.CreateAsync(bytes.Length, TusClient.Metadata("filename", "Ottoline Bramblewick - demo.wav"))).Location!;
        Assert.Equal(204, (await client.PatchAsync(location, 0, bytes)).Status);
        await Eventually.HoldsAsync(
            async () => await node.LogAsync() is var log && log.Size > 20 && log.Size == log.PublishedSize, TimeSpan.FromSeconds(30), node.LastWords);
        var size = (await node.LogAsync()).PublishedSize;

        using var anybody = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        foreach (var path in new[] { "log/checkpoint", "log/vkey", "log/history", $"log/tile/0/000.p/{size}", "livez", "readyz", "metrics" })
        {
            using var answer = await anybody.GetAsync(path);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
            NamesNobody(path, await answer.Content.ReadAsByteArrayAsync());
        }
        var files = Directory.GetFiles(_place.Log, "*", SearchOption.AllDirectories);
        Assert.Contains(files, f => f.Contains("/tile/entries/", StringComparison.Ordinal));
        foreach (var file in files)
        {
            NamesNobody(file, await File.ReadAllBytesAsync(file));
        }

        // They were written down, in the private half: otherwise nothing was looked for.
        Assert.Equal(0, await node.StopAsync());
        var journal = Directory.GetFiles(_place.Data, "journal.db*").SelectMany(File.ReadAllBytes).ToArray();
        Assert.True(Holds(journal, "Bramblewick"), "the journal names nobody either");
    }

    private string Named(string id, int number, bool withAudio = true) => ReleaseFolders.Write(
        _place.Releases, id, [new(number, ReleaseFolders.Isrc(number), "Lantern over Yarrowdale DE89370400440532013000")], withAudio: withAudio,
        change: manifest =>
        {
            manifest["title"] = "Zephyrine Quillmark sings";
            manifest["artist"] = "Ottoline Bramblewick";
        });

    private static void NamesNobody(string where, byte[] bytes) =>
        Assert.All(Personal, name => Assert.False(Holds(bytes, name), $"{where} holds '{name}'"));

    /// <summary>As text of any case, in UTF-8 and UTF-16.</summary>
    private static bool Holds(byte[] bytes, string text) =>
        Encoding.Latin1.GetString(bytes).Contains(text, StringComparison.OrdinalIgnoreCase)
        || bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;
}
