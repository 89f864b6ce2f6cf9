using System.Text;
using System.Text.Json.Nodes;
using NJsonSchema;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Ingest.Tests.Catalogue;

public class ReleaseJson
{
    private static readonly DateOnly Day = new(2026, 10, 1);

    internal static byte[] Example() => File.ReadAllBytes(Document("release.example.json"));

    [Fact]
    public void The_example_is_read_whole_and_only_says_what_it_lacks()
    {
        var read = Assert.IsType<ReadMessage.Read>(CatalogueReader.Read("release.json", Example()));
        Assert.Empty(read.Findings);
        var release = read.Release;
        Assert.Equal(("release.json/1", null, "nine-rooms#1", "nine-rooms", "0200000000011"),
            (release.Format, release.Sender, release.MessageId!.Value, release.ProprietaryId!.Value, release.Gtin!.Value));
        Assert.Equal(["T1", "T2"], release.Tracks.Select(t => t.Reference));
        Assert.Equal(["MainArtist", "FeaturedArtist"], release.Tracks[0].Artists.Select(a => a.Role.Value));
        Assert.Equal(("Ada Bitrate", "MainArtist"), (release.Tracks[1].DisplayArtist!.Value, release.Tracks[1].Artists[0].Role.Value));
        Assert.Equal((2, 0), (release.Tracks[0].Splits, release.Tracks[1].Splits));
        Assert.Equal("/tracks/1/isrc", release.Tracks[1].Isrc!.Place.ToString());
        var hash = Assert.Single(release.Tracks[0].File!.Hashes);
        Assert.Equal(("SHA-256", "hex"), (hash.Algorithm.Value, hash.Encoding));
        Assert.Equal("cover.jpg", Assert.Single(release.Images).File!.Path.Value);
        Assert.Empty(MetadataRules.Check(release, null, Day));
    }

    [Fact]
    public void A_byte_order_mark_is_allowed_and_a_hash_in_base64_is_told_by_its_length()
    {
        var json = Changed(o => o["tracks"]![0]!["md5"] = "1B2M2Y8AsgTpgAmY7PhCfg==");
        var read = Assert.IsType<ReadMessage.Read>(CatalogueReader.Read("release.json", Encoding.UTF8.GetBytes("\uFEFF" + json)));
        Assert.Equal([("SHA-256", "hex"), ("MD5", "base64")],
            read.Release.Tracks[0].File!.Hashes.Select(h => (h.Algorithm.Value, h.Encoding!)));
    }

    [Theory]
    [InlineData("{\"id\":\"a\",\"id\":\"b\"}", "JSON_DUPLICATE_MEMBER", "/id")]
    [InlineData("{\"tracks\":[{},{\"title\":\"a\",\"t\\u0069tle\":\"b\"}]}", "JSON_DUPLICATE_MEMBER", "/tracks/1/title")]
    [InlineData("{\"x\":{\"a/b\":[1,[2,{\"~\":1,\"~\":2}]]}}", "JSON_DUPLICATE_MEMBER", "/x/a~1b/1/1/~0")]
    [InlineData("{\"id\":\"\\ud800\"}", "JSON_MALFORMED", "/id")]
    [InlineData("{\"id\":\"a\"", "JSON_MALFORMED", "line 1, byte 10")]
    [InlineData("{\"id\":\"a\",}", "JSON_MALFORMED", "line 1, byte 11")]
    [InlineData("{} {}", "JSON_MALFORMED", "line 1, byte 4")]
    [InlineData("{\"a\":NaN}", "JSON_MALFORMED", "line 1, byte 6")]
    [InlineData("{\n // no comment\n}", "JSON_MALFORMED", "line 2, byte 2")]
    [InlineData("{\"revision\":1e400}", "JSON_WRONG_TYPE", "/revision")]
    [InlineData("{\"id\":null}", "JSON_WRONG_TYPE", "/id")]
    [InlineData("{\"tracks\":[1]}", "JSON_WRONG_TYPE", "/tracks/0")]
    [InlineData("{}", "JSON_MEMBER_MISSING", "/")]
    public void Json_that_has_two_readings_or_none_is_refused_with_the_place(string json, string rule, string place)
    {
        var refused = Assert.IsType<ReadMessage.Refused>(CatalogueReader.Read("x", Encoding.UTF8.GetBytes(json)));
        Assert.Contains(refused.Findings, f => (f.Rule, f.Place) == (rule, place));
    }

