using System.Numerics;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>The hashes of one tile level that could be computed from the level below; holes where that was not possible.</summary>
internal sealed class ComputedLevel
{
    private readonly List<long> _numbers = [];
    private readonly List<Sha256Digest> _hashes = [];

    internal int Count => _numbers.Count;

    /// <summary>In ascending order of the number.</summary>
    internal void Add(long number, Sha256Digest hash)
    {
        _numbers.Add(number);
        _hashes.Add(hash);
    }

    /// <summary>Where the hash of a number stands, or would stand.</summary>
    private int Find(long number)
    {
        var at = _numbers.BinarySearch(number);
        return at < 0 ? ~at : at;
    }

    /// <summary>The hashes of the numbers from <paramref name="from"/>, each with its place, up to <paramref name="count"/> numbers on.</summary>
    internal IEnumerable<(int Place, Sha256Digest Hash)> Slice(long from, int count)
    {
        for (var at = Find(from); at < _numbers.Count && _numbers[at] < from + count; at++)
        {
            yield return ((int)(_numbers[at] - from), _hashes[at]);
        }
    }
}

/// <summary>Recomputes every tile above level 0 from the level below it, and the root from all of them.</summary>
internal sealed class UpperLevels(ILogFiles files, TileCatalog catalog, long size, FsckFindings findings)
{
    /// <summary>The hashes left of each level behind its full tiles, lowest level first; null where they are not known.</summary>
    private readonly List<byte[]?> _tails = [];

    internal long Tiles { get; private set; }

    /// <param name="lastLeaves">The leaf hashes of the last, not full tile of level 0; empty when all are full, null when not known.</param>
    /// <param name="level1">The roots of the full tiles of level 0.</param>
    /// <returns>The root, or null when a hash it needs is not known.</returns>
    internal Sha256Digest? Check(byte[]? lastLeaves, ComputedLevel level1)
    {
        _tails.Add(lastLeaves);
        var known = level1;
        for (var level = 1; TilePath.HashesOnLevel(size, level) is > 0 and var onLevel; level++)
        {
            known = CheckLevel(level, onLevel, known);
        }
        return Root();
    }

    private ComputedLevel CheckLevel(int level, long onLevel, ComputedLevel known)
    {
        var count = ((onLevel - 1) / TilePath.FullWidth) + 1;
        var above = new ComputedLevel();
        var expected = 0L;
        byte[]? tail = onLevel % TilePath.FullWidth == 0 ? [] : null;
        foreach (var number in catalog.Numbers(level).Where(n => n < count))
        {
            findings.Missing(expected, number, n => Wanted(level, onLevel, n).Text);
            expected = number + 1;
            CheckNumber(level, number, onLevel, known);
        }
        findings.Missing(expected, count, n => Wanted(level, onLevel, n).Text);
        // What is computed does not depend on the files of this level, only on the leaves.
        foreach (var (number, hashes) in Complete(known, onLevel))
        {
            if (hashes.Length == TilePath.FullWidth * MerkleTree.HashBytes)
            {
                above.Add(number, MerkleTree.PerfectRoot(hashes));
            }
            else
            {
                tail = hashes;
            }
        }
        _tails.Add(tail);
        return above;
    }

    private static TilePath Wanted(int level, long onLevel, long number) =>
        TilePath.Hashes(level, number, (int)Math.Min(TilePath.FullWidth, onLevel - (number * TilePath.FullWidth)));

    private void CheckNumber(int level, long number, long onLevel, ComputedLevel known)
    {
        var wanted = Wanted(level, onLevel, number);
        if (!catalog.Has(wanted) && !catalog.Has(wanted.Full))
        {
            findings.Defect(wanted.Text, "is missing");
        }
        var computed = known.Slice(number * TilePath.FullWidth, wanted.Width).ToList();
        foreach (var listed in catalog.At(level, number))
        {
            var path = listed;
            Tiles++;
            if (path.Width > wanted.Width)
            {
                findings.Note($"{path.Text} reaches beyond the checkpoint; only its first {wanted.Width} hashes are covered");
            }
            if (BundleCheck.ReadTile(files, ref path, findings) is not { } bytes)
            {
                continue;
            }
            foreach (var (place, hash) in computed.Where(c => c.Place < path.Width))
            {
                if (new Sha256Digest(bytes.AsSpan(place * MerkleTree.HashBytes, MerkleTree.HashBytes)) != hash)
                {
                    findings.Defect(
                        path.Text,
                        $"hash {place} is not the root of {TilePath.Hashes(level - 1, (number * TilePath.FullWidth) + place).Text}");
                }
            }
        }
    }

    /// <summary>The tiles of which every hash is known.</summary>
    private static IEnumerable<(long Number, byte[] Hashes)> Complete(ComputedLevel known, long onLevel)
    {
        var count = ((onLevel - 1) / TilePath.FullWidth) + 1;
        // More tiles than known hashes cannot be complete.
        for (var number = 0L; number < Math.Min(count, known.Count); number++)
        {
            var width = (int)Math.Min(TilePath.FullWidth, onLevel - (number * TilePath.FullWidth));
            var slice = known.Slice(number * TilePath.FullWidth, width).ToList();
            if (slice.Count == width)
            {
                var hashes = new byte[width * MerkleTree.HashBytes];
                slice.ForEach(h => h.Hash.CopyTo(hashes.AsSpan(h.Place * MerkleTree.HashBytes)));
                yield return (number, hashes);
            }
        }
    }

    private Sha256Digest? Root()
    {
        var subtrees = new List<byte>();
        foreach (var tail in Enumerable.Reverse(_tails))
        {
            if (tail is null)
            {
                return null;
            }
            var from = 0;
            for (var width = 1 << (TilePath.LevelsPerTile - 1); width > 0; width >>= 1)
            {
                if ((tail.Length / MerkleTree.HashBytes & width) != 0)
                {
                    subtrees.AddRange(MerkleTree.PerfectRoot(tail.AsSpan(from, width * MerkleTree.HashBytes)).ToArray());
                    from += width * MerkleTree.HashBytes;
                }
            }
        }
        return subtrees.Count == BitOperations.PopCount((ulong)size) * MerkleTree.HashBytes
            ? CompactRange.Decode(size, subtrees.ToArray()).Root()
            : null;
    }
}
