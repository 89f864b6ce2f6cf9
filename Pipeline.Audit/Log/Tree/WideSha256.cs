using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// SHA-256 of many short messages at once, one a lane: a single call into the operating system's library costs more than
/// the 65 bytes of a tree node. Checked once at start against that library; whatever disagrees is not used.
/// </summary>
internal static class WideSha256
{
    private const int BlockBytes = 64;
    private const int WordsPerBlock = 16;
    private const int StateWords = 8;
    private const int PaddingBytes = 9;

    /// <summary>Longer messages go to the system's library, which is faster on them.</summary>
    internal const int MaxWideBlocks = 16;

    private static readonly uint[] RoundConstants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private static readonly uint[] InitialState =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>Hashes <paramref name="order"/>'s messages, all of one block count, into <paramref name="hashes"/> at their number × 32.</summary>
    internal delegate void Kernel(
        byte prefix, ReadOnlySpan<byte> bytes, ReadOnlySpan<MessageAt> messages, ReadOnlySpan<int> order, Span<byte> hashes);

    /// <summary>Where a message stands in a buffer; its one-byte prefix does not stand there.</summary>
    internal readonly record struct MessageAt(int From, int Length)
    {
        internal int Blocks => (1 + Length + PaddingBytes + BlockBytes - 1) / BlockBytes;
    }

    private static readonly (Kernel Hash, int Lanes) Chosen = Choose();

    /// <summary>How many messages are hashed at once on this machine; 1 is the system's library.</summary>
    internal static int Lanes => Chosen.Lanes;

    /// <summary>The hashes of all messages, each under the same prefix byte, 32 bytes each in their order.</summary>
    /// <param name="messages">At most 256.</param>
    internal static void HashAll(byte prefix, ReadOnlySpan<byte> bytes, ReadOnlySpan<MessageAt> messages, Span<byte> hashes) =>
        HashAll(Chosen.Hash, Chosen.Lanes, prefix, bytes, messages, hashes);

    private static void HashAll(
        Kernel kernel, int lanes, byte prefix, ReadOnlySpan<byte> bytes, ReadOnlySpan<MessageAt> messages, Span<byte> hashes)
    {
        Invariant.Require(messages.Length <= TilePath.FullWidth, "at most a tile's messages are hashed at once");
        Span<int> order = stackalloc int[messages.Length];
        Span<int> single = stackalloc int[1];
        var (fewest, most) = (int.MaxValue, 0);
        foreach (var message in messages)
        {
            (fewest, most) = (Math.Min(fewest, message.Blocks), Math.Max(most, message.Blocks));
        }
        for (var blocks = fewest; blocks <= Math.Min(most, MaxWideBlocks); blocks++)
        {
            var count = 0;
            for (var i = 0; i < messages.Length; i++)
            {
                if (messages[i].Blocks == blocks)
                {
                    order[count++] = i;
                }
            }
            for (var at = 0; at < count; at += lanes)
            {
                var group = order[at..Math.Min(at + lanes, count)];
                // A group that fills few lanes costs as much as a full one.
                if (group.Length * 4 >= lanes)
                {
                    kernel(prefix, bytes, messages, group, hashes);
                }
                else
                {
                    Scalar(prefix, bytes, messages, group, hashes);
                }
            }
        }
        for (var i = 0; most > MaxWideBlocks && i < messages.Length; i++)
        {
            if (messages[i].Blocks > MaxWideBlocks)
            {
                single[0] = i;
                Scalar(prefix, bytes, messages, single, hashes);
            }
        }
    }

    /// <summary>The system's library, message by message.</summary>
    internal static void Scalar(
        byte prefix, ReadOnlySpan<byte> bytes, ReadOnlySpan<MessageAt> messages, ReadOnlySpan<int> order, Span<byte> hashes)
    {
        const int stackBytes = MaxWideBlocks * BlockBytes;
        Span<byte> small = stackalloc byte[stackBytes];
        foreach (var number in order)
        {
            var message = bytes.Slice(messages[number].From, messages[number].Length);
            var prefixed = message.Length < stackBytes ? small[..(message.Length + 1)] : new byte[message.Length + 1];
            prefixed[0] = prefix;
            message.CopyTo(prefixed[1..]);
            SHA256.HashData(prefixed, hashes.Slice(number * MerkleTree.HashBytes, MerkleTree.HashBytes));
        }
    }

