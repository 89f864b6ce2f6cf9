using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Web.Api;

/// <summary>A sender went on after the limit.</summary>
public sealed class TooManyBytesException(long limitBytes) : IOException($"more than {limitBytes} bytes");

/// <summary>Passes at most a number of bytes through, and throws on the next.</summary>
public sealed class BoundedStream(Stream inner, long limitBytes) : ForwardStream
{
    private long _passed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken));

    public override int Read(Span<byte> buffer) => Count(inner.Read(buffer));

    private int Count(int read)
    {
        _passed += read;
        return _passed <= limitBytes ? read : throw new TooManyBytesException(limitBytes);
    }
}
