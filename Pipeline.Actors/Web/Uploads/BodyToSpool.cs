using System.Buffers;
using System.IO.Pipelines;
using Pipeline.Actors.Uploads;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Web.Uploads;

/// <summary>How a request's body ended.</summary>
public enum BodyEnd
{
    /// <summary>All of it came.</summary>
    Whole,

    /// <summary>A newer request wants the upload.</summary>
    Cut,

    /// <summary>The connection broke, or its sender was too slow to be waited for: nobody is there to be answered.</summary>
    Lost,

    /// <summary>It went on beyond the room it was given.</summary>
    TooLong,
}

/// <summary>
/// Moves one request's bytes from Kestrel to the spool: while one buffer is hashed and written, the next one fills.
/// What arrived before a cut is written too.
/// </summary>
public sealed class BodyToSpool(UploadLease lease, long roomBytes, IRunningSum? sum, Action keep)
{
    private const int BufferBytes = 1024 * 1024;

    /// <summary>Written bytes after which they are made held, so that a crash in a long request costs no more.</summary>
    private const long CommitEveryBytes = 64L * 1024 * 1024;

    /// <summary>Well below the time after which sharding puts an idle entity to sleep.</summary>
    private static readonly TimeSpan KeepEvery = TimeSpan.FromSeconds(30);

    private readonly byte[][] _buffers = [ArrayPool<byte>.Shared.Rent(BufferBytes), ArrayPool<byte>.Shared.Rent(BufferBytes)];
    private Task _writing = Task.CompletedTask;
    private long _room = roomBytes;
    private long _uncommitted;

    /// <param name="commitsOnTheWay">Null when nothing may be kept before the end.</param>
    public async Task<BodyEnd> RunAsync(PipeReader body, Action? commitsOnTheWay, TimeProvider time, CancellationToken aborted)
    {
        // Not a token: a read that is cancelled that way leaves the connection in a state that Kestrel cannot end.
        await using var wanted = lease.Wanted.Register(body.CancelPendingRead);
        var kept = time.GetTimestamp();
        try
        {
            for (var turn = 0; ; turn ^= 1)
            {
                var (filled, end) = await FillAsync(body, _buffers[turn], aborted);
                await _writing;
                if (filled > _room)
                {
                    return BodyEnd.TooLong;
                }
                _room -= filled;
                _writing = filled == 0 ? Task.CompletedTask : Write(_buffers[turn].AsMemory(0, filled), commitsOnTheWay, inline: end is not null);
                if (end is { } ended)
                {
                    await _writing;
                    return ended;
                }
                if (time.GetElapsedTime(kept) > KeepEvery)
                {
                    kept = time.GetTimestamp();
                    keep();
                }
            }
        }
        finally
        {
            // A buffer may go back only when nobody reads from it.
            await _writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            foreach (var buffer in _buffers)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Fills a buffer, or as much of it as comes before the body ends one way or the other.</summary>
    private async Task<(int Filled, BodyEnd? End)> FillAsync(PipeReader body, byte[] buffer, CancellationToken aborted)
    {
        var filled = 0;
        while (filled < BufferBytes)
        {
            ReadResult read;
            try
            {
                read = await body.ReadAsync(aborted);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                return (filled, BodyEnd.Lost);
            }
            var taken = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, BufferBytes - filled));
            taken.CopyTo(buffer.AsSpan(filled));
            filled += (int)taken.Length;
            var rest = read.Buffer.Length - taken.Length;
            body.AdvanceTo(taken.End);
            if (read.IsCanceled)
            {
                return (filled, BodyEnd.Cut);
            }
            if (read.IsCompleted && rest == 0)
            {
                return (filled, BodyEnd.Whole);
            }
            lease.Progressed();
        }
        return (filled, null);
    }

    private Task Write(ReadOnlyMemory<byte> bytes, Action? commit, bool inline)
    {
        if (!inline)
        {
            return Task.Run(() => WriteNow(bytes, commit));
        }
        WriteNow(bytes, null);
        return Task.CompletedTask;
    }

    private void WriteNow(ReadOnlyMemory<byte> bytes, Action? commit)
    {
        lease.Spooled.Write(bytes.Span);
        sum?.Append(bytes.Span);
        _uncommitted += bytes.Length;
        if (commit is not null && _uncommitted >= CommitEveryBytes)
        {
            _uncommitted = 0;
            commit();
        }
    }
}
