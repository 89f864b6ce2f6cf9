using System.Buffers.Binary;
using System.Numerics;

namespace Pipeline.Ingest.Export;

/// <summary>
/// SHA-224 (FIPS 180-4, section 6.3): SHA-256 from other initial values, cut to 28 bytes. The runtime has none, and bags
/// with it exist. Checks other people's bags only; nothing of ours is named by it.
/// </summary>
internal sealed class Sha224 : IRunningDigest
{
    public const int SizeBytes = 28;

    private const int BlockBytes = 64;
    private const int LengthBytes = 8;

    private static readonly uint[] Initial =
        [0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4];

    private static readonly uint[] K = RoundConstants();

    private readonly uint[] _state = [.. Initial];
    private readonly byte[] _block = new byte[BlockBytes];
    private int _filled;
    private ulong _lengthBytes;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _lengthBytes += (ulong)bytes.Length;
        while (!bytes.IsEmpty)
        {
            var taken = Math.Min(BlockBytes - _filled, bytes.Length);
            bytes[..taken].CopyTo(_block.AsSpan(_filled));
            bytes = bytes[taken..];
            _filled += taken;
            if (_filled == BlockBytes)
            {
                Compress();
            }
        }
    }

    public byte[] Finish()
    {
        var lengthBits = _lengthBytes * 8;
        Append([0x80]);
        while (_filled != BlockBytes - LengthBytes)
        {
            Append([0]);
        }
        BinaryPrimitives.WriteUInt64BigEndian(_block.AsSpan(BlockBytes - LengthBytes), lengthBits);
        Compress();
        var digest = new byte[SizeBytes];
        for (var i = 0; i < SizeBytes / sizeof(uint); i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(i * sizeof(uint)), _state[i]);
        }
        return digest;
    }

    public void Dispose()
    {
    }

    private void Compress()
    {
        Span<uint> w = stackalloc uint[BlockBytes];
        for (var t = 0; t < BlockBytes; t++)
        {
            w[t] = t < 16
                ? BinaryPrimitives.ReadUInt32BigEndian(_block.AsSpan(t * sizeof(uint)))
                : Sigma(w[t - 2], 17, 19, 10) + w[t - 7] + Sigma(w[t - 15], 7, 18, 3) + w[t - 16];
        }
        Span<uint> s = stackalloc uint[8];
        _state.CopyTo(s);
        for (var t = 0; t < BlockBytes; t++)
        {
            var first = s[7] + Rotations(s[4], 6, 11, 25) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[t] + w[t];
            var second = Rotations(s[0], 2, 13, 22) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
            s[..7].CopyTo(s[1..]);
            s[4] += first;
            s[0] = first + second;
        }
        for (var i = 0; i < _state.Length; i++)
        {
            _state[i] += s[i];
        }
        _filled = 0;
    }

    private static uint Rotations(uint x, int a, int b, int c) =>
        BitOperations.RotateRight(x, a) ^ BitOperations.RotateRight(x, b) ^ BitOperations.RotateRight(x, c);

    private static uint Sigma(uint x, int a, int b, int shift) =>
        BitOperations.RotateRight(x, a) ^ BitOperations.RotateRight(x, b) ^ (x >> shift);

    /// <summary>The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).</summary>
    private static uint[] RoundConstants()
    {
        var constants = new uint[BlockBytes];
        var candidate = 2;
        for (var found = 0; found < BlockBytes; candidate++)
        {
            if (Enumerable.Range(2, candidate - 2).All(d => candidate % d != 0))
            {
                constants[found++] = (uint)(CubeRoot((BigInteger)candidate << 96) & uint.MaxValue);
            }
        }
        return constants;
    }

    private static BigInteger CubeRoot(BigInteger n)
    {
        var (low, high) = (BigInteger.Zero, BigInteger.One << 40);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = middle * middle * middle <= n ? (middle, high) : (low, middle);
        }
        return low;
    }
}
