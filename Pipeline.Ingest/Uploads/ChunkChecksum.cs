using System.IO.Hashing;
using System.Security.Cryptography;

namespace Pipeline.Ingest.Uploads;

/// <summary>
/// <c>Upload-Checksum</c> of one request: an algorithm and what the request's bytes must hash to (tus 1.0.0, checksum
/// and checksum-trailer). Names are small letters. It protects the transport; custody rests on SHA-256 of the whole.
/// </summary>
public sealed record ChunkChecksum(string Algorithm, ReadOnlyMemory<byte> Expected)
{
    /// <summary>As announced; sha1 is a must of the protocol.</summary>
    public static readonly IReadOnlyList<string> Algorithms = ["sha1", "sha256", "md5", "crc32"];

    /// <param name="text">The header's or the trailer's value.</param>
    public static Parsed<ChunkChecksum> Parse(string text)
    {
        var parts = text.Split(' ');
        if (parts is not [var name, var value] || !Algorithms.Contains(name, StringComparer.Ordinal))
        {
            return UploadRefusal.Of(
                400, "UPLOAD_CHECKSUM", "Upload-Checksum", text, "Not an algorithm that is offered, a space and a checksum in base64.",
                $"Use one of {string.Join(", ", Algorithms)}, in small letters.");
        }
        var bytes = new byte[value.Length];
        return Convert.TryFromBase64String(value, bytes, out var written) && written == SizeBytes(name)
            ? new ChunkChecksum(name, bytes.AsMemory(0, written))
            : UploadRefusal.Of(
                400, "UPLOAD_CHECKSUM", "Upload-Checksum", text, $"A {name} checksum is {SizeBytes(name)} bytes in base64.",
                "Send the checksum of this request's body in base64.");
    }

    /// <summary>A sum that is fed the request's bytes as they come.</summary>
    public static IRunningSum Start(string algorithm) => algorithm switch
    {
        "sha1" => new CryptographicSum(HashAlgorithmName.SHA1),
        "sha256" => new CryptographicSum(HashAlgorithmName.SHA256),
        "md5" => new CryptographicSum(HashAlgorithmName.MD5),
        "crc32" => new Crc32Sum(),
        _ => throw new ArgumentException($"'{algorithm}' is not offered", nameof(algorithm)),
    };

    /// <summary>True when the bytes that came have the checksum that was sent with them.</summary>
    public bool Matches(ReadOnlySpan<byte> found) => Expected.Span.SequenceEqual(found);

    /// <summary>The answer to a request whose bytes do not.</summary>
    public UploadRefusal Mismatch(ReadOnlySpan<byte> found) => UploadRefusal.Of(
        UploadRefusal.ChecksumMismatch, "UPLOAD_CHECKSUM_MISMATCH", "Upload-Checksum",
        Convert.ToBase64String(found), $"The bytes that came have another {Algorithm}; none of this request was kept.",
        "Send the same bytes again from the same offset.");

    private static int SizeBytes(string algorithm) => algorithm switch
    {
        "sha1" => SHA1.HashSizeInBytes,
        "sha256" => SHA256.HashSizeInBytes,
        "md5" => MD5.HashSizeInBytes,
        _ => sizeof(uint),
    };

    private sealed class CryptographicSum(HashAlgorithmName algorithm) : IRunningSum
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm);

        public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        public byte[] Finish() => _hash.GetHashAndReset();

        public void Dispose() => _hash.Dispose();
    }

    /// <summary>The CRC of zip and gzip, most significant byte first, as tusdotnet's and tusd's users send it.</summary>
    private sealed class Crc32Sum : IRunningSum
    {
        private readonly Crc32 _crc = new();

        public void Append(ReadOnlySpan<byte> bytes) => _crc.Append(bytes);

        public byte[] Finish()
        {
            var bytes = _crc.GetHashAndReset();
            bytes.AsSpan().Reverse();
            return bytes;
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>A checksum in the making.</summary>
public interface IRunningSum : IDisposable
{
    void Append(ReadOnlySpan<byte> bytes);

    byte[] Finish();
}
