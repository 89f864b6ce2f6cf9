using System.Buffers;
using System.Collections.Concurrent;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// Reads a stream on a thread of its own while the caller's thread works on what came before: neither the medium nor
/// the processor waits for the other. For one reader and one caller.
/// </summary>
internal sealed class ReadAhead : IDisposable
{
    /// <summary>After its end a reading thread needs this long at most to be gone; a stuck one keeps its buffers.</summary>
    private static readonly TimeSpan Parting = TimeSpan.FromMilliseconds(100);

    private readonly BlockingCollection<(byte[] Bytes, int Length)> _filled = new(FixityLimits.ReadAheadBuffers);
    private readonly BlockingCollection<byte[]> _free = new(FixityLimits.ReadAheadBuffers);
    private readonly CancellationTokenSource _stop;
    private readonly BandwidthBudget _budget;
    private readonly Task _reading;

    // Owned by the caller's thread: the buffer it looks at.
    private byte[]? _lent;

    // Owned by the reading thread until it completes the collection, by the caller's afterwards.
    private Exception? _problem;
    private int _rented;

    private ReadAhead(Func<CancellationToken, Task<Stream>> open, BandwidthBudget budget, CancellationToken cancel)
    {
        _budget = budget;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _reading = Task.Factory.StartNew(
            () => Read(open), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Why the stream ended before its end; null when it did not.</summary>
    public Exception? Problem { get; private set; }

    public static ReadAhead Start(Func<CancellationToken, Task<Stream>> open, BandwidthBudget budget, CancellationToken cancel) =>
        new(open, budget, cancel);

    /// <summary>
    /// The next bytes, valid until the next call: whole blocks of <see cref="FixityLimits.ReadBufferBytes"/>, the last one
    /// shorter. False at the end, or at a <see cref="Problem"/>.
    /// </summary>
    public bool TryNext(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (_lent is { } done)
        {
            _lent = null;
            _free.Add(done);
        }
        if (_filled.TryTake(out var next, (int)TimeSpan.FromSeconds(FixityLimits.StallSeconds).TotalMilliseconds, _stop.Token))
        {
            _lent = next.Bytes;
            bytes = next.Bytes.AsMemory(0, next.Length);
            return true;
        }
        Problem = _filled.IsCompleted ? _problem : new TimeoutException($"no byte came for {FixityLimits.StallSeconds} seconds");
        return false;
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (!_reading.Wait(Parting))
        {
            // Stuck in the medium: what it holds is its own until it returns, and the collector's then.
            return;
        }
        while (_filled.TryTake(out var left))
        {
            ArrayPool<byte>.Shared.Return(left.Bytes);
        }
        while (_free.TryTake(out var left))
        {
            ArrayPool<byte>.Shared.Return(left);
        }
        if (_lent is not null)
        {
            ArrayPool<byte>.Shared.Return(_lent);
        }
        _filled.Dispose();
        _free.Dispose();
        _stop.Dispose();
    }

    private void Read(Func<CancellationToken, Task<Stream>> open)
    {
        try
        {
            // This thread is ours alone, so it may as well wait for the store's answer.
            using var source = open(_stop.Token).GetAwaiter().GetResult();
            int length;
            do
            {
                var buffer = NextBuffer();
                length = source.ReadAtLeast(
                    buffer.AsSpan(0, FixityLimits.ReadBufferBytes), FixityLimits.ReadBufferBytes, throwOnEndOfStream: false);
                _budget.Take(length, _stop.Token);
                _filled.Add((buffer, length), _stop.Token);
            }
            while (length == FixityLimits.ReadBufferBytes);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody wants the rest.
        }
        catch (Exception problem)
        {
            _problem = problem;
        }
        finally
        {
            _filled.CompleteAdding();
        }
    }

    private byte[] NextBuffer()
    {
        if (_free.TryTake(out var free))
        {
            return free;
        }
        if (_rented < FixityLimits.ReadAheadBuffers)
        {
            _rented++;
            return ArrayPool<byte>.Shared.Rent(FixityLimits.ReadBufferBytes);
        }
        return _free.Take(_stop.Token);
    }
}
