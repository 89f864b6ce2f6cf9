using System.Diagnostics;
using System.Net;
using Pipeline.Cluster.Tests.Support;
using static Pipeline.Cluster.Tests.Support.ReleaseFolders;

namespace Pipeline.Cluster.Tests;

/// <summary>What exists for one tenant and what never was are the same thing for every other.</summary>
public sealed class When_another_tenant_asks(OneNode house) : IClassFixture<OneNode>
{
    /// <summary>Questions of each kind when time is measured.</summary>
    private const int Questions = 150;

    /// <summary>Medians this near are the same: a poll of the machine next door costs as much.</summary>
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(2);

    [Fact]
    public async Task Nothing_of_the_first_is_seen_by_any_id()
    {
        var (folder, first) = await ArchivedAsync();
        var (release, delivery) = (first.Answer.Release!, first.Answer.DeliveryId);
        var recording = (await TextAsync(house.First, $"api/v1/find?q={Uri.EscapeDataString(Isrc(Number(folder)))}")).Body;
        Assert.Contains(release, recording, StringComparison.Ordinal);

        foreach (var (there, never) in ((string, string)[])[
            ($"api/v1/releases/{release}", $"api/v1/releases/{Other(release)}"),
            ($"api/v1/deliveries/{delivery}", $"api/v1/deliveries/{Other(delivery)}"),
            ($"api/v1/deliveries/{delivery}?wait=1", $"api/v1/deliveries/{Other(delivery)}?wait=1"),
            ($"api/v1/proofs/{release}", $"api/v1/proofs/{Other(release)}"),
            ($"api/v1/proofs/{delivery}", $"api/v1/proofs/{Other(delivery)}"),
            .. (await IdsAsync(folder, first)).Select(id => ($"api/v1/find?q={Uri.EscapeDataString(id)}", $"api/v1/find?q={Uri.EscapeDataString(Other(id))}"))])
        {
            var (found, missing) = (await TextAsync(house.Second, there), await TextAsync(house.Second, never));
            Assert.Equal(missing, found);
            Assert.True(found.Status == HttpStatusCode.NotFound || found.Body == "[]", $"{there} answers {found}");
        }
        Assert.DoesNotContain(release, (await TextAsync(house.Second, "api/v1/releases")).Body, StringComparison.Ordinal);
        var (ours, theirs) = (await TextAsync(house.First, ""), await TextAsync(house.Second, ""));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (ours.Status, theirs.Status));
        var title = $"Release mine-{Number(folder)}";
        Assert.Contains(title, ours.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(title, theirs.Body, StringComparison.Ordinal);
        Assert.Contains(title, (await TextAsync(house.First, $"releases/{release}")).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await TextAsync(house.Second, $"releases/{release}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await TextAsync(house.Second, "api/v1/log/entries/0")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await TextAsync(house.Second, "log/tile/entries/000.p/1")).Status);
        using var http = house.Http(house.Second);
        using var resolve = await http.PostAsync($"api/v1/releases/{release}/resolve?note=x", null);
        Assert.Equal(HttpStatusCode.NotFound, resolve.StatusCode);
    }

    [Fact]
    public async Task The_first_sees_what_the_second_is_asked_for()
    {
        var (folder, first) = await ArchivedAsync();
        foreach (var id in await IdsAsync(folder, first))
        {
            Assert.NotEqual("[]", (await TextAsync(house.First, $"api/v1/find?q={Uri.EscapeDataString(id)}")).Body);
        }
        Assert.Equal(HttpStatusCode.OK, (await TextAsync(house.First, $"api/v1/proofs/{first.Answer.Release}")).Status);
    }

    [Fact]
    public async Task The_same_folder_from_another_tenant_is_no_duplicate()
    {
        var (folder, first) = await ArchivedAsync();
        var second = await house.IngestAsync(house.Second, folder);
        Assert.Equal("applied", second.Answer.Delivery);
        Assert.NotEqual(first.Answer.Release, second.Answer.Release);
        Assert.DoesNotContain("bluehour", second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("mpk_nobody_has_this_key", HttpStatusCode.Unauthorized)]
    public async Task Without_a_key_nothing_is_answered(string key, HttpStatusCode expected)
    {
        foreach (var path in (string[])["api/v1/releases", "api/v1/find?q=x", "api/v1/log", "api/v1/releases/release-bluehour-0", "api/v1/proofs/release-bluehour-0", "log/tile/entries/000"])
        {
            using var http = new HttpClient { BaseAddress = new Uri(house.Url + "/") };
            if (key.Length > 0)
            {
                http.DefaultRequestHeaders.Authorization = new("Bearer", key);
            }
            using var response = await http.GetAsync(path);
            Assert.Equal((path, expected), (path, response.StatusCode));
        }
    }

    [Fact]
    public async Task The_time_an_answer_takes_does_not_say_whether_it_exists_elsewhere()
    {
        var (folder, first) = await ArchivedAsync();
        foreach (var (there, never) in ((string, string)[])[
            ($"api/v1/releases/{first.Answer.Release}", $"api/v1/releases/{Other(first.Answer.Release!)}"),
            ($"api/v1/deliveries/{first.Answer.DeliveryId}", $"api/v1/deliveries/{Other(first.Answer.DeliveryId)}"),
            ($"api/v1/proofs/{first.Answer.Release}", $"api/v1/proofs/{Other(first.Answer.Release!)}"),
            ($"api/v1/find?q={Isrc(Number(folder))}", $"api/v1/find?q={Isrc(99999)}")])
        {
            using var http = house.Http(house.Second);
            var (thereTicks, neverTicks) = (new List<TimeSpan>(), new List<TimeSpan>());
            for (var i = 0; i < Questions; i++)
            {
                thereTicks.Add(await TimeAsync(http, there));
                neverTicks.Add(await TimeAsync(http, never));
            }
            var (a, b) = (Median(thereTicks), Median(neverTicks));
            Assert.True((a - b).Duration() < Floor || (a < 2 * b && b < 2 * a), $"{there}: {a} when it exists, {b} when not");
        }
    }

    private async Task<(string Folder, MpProcess Done)> ArchivedAsync()
    {
        var number = house.Fresh();
        var folder = Write(house.Place.Releases, $"mine-{number}", [new(number, Isrc(number), "A Secret Title")]);
        var done = await house.IngestAsync(house.First, folder);
        Assert.True(done.ExitCode == 0, done.ToString());
        return (folder, done);
    }

    /// <summary>Every id by which its owner finds a release.</summary>
    private static async Task<IReadOnlyList<string>> IdsAsync(string folder, MpProcess done) =>
    [
        done.Answer.Release!, done.Answer.DeliveryId, Isrc(Number(folder)), $"mine-{Number(folder)}#1",
        await Sha256Async(Path.Combine(folder, "01.flac")), await Sha256Async(Path.Combine(folder, "release.json")),
    ];

    private static async Task<string> Sha256Async(string file) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file)));

    private static int Number(string folder) =>
        int.Parse(Path.GetFileName(folder).Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>An id of the same form that never was: its last character is another.</summary>
    private static string Other(string id) => id[..^1] + (id[^1] == '0' ? '2' : '0');

    private async Task<(HttpStatusCode Status, string Body)> TextAsync(string key, string path)
    {
        using var http = house.Http(key);
        using var response = await http.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<TimeSpan> TimeAsync(HttpClient http, string path)
    {
        var started = Stopwatch.GetTimestamp();
        using var response = await http.GetAsync(path);
        await response.Content.ReadAsByteArrayAsync();
        return Stopwatch.GetElapsedTime(started);
    }

    private static TimeSpan Median(List<TimeSpan> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }
}
