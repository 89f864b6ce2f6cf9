namespace Pipeline.Actors.Web.Api;

/// <summary>A sender went on after the limit.</summary>
public sealed class TooManyBytesException(long limitBytes) : IOException($"more than {limitBytes} bytes");

/// <summary>Passes at most a number of bytes through, and throws on the next.</summary>
public sealed class BoundedStream(Stream inner, long limitBytes) : Stream
{
    private long _passed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _passed; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(int read)
    {
        _passed += read;
        return _passed <= limitBytes ? read : throw new TooManyBytesException(limitBytes);
    }
}
