using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Ingest.Export;

/// <summary>
/// A checksum algorithm as manifests name it: lower case, letters and digits only (RFC 8493, section 2.4). We write
/// SHA-256 and SHA-512; the others are read because bags of others have them.
/// </summary>
internal sealed class DigestAlgorithm
{
    private readonly Func<IRunningDigest>? _start;

    private DigestAlgorithm(string name, int sizeBytes, Func<IRunningDigest>? start) => (Name, SizeBytes, _start) = (name, sizeBytes, start);

    public static DigestAlgorithm Sha256 { get; } = Of("sha256", 32, HashAlgorithmName.SHA256);

    public static DigestAlgorithm Sha512 { get; } = Of("sha512", 64, HashAlgorithmName.SHA512);

    private static readonly DigestAlgorithm[] All =
    [
        Of("md5", 16, HashAlgorithmName.MD5),
        Of("sha1", 20, HashAlgorithmName.SHA1),
        new("sha224", Sha224.SizeBytes, () => new Sha224()),
        Sha256,
        Of("sha384", 48, HashAlgorithmName.SHA384),
        Sha512,
        Of("sha3256", 32, HashAlgorithmName.SHA3_256, SHA3_256.IsSupported),
        Of("sha3384", 48, HashAlgorithmName.SHA3_384, SHA3_384.IsSupported),
        Of("sha3512", 64, HashAlgorithmName.SHA3_512, SHA3_512.IsSupported),
    ];

    /// <summary>As in a file name, normalised.</summary>
    public string Name { get; }

    public int SizeBytes { get; }

    /// <summary>False where this machine's cryptography cannot compute it.</summary>
    public bool IsSupported => _start is not null;

    /// <summary>Null when no such algorithm is known.</summary>
    public static DigestAlgorithm? Find(string name)
    {
        var normal = string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        return All.FirstOrDefault(a => a.Name == normal);
    }

    public IRunningDigest Start() => _start!();

    private static DigestAlgorithm Of(string name, int sizeBytes, HashAlgorithmName system, bool supported = true) =>
        new(name, sizeBytes, supported ? () => new SystemDigest(IncrementalHash.CreateHash(system)) : null);

    private sealed class SystemDigest(IncrementalHash hash) : IRunningDigest
    {
        public void Append(ReadOnlySpan<byte> bytes) => hash.AppendData(bytes);

        public byte[] Finish() => hash.GetHashAndReset();

        public void Dispose() => hash.Dispose();
    }
}

/// <summary>A digest being computed. Two: the system's, and SHA-224, which the system lacks.</summary>
internal interface IRunningDigest : IDisposable
{
    void Append(ReadOnlySpan<byte> bytes);

    byte[] Finish();
}

/// <summary>Several digests of one pass over the bytes.</summary>
internal sealed class DigestSet : IDisposable
{
    private readonly (DigestAlgorithm Algorithm, IRunningDigest Running)[] _running;

    public DigestSet(IEnumerable<DigestAlgorithm> algorithms) => _running = [.. algorithms.Select(a => (a, a.Start()))];

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var (_, running) in _running)
        {
            running.Append(bytes);
        }
    }

    /// <summary>Lower-case hex by algorithm.</summary>
    public IReadOnlyDictionary<DigestAlgorithm, string> Finish() =>
        _running.ToDictionary(r => r.Algorithm, r => Convert.ToHexStringLower(r.Running.Finish()));

    public void Dispose()
    {
        foreach (var (_, running) in _running)
        {
            running.Dispose();
        }
    }

    /// <summary>Of bytes in memory.</summary>
    public static IReadOnlyDictionary<DigestAlgorithm, string> Of(ReadOnlySpan<byte> bytes, IEnumerable<DigestAlgorithm> algorithms)
    {
        using var set = new DigestSet(algorithms);
        set.Append(bytes);
        return set.Finish();
    }

    public static IReadOnlyDictionary<DigestAlgorithm, string> Of(string text, IEnumerable<DigestAlgorithm> algorithms) =>
        Of(Encoding.UTF8.GetBytes(text), algorithms);
}
