using System.Security.Cryptography;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Ingest.Stages;

/// <summary>
/// A hash a message declares for a file, parsed once: algorithm and bytes. Bytes are compared, never text, so that hex
/// in either case and base64 are one value. Algorithms are those of the DDEX allowed value set HashSumAlgorithmType.
/// </summary>
public abstract record DeclaredHash
{
    private DeclaredHash()
    {
    }

    /// <summary>We can compute it. <paramref name="Expected"/> has the algorithm's length.</summary>
    public sealed record Verifiable(HashAlgorithmName Algorithm, ReadOnlyMemory<byte> Expected, bool Base64) : DeclaredHash
    {
        /// <summary>True when <paramref name="computed"/> is exactly the declared value.</summary>
        public bool Matches(ReadOnlySpan<byte> computed) => Expected.Span.SequenceEqual(computed);

        /// <summary>A digest in the encoding the sender used, so that both values can be compared by eye.</summary>
        public string Write(ReadOnlySpan<byte> digest) => Base64 ? Convert.ToBase64String(digest) : Convert.ToHexStringLower(digest);
    }

    /// <summary>An algorithm we know with a value that cannot be one of its digests.</summary>
    public sealed record Malformed(string Why) : DeclaredHash;

    /// <summary>An algorithm that we do not compute.</summary>
    public sealed record Unverifiable(string Why) : DeclaredHash;

    /// <summary>Never throws; <paramref name="stated"/> is whatever the message held.</summary>
    public static DeclaredHash Parse(UnvalidatedHash stated)
    {
        var candidates = Candidates(stated.Algorithm.Value);
        if (candidates.Length == 0)
        {
            return new Unverifiable("we do not compute this algorithm");
        }
        var text = stated.Value.Value.Trim();
        foreach (var (algorithm, sizeBytes) in candidates)
        {
            if (MayBe(stated.Encoding, "hex") && DecodeHex(text, sizeBytes) is { } fromHex)
            {
                return Computable(algorithm, fromHex, base64: false);
            }
        }
        foreach (var (algorithm, sizeBytes) in candidates)
        {
            if (MayBe(stated.Encoding, "base64") && DecodeBase64(text, sizeBytes) is { } fromBase64)
            {
                return Computable(algorithm, fromBase64, base64: true);
            }
        }
        var wanted = string.Join(" or ", candidates.Select(c => $"{2 * c.SizeBytes} hex digits or {Base64Characters(c.SizeBytes)} base64 characters"));
        return new Malformed($"{text.Length} characters; wanted are {wanted}");
    }

    private static DeclaredHash Computable(HashAlgorithmName algorithm, byte[] expected, bool base64)
    {
        var supported = algorithm == HashAlgorithmName.SHA3_256 ? SHA3_256.IsSupported
            : algorithm == HashAlgorithmName.SHA3_384 ? SHA3_384.IsSupported
            : algorithm != HashAlgorithmName.SHA3_512 || SHA3_512.IsSupported;
        return supported
            ? new Verifiable(algorithm, expected, base64)
            : new Unverifiable("this machine's cryptographic library does not compute this algorithm");
    }

    /// <summary>Which algorithms a name may mean; "SHA", "SHA2" and "SHA3" alone leave it to the length.</summary>
    private static (HashAlgorithmName Name, int SizeBytes)[] Candidates(string algorithm) =>
        algorithm.Trim().Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant() switch
        {
            "MD5" => [(HashAlgorithmName.MD5, 16)],
            "SHA" or "SHA1" => [(HashAlgorithmName.SHA1, 20)],
            "SHA256" or "SHA2256" => [(HashAlgorithmName.SHA256, 32)],
            "SHA384" or "SHA2384" => [(HashAlgorithmName.SHA384, 48)],
            "SHA512" or "SHA2512" => [(HashAlgorithmName.SHA512, 64)],
            "SHA2" => [(HashAlgorithmName.SHA256, 32), (HashAlgorithmName.SHA384, 48), (HashAlgorithmName.SHA512, 64)],
            "SHA3256" => [(HashAlgorithmName.SHA3_256, 32)],
            "SHA3384" => [(HashAlgorithmName.SHA3_384, 48)],
            "SHA3512" => [(HashAlgorithmName.SHA3_512, 64)],
            "SHA3" => [(HashAlgorithmName.SHA3_256, 32), (HashAlgorithmName.SHA3_384, 48), (HashAlgorithmName.SHA3_512, 64)],
            _ => [],
        };

    private static bool MayBe(string? statedEncoding, string encoding) =>
        statedEncoding is null || statedEncoding.Equals(encoding, StringComparison.OrdinalIgnoreCase);

    private static byte[]? DecodeHex(string text, int sizeBytes)
    {
        var bytes = new byte[sizeBytes];
        return text.Length == 2 * sizeBytes
            && Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == sizeBytes ? bytes : null;
    }

    private static byte[]? DecodeBase64(string text, int sizeBytes)
    {
        var bytes = new byte[sizeBytes + 2];
        return text.Length == Base64Characters(sizeBytes)
            && Convert.TryFromBase64String(text, bytes, out var written)
            && written == sizeBytes ? bytes[..sizeBytes] : null;
    }

    private static int Base64Characters(int sizeBytes) => (sizeBytes + 2) / 3 * 4;
}
