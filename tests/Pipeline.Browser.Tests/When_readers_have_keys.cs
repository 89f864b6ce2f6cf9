using System.Net;
using System.Net.Http.Headers;
using static Microsoft.Playwright.Assertions;

namespace Pipeline.Browser.Tests;

/// <summary>The page on a node that knows nobody without a key.</summary>
[Collection(Chromium.Name)]
public sealed class When_readers_have_keys(Chromium chromium, When_readers_have_keys.ClosedNode closed) : IClassFixture<When_readers_have_keys.ClosedNode>
{
    /// <summary>One node with two tenants; the first has one archived release.</summary>
    public sealed class ClosedNode : IAsyncLifetime
    {
        private NodeProcess? _node;

        public NodeProcess Node => _node!;

        public string First { get; private set; } = "";

        public string Second { get; private set; } = "";

        public SmallRelease OfFirst { get; } = new(11);

        public async Task InitializeAsync()
        {
            if (File.Exists("/usr/bin/chromium"))
            {
                _node = await NodeProcess.StartAsync(openLoopback: false);
                First = await _node.KeyAsync("anna", "bluehour");
                Second = await _node.KeyAsync("ben", "redhour");
                await _node.IngestAsync(OfFirst.Path, First);
            }
        }

        public async Task DisposeAsync()
        {
            OfFirst.Dispose();
            if (_node is not null)
            {
                await _node.DisposeAsync();
            }
        }
    }

