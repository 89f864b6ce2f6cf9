using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pipeline.Browser.Tests;

/// <summary>The page as the demo opens it: a reader without an account, on the machine itself.</summary>
[Collection(Chromium.Name)]
public sealed class When_the_reader_is_on_open_loopback(Chromium chromium, When_the_reader_is_on_open_loopback.OpenNode open)
    : IClassFixture<When_the_reader_is_on_open_loopback.OpenNode>
{
    /// <summary>One node with one archived release, for all of these tests.</summary>
    public sealed class OpenNode : IAsyncLifetime
    {
        private NodeProcess? _node;

        public NodeProcess Node => _node!;

        public SmallRelease Known { get; } = new(1);

        public async Task InitializeAsync()
        {
            if (File.Exists("/usr/bin/chromium"))
            {
                _node = await NodeProcess.StartAsync(openLoopback: true);
                await _node.IngestAsync(Known.Path);
            }
        }

        public async Task DisposeAsync()
        {
            Known.Dispose();
            if (_node is not null)
            {
                await _node.DisposeAsync();
            }
        }
    }

    [SkippableFact]
    public async Task A_release_handed_in_while_the_page_is_open_appears_and_is_archived_without_reload()
    {
        Chromium.Require();
        using var release = new SmallRelease(2);
        await using var reader = await chromium.ReaderAsync(open.Node);
        await reader.GoAsync("/");
        await Expect(reader.Release(open.Known)).ToHaveCountAsync(1);
        await Expect(reader.Release(release)).ToHaveCountAsync(0);
        await reader.Page.EvaluateAsync("window.sameDocument = true");
        var rootBefore = await reader.Page.Locator("#log-root").InnerTextAsync();

        await open.Node.IngestAsync(release.Path);

        await Expect(reader.Release(release)).ToHaveAttributeAsync("data-state", "archived");
        await Expect(reader.Release(release).Locator(".light.passed")).ToHaveCountAsync(5);
        await Expect(reader.Release(release).Locator(".light").First).ToHaveTextAsync("checksum: passed");
        await Expect(reader.Page.Locator("#log-root")).Not.ToHaveTextAsync(rootBefore);
        Assert.True(await reader.Page.EvaluateAsync<bool>("window.sameDocument === true"), "the page was loaded again");
        Assert.Empty(reader.Complaints);
    }

    [SkippableFact]
    public async Task The_log_stands_on_the_page_as_its_checkpoint_says()
    {
        Chromium.Require();
        await using var reader = await chromium.ReaderAsync(open.Node);
        await reader.GoAsync("/");
        await Expect(reader.Page.Locator("#log-published")).ToHaveTextAsync("all");
        using var http = new HttpClient();
        var checkpoint = (await http.GetStringAsync(new Uri(open.Node.Url + "/log/checkpoint"))).Split('\n');
        await Expect(reader.Page.Locator(".origin")).ToHaveTextAsync(checkpoint[0]);
        await Expect(reader.Page.Locator("#log-size")).ToHaveTextAsync(checkpoint[1]);
        await Expect(reader.Page.Locator("#log-root")).ToHaveTextAsync(Convert.ToHexStringLower(Convert.FromBase64String(checkpoint[2])));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Search_finds_by_every_id_and_says_so_when_there_is_nothing(bool script)
    {
        Chromium.Require();
        await using var reader = await chromium.ReaderAsync(open.Node, script);
        await reader.GoAsync("/");
        var releaseId = await reader.Release(open.Known).GetAttributeAsync("id");
        var isrcWithHyphens = Regex.Replace(open.Known.Isrc, "^(..)(...)(..)(.....)$", "$1-$2-$3-$4");
        foreach (var id in new[] { open.Known.Isrc, isrcWithHyphens, open.Known.Isrc.ToLowerInvariant(), releaseId!, open.Known.MessageId })
        {
            await reader.SearchAsync(id);
            await Expect(reader.Page.Locator("li.release")).ToHaveCountAsync(1);
            await Expect(reader.Release(open.Known)).ToHaveAttributeAsync("id", releaseId!);
        }
        await reader.SearchAsync("<b>garbage</b>");
        await Expect(reader.Page.Locator("li.release")).ToHaveCountAsync(0);
        await Expect(reader.Page.Locator("#nothing")).ToContainTextAsync("<b>garbage</b>");
        Assert.Empty(reader.Complaints);
    }

    [SkippableFact]
    public async Task Without_script_a_release_has_its_page_and_its_proof_verifies()
    {
        Chromium.Require();
        await using var reader = await chromium.ReaderAsync(open.Node, script: false);
        await reader.GoAsync("/");
        await reader.FollowAsync(reader.Page.GetByRole(AriaRole.Link, new() { Name = open.Known.Title }));

        await Expect(reader.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(open.Known.Title);
        await Expect(reader.Page.Locator("#state")).ToHaveTextAsync("archived");
        await Expect(reader.Page.Locator(".light.passed")).ToHaveCountAsync(5);
        var finding = reader.Page.Locator(".finding").Filter(new() { HasText = "SPLITS_ABSENT" });
        await Expect(finding).ToContainTextAsync("Where");
        await Expect(finding).ToContainTextAsync("What to do");

        var folder = Directory.CreateTempSubdirectory("mp-proof-");
        try
        {
            foreach (var (link, file) in new[] { ("Entry", "entry"), ("Proof", "proof"), ("Key of the log", "vkey") })
            {
                var download = await reader.Page.RunAndWaitForDownloadAsync(() =>
                    reader.Page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).ClickAsync());
                await download.SaveAsAsync(Path.Combine(folder.FullName, file));
            }
            await NodeProcess.RunAsync(
                "log", "verify-proof", Path.Combine(folder.FullName, "proof"), "--entry", Path.Combine(folder.FullName, "entry"),
                "--vkey", Path.Combine(folder.FullName, "vkey"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [SkippableFact]
    public async Task The_page_becomes_live_also_when_the_last_script_is_late()
    {
        Chromium.Require();
        await using var reader = await chromium.ReaderAsync(open.Node);
        await reader.Page.RouteAsync("**/hx-sse.min.js", async route =>
        {
            await Task.Delay(1000);
            await route.ContinueAsync();
        });
        await reader.Page.RunAndWaitForRequestAsync(() => reader.GoAsync("/"), request => request.Url.EndsWith("/events", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_hostile_title_is_text()
    {
        Chromium.Require();
        using var release = new SmallRelease(3, "<script>alert(1)</script><img src=x onerror=alert(2)> \"' {{7*7}}");
        await using var reader = await chromium.ReaderAsync(open.Node);
        await reader.GoAsync("/");
        await open.Node.IngestAsync(release.Path);

        // First as it came over the live stream, then as the server renders it.
        await Expect(reader.Release(release)).ToHaveAttributeAsync("data-state", "archived");
        await reader.FollowAsync(reader.Release(release).GetByRole(AriaRole.Link).First);
        await Expect(reader.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(release.Title);
        await Expect(reader.Page).ToHaveTitleAsync(release.Title + " · MusicPipeline");
        await Expect(reader.Page.Locator("main script, main img")).ToHaveCountAsync(0);
        Assert.Empty(reader.Complaints);
    }

    [SkippableFact]
    public async Task Every_answer_carries_the_strict_policy()
    {
        Chromium.Require();
        using var http = new HttpClient();
        foreach (var path in new[] { "/", "/site.css", "/lib/htmx.min.js", "/releases/none", "/api/v1/releases", "/log/vkey", "/livez", "/nowhere" })
        {
            using var answer = await http.GetAsync(new Uri(open.Node.Url + path));
            Assert.Equal(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
                answer.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    [SkippableFact]
    public async Task The_page_can_be_read_by_a_machine_that_reads_aloud()
    {
        Chromium.Require();
        await using var reader = await chromium.ReaderAsync(open.Node);
        await reader.GoAsync("/");
        await Expect(reader.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveCountAsync(1);
        await Expect(reader.Page.GetByRole(AriaRole.Search)).ToHaveCountAsync(1);
        await Expect(reader.Page.GetByRole(AriaRole.Main)).ToHaveCountAsync(1);
        await Expect(reader.Release(open.Known).GetByRole(AriaRole.List, new() { Name = "Stages" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(5);
        await Expect(reader.Page.Locator("[aria-live=polite]")).ToContainTextAsync("archived");
    }

    [SkippableFact]
    public async Task A_narrow_screen_never_scrolls_sideways()
    {
        Chromium.Require();
        await using var reader = await chromium.ReaderAsync(open.Node);
        await reader.Page.SetViewportSizeAsync(320, 700);
        await reader.GoAsync("/");
        foreach (var _ in new[] { "list", "release" })
        {
            Assert.True(await reader.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), reader.Page.Url);
            await reader.GoAsync("/releases/" + await IdOfKnown());
        }

        async Task<string> IdOfKnown()
        {
            await reader.GoAsync("/?q=" + open.Known.Isrc);
            return (await reader.Page.Locator("li.release").GetAttributeAsync("id"))!;
        }
    }
}
