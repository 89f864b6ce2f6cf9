using System.Net.Http.Headers;

namespace Pipeline.Cluster.Tests.Support;

/// <summary>A node alone with keys of two tenants, shared by the tests of a class.</summary>
public sealed class OneNode : IAsyncLifetime
{
    private readonly Place _place = new();
    private NodeProcess? _node;
    private int _number = 100;

    internal Place Place => _place;

    internal NodeProcess Node => _node!;

    /// <summary>Key of the tenant bluehour.</summary>
    internal string First { get; private set; } = "";

    /// <summary>Key of the tenant redhouse.</summary>
    internal string Second { get; private set; } = "";

    internal string Url => $"http://127.0.0.1:{Node.Port}";

    /// <summary>A number for a release, sound and ISRC that nobody else in the class has.</summary>
    internal int Fresh() => Interlocked.Increment(ref _number);

    public async Task InitializeAsync()
    {
        _node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort());
        First = await ThreeNodes.KeyAsync(_node, "bluehour");
        Second = await ThreeNodes.KeyAsync(_node, "redhouse");
    }

    public async Task DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
        _place.Dispose();
    }

    internal Task<MpProcess> IngestAsync(string key, params string[] folders) =>
        MpProcess.RunAsync(["ingest", .. folders, "--server", Url, "--key", key, "--json"]);

    internal HttpClient Http(string key) => new()
    {
        BaseAddress = new Uri(Url + "/"),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };
}
