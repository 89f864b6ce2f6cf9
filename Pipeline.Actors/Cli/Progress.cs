using System.Diagnostics;
using Pipeline.Actors.Cli.Uploading;

namespace Pipeline.Actors.Cli;

/// <summary>
/// Upload progress on stderr: rate and time left, redrawn on a terminal; elsewhere nothing, so that logs stay readable.
/// Several files may move it at once.
/// </summary>
public sealed class Progress(string? name, long totalBytes) : IUploadProgress, IDisposable
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly bool _draws = name is not null && !Console.IsErrorRedirected;
    private long _there;
    private long _sent;
    private long _started = Stopwatch.GetTimestamp();
    private long _drawn;

    /// <summary>A request is made anew: what was sent before counts no more.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            (_there, _sent, _started) = (0, 0, Stopwatch.GetTimestamp());
        }
    }

    public Stream Counting(Stream inner) => new CountingStream(inner, this);

    public void Moved(long bytes, bool sent)
    {
        lock (_gate)
        {
            (_there, _sent) = (_there + bytes, _sent + (sent ? bytes : 0));
            if (!_draws || Stopwatch.GetElapsedTime(_drawn) < Redraw)
            {
                return;
            }
            _drawn = Stopwatch.GetTimestamp();
            var seconds = Math.Max(1, (long)Stopwatch.GetElapsedTime(_started).TotalSeconds);
            var rate = Math.Max(1, _sent / seconds);
            Console.Error.Write($"\r\u001b[K{name}: {Printer.Size(_there)} of {Printer.Size(totalBytes)}, {Printer.Size(rate)}/s, {Math.Max(0, totalBytes - _there) / rate} s left");
        }
    }

    public void Dispose()
    {
        if (_draws)
        {
            Console.Error.Write("\r\u001b[K");
        }
    }

    private sealed class CountingStream(Stream inner, Progress progress) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => inner.CanSeek;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await inner.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }
            base.Dispose(disposing);
        }

        private int Count(int read)
        {
            progress.Moved(read, sent: true);
            return read;
        }
    }
}
