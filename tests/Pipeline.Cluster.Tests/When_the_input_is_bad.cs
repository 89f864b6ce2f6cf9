using System.Net;
using System.Text.Json.Nodes;
using Pipeline.Audit.Vocabulary;
using Pipeline.Cluster.Tests.Support;
using static Pipeline.Cluster.Tests.Support.ReleaseFolders;

namespace Pipeline.Cluster.Tests;

public sealed class When_the_input_is_bad(OneNode house) : IClassFixture<OneNode>, IAsyncLifetime
{
    private static readonly TimeSpan NothingHangs = TimeSpan.FromSeconds(60);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>After each: the node is ready, takes a good release, and nothing temporary is left.</summary>
    public async Task DisposeAsync()
    {
        Assert.Equal(HttpStatusCode.OK, await house.Node.ReadyzAsync());
        Assert.Empty(Directory.Exists(Temporary) ? Leftovers() : []);
        var good = await house.IngestAsync(house.First, Single(house.Place.Releases, house.Fresh()));
        Assert.True(good.ExitCode == 0, good.ToString());
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var folder = Some();
        File.Delete(Path.Combine(folder, "01.flac"));
        await AnswersAsync(folder, "FILE_MISSING", "01.flac");
    }

    [Fact]
    public Task A_wrong_hash_is_found() => AnswersAsync(Some(t => t["sha256"] = new string('0', 64)), "HASH_MISMATCH", "sha256");

    [Fact]
    public async Task Truncated_audio_is_found()
    {
        var folder = Some();
        using (var file = File.OpenWrite(Path.Combine(folder, "01.flac")))
        {
            file.SetLength(file.Length / 2);
        }
        await AnswersAsync(folder, null, "01.flac");
    }

    [Fact]
    public async Task Text_renamed_to_wav_is_no_audio()
    {
        var folder = Some(t => t["file"] = "01.wav");
        File.Delete(Path.Combine(folder, "01.flac"));
        await File.WriteAllTextAsync(Path.Combine(folder, "01.wav"), string.Concat(Enumerable.Repeat("This is no sound.\n", 1000)));
        await AnswersAsync(folder, null, "01.wav");
    }

    [Fact]
    public Task An_md5_of_33_characters_is_no_md5() => AnswersAsync(Some(t => t["md5"] = new string('a', 33)), "HASH_MALFORMED", "md5");

    [Fact]
    public Task A_path_with_two_dots_does_not_leave_the_folder() => AnswersAsync(Some(t => t["file"] = "../../etc/passwd"), "PATH_OUTSIDE", "..");

    [Fact]
    public Task An_isrc_of_a_wrong_shape_is_refused() => AnswersAsync(Some(t => t["isrc"] = "QZ-ZZZ-26-1"), "ISRC_SHAPE", "isrc");

    [Fact]
    public async Task Xml_of_2_gib_is_not_read()
    {
        var folder = house.Place.At($"huge-{house.Fresh()}");
        Directory.CreateDirectory(folder);
        var message = Path.Combine(folder, "message.xml");
        await File.WriteAllTextAsync(message, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ern:NewReleaseMessage xmlns:ern=\"http://ddex.net/xml/ern/43\">\n");
        using (var file = File.OpenWrite(message))
        {
            file.SetLength(2L * 1024 * 1024 * 1024);
        }
        await AnswersAsync(folder, "MESSAGE_TOO_LARGE", "message.xml");
    }

    [Fact]
    public async Task A_message_that_does_not_end_is_cut_off_by_the_node_and_leaves_nothing()
    {
        using var http = house.Http(house.First);
        using var content = new MultipartFormDataContent { { new StreamContent(new Zeros(1L << 30)), "message", "release.json" } };
        using var response = await http.PostAsync("api/v1/releases", content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("MESSAGE_TOO_LARGE", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entities_that_would_explode_are_not_expanded()
    {
        var folder = house.Place.At($"bomb-{house.Fresh()}");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "message.xml"), """
            <?xml version="1.0"?>
            <!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
            <!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
            <ern:NewReleaseMessage xmlns:ern="http://ddex.net/xml/ern/43"><a>&e;&e;&f;</a></ern:NewReleaseMessage>
            """);
        await AnswersAsync(folder, "XML_DTD_FORBIDDEN", null);
    }

    /// <summary>The verb ends with 1 and a finding that says where, what and what to do.</summary>
    private async Task AnswersAsync(string folder, string? rule, string? mentions)
    {
        var answer = await MpProcess.RunAsync(NothingHangs, "ingest", folder, "--server", house.Url, "--key", house.First, "--json");
        Assert.True(answer.ExitCode == 1, answer.ToString());
        Assert.Contains(answer.Answer.State, (string[])["quarantined", "rejected"]);
        var stops = answer.Answer.Findings.Where(f => f.Severity >= Severity.Block).ToList();
        Assert.Contains(stops, f => (rule is null || f.Rule == rule)
            && (mentions is null || $"{f.Place} {f.Value} {f.Message}".Contains(mentions, StringComparison.OrdinalIgnoreCase)));
        Assert.All(stops, f => Assert.True(f.Place.Length > 0 && f.Message.Length > 0 && f.Remedy.Length > 0, f.ToString()));
    }

    private string Some(Action<JsonObject>? changeTrack = null)
    {
        var number = house.Fresh();
        return Write(house.Place.Releases, $"bad-{number}", [new Track(number, Isrc(number))], change: m => changeTrack?.Invoke((JsonObject)m["tracks"]![0]!));
    }

    private string Temporary => Path.Combine(house.Place.Data, "vault", "tmp");

    /// <summary>Bytes in files that are being written; the lock of a process start is a file too.</summary>
    private IEnumerable<string> Leftovers() =>
        Directory.EnumerateFiles(Temporary, "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length > 0);

    /// <summary>As many zeros as asked for, made while they are read.</summary>
    private sealed class Zeros(long length) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var some = (int)Math.Min(count, length - Position);
            buffer.AsSpan(offset, some).Clear();
            Position += some;
            return some;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
