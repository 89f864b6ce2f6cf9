using System.Security.Cryptography;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>Takes decoded samples as they come: counts them, hashes them, notices whether there is any sound.</summary>
internal sealed class PcmMeter : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes taken.</summary>
    public long CountBytes { get; private set; }

    /// <summary>True while every byte was zero.</summary>
    public bool Silent { get; private set; } = true;

    public void Take(ReadOnlySpan<byte> samples)
    {
        CountBytes += samples.Length;
        Silent = Silent && !samples.ContainsAnyExcept((byte)0);
        _hash.AppendData(samples);
    }

    /// <summary>The identity of the sound; asked once, at the end.</summary>
    public Sha256Digest Digest() => new(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
