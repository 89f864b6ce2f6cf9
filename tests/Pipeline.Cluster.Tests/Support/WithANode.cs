namespace Pipeline.Cluster.Tests.Support;

/// <summary>Tests of which each has a node of its own, with the embedded databases.</summary>
public abstract class WithANode : IAsyncLifetime, IDisposable
{
    private NodeProcess? _node;

    private protected Place Place { get; } = new();

    private protected NodeProcess Node => _node!;

    public async Task InitializeAsync() => _node = await NodeProcess.StartAsync(Place.Data);

    public async Task DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }

    public void Dispose()
    {
        Place.Dispose();
        GC.SuppressFinalize(this);
    }
}
