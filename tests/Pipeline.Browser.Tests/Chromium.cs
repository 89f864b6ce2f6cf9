using Microsoft.Playwright;

namespace Pipeline.Browser.Tests;

/// <summary>Debian's Chromium, one for all tests; each reader has a profile of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    public const string Name = "Chromium";

    private const string Program = "/usr/bin/chromium";

    // The machine of a test may have no network: the browser must not ask for one.
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"];

    // A bound for a busy machine; what is expected is looked for all the time.
    private const float PatienceMilliseconds = 30_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (!File.Exists(Program))
        {
            return;
        }
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = Arguments });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        _playwright?.Dispose();
    }

    public async Task<Reader> ReaderAsync(NodeProcess node, bool script = true)
    {
        var context = await _browser!.NewContextAsync(new() { BaseURL = node.Url, JavaScriptEnabled = script, AcceptDownloads = true });
        context.SetDefaultTimeout(PatienceMilliseconds);
        return new Reader(context, await context.NewPageAsync());
    }

    /// <summary>Skips the test where there is no Chromium.</summary>
    public static void Require() => Skip.IfNot(File.Exists(Program), "there is no /usr/bin/chromium");
}

[CollectionDefinition(Chromium.Name)]
public sealed class ChromiumUsers : ICollectionFixture<Chromium>;

/// <summary>A person before a page. What the browser complained of is kept.</summary>
public sealed class Reader : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    public Reader(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            // Violations of the content security policy are errors of the console too.
            if (message.Type is "error" or "warning")
            {
                _complaints.Add($"{message.Type}: {message.Text} ({message.Location})");
            }
        };
        page.PageError += (_, error) => _complaints.Add(error);
        page.Dialog += async (_, dialog) =>
        {
            _complaints.Add($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Complaints => _complaints;

    public ILocator Release(SmallRelease release) => Page.Locator("li.release").Filter(new() { HasText = release.Title });

    public async Task<IResponse> GoAsync(string path) => (await Page.GotoAsync(path))!;

    /// <summary>Clicks a link or button that leads to another document, and returns when that is there.</summary>
    public async Task FollowAsync(ILocator link)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Arrive(object? sender, IFrame frame) => arrived.TrySetResult();
        Page.FrameNavigated += Arrive;
        await link.ClickAsync();
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Page.FrameNavigated -= Arrive;
    }

    public async Task SearchAsync(string text)
    {
        await Page.GetByRole(AriaRole.Searchbox).FillAsync(text);
        await FollowAsync(Page.GetByRole(AriaRole.Button, new() { Name = "Find" }));
    }

    public async Task SignInAsync(string key)
    {
        await Page.GetByLabel("Your key").FillAsync(key);
        await FollowAsync(Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }));
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
