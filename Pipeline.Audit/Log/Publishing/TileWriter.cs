using System.Runtime.ExceptionServices;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// Derives tiles and bundles from the committed entries and writes each once. Nothing here decides anything: run again,
/// it finds the same bytes.
/// </summary>
internal sealed class TileWriter(IDisk disk, LogDirectoryWriter directory, SequencerStore store, int parallelism)
{
    /// <summary>Writes all that a log needs to have grown from one size to another. Null, or why not.</summary>
    public PublishResult.Halted? Write(long oldSize, long newSize)
    {
        var bottom = TilePath.BundlesToWrite(oldSize, newSize)
            .Select(bundle => (Func<PublishResult.Halted?>)(() => WriteBottom(bundle)));
        var above = TilePath.TilesToWrite(oldSize, newSize).Where(tile => tile.Level > 0)
            .Select(tile => (Func<PublishResult.Halted?>)(() => WriteHashes(tile)));
        return Run([.. bottom, .. above]);
    }

    /// <summary>
    /// Writes the partial files of every checkpoint above <paramref name="oldSize"/> that no full file of a log of
    /// <paramref name="newSize"/> will answer for. Null, or why not.
    /// </summary>
    public PublishResult.Halted? WriteRightEdges(long oldSize, long newSize)
    {
        const int sizesPerRead = 1000;
        for (var last = oldSize; store.CheckpointSizes(last + 1, sizesPerRead) is { Count: > 0 } sizes; last = sizes[^1])
        {
            var jobs = sizes.Where(size => size <= newSize).SelectMany(RightEdge).Distinct()
                .Where(tile => TilePath.HashesOnLevel(newSize, tile.Level) / TilePath.FullWidth <= tile.Number)
                .Select(tile => (Func<PublishResult.Halted?>)(() =>
                    tile.Level == 0 ? WriteBottom(TilePath.Entries(tile.Number, tile.Width)) : WriteHashes(tile)));
            if (Run([.. jobs]) is { } halted)
            {
                return halted;
            }
        }
        return null;
    }

    private static IEnumerable<TilePath> RightEdge(long size)
    {
        for (var level = 0; TilePath.HashesOnLevel(size, level) is > 0 and var hashes; level++)
        {
            if (hashes % TilePath.FullWidth is > 0 and var width)
            {
                yield return TilePath.Hashes(level, hashes / TilePath.FullWidth, (int)width);
            }
        }
    }

    /// <summary>
    /// Removes the partial files of everything that became full: whoever holds an older checkpoint finds the full file.
    /// </summary>
    public void RemovePartials(long oldSize, long newSize)
    {
        foreach (var tile in TilePath.TilesToWrite(oldSize, newSize).Concat(TilePath.BundlesToWrite(oldSize, newSize)))
        {
            var partials = directory.PathOf(tile) + ".p";
            foreach (var name in tile.IsFull ? disk.ListFiles(partials) : [])
            {
                disk.Unlink(Path.Combine(partials, name));
            }
        }
    }

    /// <summary>An entry bundle and the tile of its leaf hashes, from one read.</summary>
    private PublishResult.Halted? WriteBottom(TilePath bundle)
    {
        var from = bundle.Number * TilePath.FullWidth;
        var leaves = store.ReadLeaves(from, from + bundle.Width);
        if (leaves.Count != bundle.Width || leaves.Exists(leaf => MerkleTree.LeafHash(leaf.Leaf) != leaf.Hash))
        {
            return new PublishResult.Halted(
                $"the database's entries {from} to {from + bundle.Width - 1} are missing or not what was sequenced", "log_entry");
        }
        return WriteOnce(bundle, EntryBundle.Encode([.. leaves.Select(leaf => (ReadOnlyMemory<byte>)leaf.Leaf)]))
            ?? WriteOnce(
                TilePath.Hashes(0, bundle.Number, bundle.Width), Concatenate([.. leaves.Select(leaf => leaf.Hash)]));
    }

    private PublishResult.Halted? WriteHashes(TilePath tile) => WriteOnce(tile, Concatenate(store.ReadHashes(tile)));

    private PublishResult.Halted? WriteOnce(TilePath tile, byte[] bytes) =>
        directory.WriteOnce(directory.PathOf(tile), bytes) is { } evidence
            ? new PublishResult.Halted($"{tile.Text} is on disk with other bytes than the database gives", evidence)
            : null;

    private static byte[] Concatenate(IReadOnlyList<Sha256Digest> hashes)
    {
        var bytes = new byte[hashes.Count * MerkleTree.HashBytes];
        for (var i = 0; i < hashes.Count; i++)
        {
            hashes[i].CopyTo(bytes.AsSpan(i * MerkleTree.HashBytes));
        }
        return bytes;
    }

    /// <summary>Files are independent, and nearly all of their time is the disk's.</summary>
    private PublishResult.Halted? Run(IReadOnlyList<Func<PublishResult.Halted?>> jobs)
    {
        if (parallelism == 1 || jobs.Count < 2)
        {
            return jobs.Select(job => job()).FirstOrDefault(halted => halted is not null);
        }
        PublishResult.Halted? first = null;
        try
        {
            Parallel.ForEach(jobs, new ParallelOptions { MaxDegreeOfParallelism = parallelism }, job =>
            {
                if (job() is { } halted)
                {
                    Interlocked.CompareExchange(ref first, halted, null);
                }
            });
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
        return first;
    }
}