    [SkippableFact]
    public async Task Whoever_has_no_key_is_asked_for_one_and_gets_in_with_it_and_out_again()
    {
        Chromium.Require();
        await using var reader = await chromium.ReaderAsync(closed.Node);
        Assert.Equal(401, (await reader.GoAsync("/")).Status);
        await Expect(reader.Page.Locator("body")).Not.ToContainTextAsync(closed.OfFirst.Title);

        await reader.SignInAsync("mpk_" + new string('0', 64));
        await Expect(reader.Page.GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToContainTextAsync("Nobody has this key");

        await reader.SignInAsync(closed.First);
        Assert.Equal(closed.Node.Url + "/", reader.Page.Url);
        await Expect(reader.Release(closed.OfFirst)).ToHaveAttributeAsync("data-state", "archived");
        var cookie = Assert.Single(await reader.Page.Context.CookiesAsync());
        Assert.True(cookie.HttpOnly);
        Assert.Equal(Microsoft.Playwright.SameSiteAttribute.Strict, cookie.SameSite);
        Assert.DoesNotContain(closed.First, await reader.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(closed.First, closed.Node.Said, StringComparison.Ordinal);

        await reader.FollowAsync(reader.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Sign out" }));
        await Expect(reader.Page.GetByLabel("Your key")).ToHaveCountAsync(1);
        Assert.Empty(await reader.Page.Context.CookiesAsync());
        // Chromium itself reports a document that was answered by 401.
        Assert.All(reader.Complaints, complaint => Assert.Contains("401", complaint, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Another_tenant_sees_nothing_of_it_and_cannot_tell_it_from_what_never_was()
    {
        Chromium.Require();
        var releaseId = await IdOfFirstAsync();
        await using var reader = await chromium.ReaderAsync(closed.Node);
        await reader.GoAsync("/");
        await reader.SignInAsync(closed.Second);
        await Expect(reader.Page.Locator("#sum")).ToHaveTextAsync("No releases");
        foreach (var id in new[] { releaseId, closed.OfFirst.Isrc, closed.OfFirst.MessageId })
        {
            await reader.SearchAsync(id);
            await Expect(reader.Page.Locator("#nothing")).ToHaveCountAsync(1);
        }

        using var second = As(closed.Second);
        var never = releaseId[..^4] + (releaseId.EndsWith("0000", StringComparison.Ordinal) ? "1111" : "0000");
        foreach (var path in new[] { "/releases/{0}", "/releases/{0}/entry", "/releases/{0}/proof", "/api/v1/releases/{0}", "/api/v1/proofs/{0}", "/?q={0}" })
        {
            var foreign = await AnswerAsync(second, path, releaseId);
            Assert.Equal(await AnswerAsync(second, path, never), foreign);
            if (!path.Contains('?', StringComparison.Ordinal))
            {
                Assert.StartsWith("NotFound", foreign, StringComparison.Ordinal);
            }
        }
    }

    [SkippableFact]
    public async Task The_live_stream_of_another_tenant_carries_none_of_it()
    {
        Chromium.Require();
        var releaseId = await IdOfFirstAsync();
        using var second = As(closed.Second);
        Assert.Contains("No releases", await FirstFragmentAsync(second, "/events"), StringComparison.Ordinal);
        Assert.DoesNotContain("release-", await FirstFragmentAsync(second, "/events?release=" + releaseId), StringComparison.Ordinal);
        using var first = As(closed.First);
        Assert.Contains(releaseId, await FirstFragmentAsync(first, "/events"), StringComparison.Ordinal);
        using var nobody = new HttpClient { BaseAddress = new Uri(closed.Node.Url) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(new Uri("/events", UriKind.Relative))).StatusCode);
    }

    [SkippableTheory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task A_form_of_another_site_is_refused(string? origin)
    {
        Chromium.Require();
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(closed.Node.Url) };
        foreach (var path in new[] { "/sign-in", "/sign-out" })
        {
            using var form = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([new("key", closed.First)]) };
            if (origin is not null)
            {
                form.Headers.Add("Origin", origin);
            }
            using var answer = await http.SendAsync(form);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }
    }

    [SkippableFact]
    public async Task A_page_that_stays_open_over_a_restart_shows_what_came_after_it()
    {
        Chromium.Require();
        using var before = new SmallRelease(21);
        using var after = new SmallRelease(22);
        await using var node = await NodeProcess.StartAsync(openLoopback: false);
        var key = await node.KeyAsync("anna", "bluehour");
        await using var reader = await chromium.ReaderAsync(node);
        await reader.GoAsync("/");
        await reader.SignInAsync(key);
        await node.IngestAsync(before.Path, key);
        await Expect(reader.Release(before)).ToHaveAttributeAsync("data-state", "archived");
        await reader.Page.EvaluateAsync("window.sameDocument = true");

        await node.StopAsync();
        await Expect(reader.Release(before)).ToHaveCountAsync(1);
        await node.StartAsync();
        await node.IngestAsync(after.Path, key);

        await Expect(reader.Release(after)).ToHaveAttributeAsync("data-state", "archived");
        await Expect(reader.Release(before)).ToHaveAttributeAsync("data-state", "archived");
        Assert.True(await reader.Page.EvaluateAsync<bool>("window.sameDocument === true"), "the page was loaded again");
        Assert.DoesNotContain("XML encryptor", node.Said, StringComparison.Ordinal);
    }

    private HttpClient As(string key)
    {
        var http = new HttpClient { BaseAddress = new Uri(closed.Node.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    private async Task<string> IdOfFirstAsync()
    {
        using var first = As(closed.First);
        var page = await first.GetStringAsync(new Uri("/", UriKind.Relative));
        return System.Text.RegularExpressions.Regex.Match(page, "release-bluehour-[0-9a-f]{40}").Value;
    }

    /// <summary>Status, headers and body, without the time and without the id that was asked for.</summary>
    private static async Task<string> AnswerAsync(HttpClient http, string path, string id)
    {
        using var answer = await http.GetAsync(new Uri(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, id), UriKind.Relative));
        var headers = answer.Headers.Where(h => h.Key != "Date").OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {string.Join(',', h.Value)}");
        var body = await answer.Content.ReadAsStringAsync();
        return $"{answer.StatusCode}\n{string.Join('\n', headers)}\n{body.Replace(id, "ID", StringComparison.Ordinal)}";
    }

    /// <summary>The first unnamed event that a stream sends.</summary>
    private static async Task<string> FirstFragmentAsync(HttpClient http, string path)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var stream = await http.GetStreamAsync(new Uri(path, UriKind.Relative), patience.Token);
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(patience.Token))
        {
            if (item.EventType == "message")
            {
                return item.Data;
            }
        }
        throw new EndOfStreamException(path);
    }
}