    [Fact]
    public void Nesting_size_and_number_of_tracks_have_limits()
    {
        Assert.Equal("JSON_MALFORMED", Refusal("{\"x\":" + new string('[', 100_000)));
        Assert.Equal("MESSAGE_TOO_LARGE", Refusal("{\"x\":\"" + new string('x', CatalogueLimits.MaxManifestBytes) + "\"}"));
        Assert.Equal("MESSAGE_TOO_LARGE", Refusal(Changed(o => o["title"] = new string('x', CatalogueLimits.MaxTextCharacters + 1))));
        Assert.Equal("TRACKS_TOO_MANY", Refusal(Changed(o => o["tracks"] =
            new JsonArray([.. Enumerable.Range(0, CatalogueLimits.MaxTracks + 1).Select(_ => o["tracks"]![1]!.DeepClone())]))));
    }

    [Fact]
    public void An_unknown_member_is_warned_of_and_the_release_is_read()
    {
        var json = Changed(o =>
        {
            o["upc"] = "x";
            o["tracks"]![1]!["ISRC"] = "x";
        });
        var read = Assert.IsType<ReadMessage.Read>(CatalogueReader.Read("release.json", Encoding.UTF8.GetBytes(json)));
        Assert.Equal([("JSON_UNKNOWN_MEMBER", Severity.Warn, "/tracks/1/ISRC"), ("JSON_UNKNOWN_MEMBER", Severity.Warn, "/upc")],
            read.Findings.Select(f => (f.Rule, f.Severity, f.Place)));
    }

    [Fact]
    public async Task Schema_and_reader_agree_on_every_member_that_is_missing_or_of_another_type()
    {
        // The validator knows the keyword by its name before draft 2019-09.
        var schema = await JsonSchema.FromJsonAsync((await File.ReadAllTextAsync(Document("release.schema.json")))
            .Replace("$defs", "definitions", StringComparison.Ordinal));
        Assert.Empty(schema.Validate(Encoding.UTF8.GetString(Example())));
        var (agreedValid, agreedInvalid) = (0, 0);
        foreach (var (what, json) in Mutations())
        {
            var bySchema = schema.Validate(json).Count == 0;
            var byReader = CatalogueReader.Read("release.json", Encoding.UTF8.GetBytes(json)) is ReadMessage.Read;
            Assert.True(bySchema == byReader, $"{what}: the schema says {bySchema}, the reader {byReader}");
            (agreedValid, agreedInvalid) = bySchema ? (agreedValid + 1, agreedInvalid) : (agreedValid, agreedInvalid + 1);
        }
        Assert.True(agreedValid > 10 && agreedInvalid > 100, $"{agreedValid} valid, {agreedInvalid} not");
    }

    /// <summary>The example, with each member at every depth once left out and once replaced by each other type.</summary>
    private static IEnumerable<(string What, string Json)> Mutations()
    {
        var values = new Func<JsonNode?>[] { () => 1.5, () => true, () => null, () => new JsonArray(), () => new JsonObject(), () => "" };
        foreach (var path in Members(JsonNode.Parse(Example())!, []).ToList())
        {
            var missing = JsonNode.Parse(Example())!;
            ((JsonObject)At(missing, path[..^1])).Remove(path[^1]);
            yield return ($"without {string.Join('/', path)}", missing.ToJsonString());
            foreach (var value in values)
            {
                var wrong = JsonNode.Parse(Example())!;
                var was = At(wrong, path);
                var becomes = value();
                if (becomes?.GetValueKind() == was.GetValueKind())
                {
                    continue;
                }
                At(wrong, path[..^1])[path[^1]] = becomes;
                yield return ($"{string.Join('/', path)} = {becomes?.ToJsonString() ?? "null"}", wrong.ToJsonString());
            }
        }
    }

    private static IEnumerable<string[]> Members(JsonNode node, string[] path) => node switch
    {
        JsonObject map => map.SelectMany(m => Members(m.Value!, [.. path, m.Key]).Prepend([.. path, m.Key])),
        JsonArray list => list.SelectMany((item, i) => Members(item!, [.. path, i.ToString(System.Globalization.CultureInfo.InvariantCulture)])),
        _ => [],
    };

    private static JsonNode At(JsonNode node, IEnumerable<string> path) => path.Aggregate(
        node, (at, name) => at is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : at[name]!);

    private static string Changed(Action<JsonNode> change)
    {
        var json = JsonNode.Parse(Example())!;
        change(json);
        return json.ToJsonString();
    }

    private static string Refusal(string json) => Assert.IsType<ReadMessage.Refused>(
        CatalogueReader.Read("release.json", Encoding.UTF8.GetBytes(json))).Findings.First(f => f.Severity == Severity.Reject).Rule;

    private static string Document(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "MusicPipeline.sln")))
        {
            folder = folder.Parent;
        }
        return Path.Combine(folder.FullName, "ops", "docs", name);
    }
}
