using System.Security.Cryptography;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>Reads an object and hashes what it gives; in place of the end of a damaged one it throws.</summary>
internal sealed class VerifyingStream(Stream source, Sha256Digest id) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Sha256Digest? _found;

    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(buffer);
        Account(buffer[..read], buffer.Length);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken);
        Account(buffer.Span[..read], buffer.Length);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Account(ReadOnlySpan<byte> read, int asked)
    {
        if (!read.IsEmpty)
        {
            _hash.AppendData(read);
            return;
        }
        if (asked == 0)
        {
            return;
        }
        _found ??= new Sha256Digest(_hash.GetHashAndReset());
        if (_found != id)
        {
            throw new ObjectDamagedException(id, _found.Value);
        }
    }
}