    /// <summary>All lanes of <typeparamref name="T"/> at once. Lanes without a message repeat the first and are thrown away.</summary>
    [SkipLocalsInit]
    internal static void Wide<T>(
        byte prefix, ReadOnlySpan<byte> bytes, ReadOnlySpan<MessageAt> messages, ReadOnlySpan<int> order, Span<byte> hashes)
        where T : unmanaged, IShaLanes<T>
    {
        var blocks = messages[order[0]].Blocks;
        var laneBytes = blocks * BlockBytes;
        Span<byte> padded = stackalloc byte[T.Count * laneBytes];
        for (var lane = 0; lane < T.Count; lane++)
        {
            var at = messages[order[lane < order.Length ? lane : 0]];
            Pad(prefix, bytes.Slice(at.From, at.Length), padded.Slice(lane * laneBytes, laneBytes));
        }
        var padding = MemoryMarshal.Cast<byte, uint>(padded);
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(padding, padding);
        }
        Span<T> state = stackalloc T[StateWords];
        for (var i = 0; i < StateWords; i++)
        {
            state[i] = T.Broadcast(InitialState[i]);
        }
        Span<uint> words = stackalloc uint[T.Count];
        Span<T> schedule = stackalloc T[WordsPerBlock];
        for (var block = 0; block < blocks; block++)
        {
            for (var word = 0; word < WordsPerBlock; word++)
            {
                for (int lane = 0, at = (block * WordsPerBlock) + word; lane < words.Length; lane++, at += blocks * WordsPerBlock)
                {
                    words[lane] = padding[at];
                }
                schedule[word] = T.Load(words);
            }
            Compress(state, schedule);
        }
        for (var i = 0; i < StateWords; i++)
        {
            state[i].Store(words);
            for (var lane = 0; lane < order.Length; lane++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(hashes[((order[lane] * MerkleTree.HashBytes) + (i * 4))..], words[lane]);
            }
        }
    }

    private static void Pad(byte prefix, ReadOnlySpan<byte> message, Span<byte> padded)
    {
        padded[0] = prefix;
        message.CopyTo(padded[1..]);
        padded[(1 + message.Length)..].Clear();
        padded[1 + message.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded[^8..], (ulong)(1 + message.Length) * 8);
    }

    /// <summary>FIPS 180-4 section 6.2.2 with a rolling schedule of 16 words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compress<T>(Span<T> state, Span<T> w)
        where T : unmanaged, IShaLanes<T>
    {
        T a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        var bc = b ^ c;
        // Without bounds checks: the indexes are below 16 and 64 by construction, and this loop is what a check costs.
        ref var words = ref MemoryMarshal.GetReference(w[..WordsPerBlock]);
        ref var constants = ref MemoryMarshal.GetArrayDataReference(RoundConstants);
        for (var i = 0; i < RoundConstants.Length; i++)
        {
            ref var wi = ref Unsafe.Add(ref words, i & 15);
            if (i >= WordsPerBlock)
            {
                var w15 = Unsafe.Add(ref words, (i - 15) & 15);
                var w2 = Unsafe.Add(ref words, (i - 2) & 15);
                var s0 = T.RotateRight(w15, 7) ^ T.RotateRight(w15, 18) ^ T.ShiftRight(w15, 3);
                var s1 = T.RotateRight(w2, 17) ^ T.RotateRight(w2, 19) ^ T.ShiftRight(w2, 10);
                wi = wi + s0 + Unsafe.Add(ref words, (i - 7) & 15) + s1;
            }
            var sum1 = T.RotateRight(e, 6) ^ T.RotateRight(e, 11) ^ T.RotateRight(e, 25);
            var choice = g ^ (e & (f ^ g));
            var t1 = h + sum1 + choice + T.Broadcast(Unsafe.Add(ref constants, i)) + wi;
            var sum0 = T.RotateRight(a, 2) ^ T.RotateRight(a, 13) ^ T.RotateRight(a, 22);
            // Majority is b unless a and c agree against it; a^b of this round is b^c of the next.
            var ab = a ^ b;
            var majority = b ^ (ab & bc);
            bc = ab;
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + sum0 + majority);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    private static (Kernel Hash, int Lanes) Choose()
    {
        if (Vector512.IsHardwareAccelerated && Agrees(Wide<SixteenLanes>, SixteenLanes.Count))
        {
            return (Wide<SixteenLanes>, SixteenLanes.Count);
        }
        return Vector256.IsHardwareAccelerated && Agrees(Wide<EightLanes>, EightLanes.Count)
            ? (Wide<EightLanes>, EightLanes.Count)
            : (Scalar, 1);
    }

    /// <summary>Every block count a kernel may meet, both sides of each padding border, against the system's library.</summary>
    internal static bool Agrees(Kernel kernel, int lanes)
    {
        var bytes = new byte[MaxWideBlocks * BlockBytes];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)((i * 167) ^ (i >> 3));
        }
        var messages = new MessageAt[TilePath.FullWidth];
        for (var i = 0; i < messages.Length; i++)
        {
            messages[i] = new MessageAt(i % 7, Math.Min(i * 4, bytes.Length - BlockBytes) + (i % 5));
        }
        var theirs = new byte[messages.Length * MerkleTree.HashBytes];
        var ours = new byte[messages.Length * MerkleTree.HashBytes];
        Scalar(1, bytes, messages, Enumerable.Range(0, messages.Length).ToArray(), theirs);
        HashAll(kernel, lanes, 1, bytes, messages, ours);
        return ours.AsSpan().SequenceEqual(theirs);
    }
}
