using System.Net;
using System.Net.Sockets;

namespace Pipeline.Tests.Support;

/// <summary>A line between two programs of this machine that can be held up, or change bytes on the way.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="target">Port on this machine.</param>
    public TcpProxy(int target)
    {
        _target = target;
        _open.SetResult();
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Each piece that goes to the target; may be changed in place.</summary>
    public Action<Memory<byte>>? OnTheWayThere { get; set; }

    /// <summary>Each piece that comes back.</summary>
    public Action<Memory<byte>>? OnTheWayBack { get; set; }

    /// <summary>From here on connections are taken and nothing passes, until <see cref="Resume"/>.</summary>
    public void Stall() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Resume();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var lines = new List<Task>();
        try
        {
            while (true)
            {
                lines.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(lines);
        }
    }

    private async Task ServeAsync(TcpClient from)
    {
        using (from)
        using (var to = new TcpClient())
        {
            try
            {
                await to.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                await Task.WhenAny(
                    PassAsync(from.GetStream(), to.GetStream(), () => OnTheWayThere),
                    PassAsync(to.GetStream(), from.GetStream(), () => OnTheWayBack));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Either side hung up.
            }
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, Func<Action<Memory<byte>>?> change)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var read)
        {
            await _open.Task.WaitAsync(_stop.Token);
            change()?.Invoke(buffer.AsMemory(0, read));
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
