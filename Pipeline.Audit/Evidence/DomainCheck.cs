using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>
/// Is what the log tells a whole and possible story? Reads every entry once, in order. Comes after <see cref="Fsck"/>,
/// which shows that entries and checkpoint belong together, that each source's numbers have no hole and that each asset's
/// thread is unbroken; this takes both for granted and adds what the facts themselves say.
/// </summary>
public static class DomainCheck
{
    /// <summary>Bundles read at once, while as many are followed: some 32,000 facts are in memory, however long the log is.</summary>
    private const int ChunkBundles = 64;

    /// <param name="files">The log.</param>
    /// <param name="size">Entries, of the checkpoint that fsck believed.</param>
    /// <param name="root">That checkpoint's root: the entries read here must lead to it, too.</param>
    /// <exception cref="IOException">A bundle that fsck has read is there and cannot be read now: no verdict.</exception>
    public static DomainReport Run(ILogFiles files, long size, Sha256Digest root, DomainOptions options)
    {
        Invariant.Require(
            options.MaxDefects >= 1 && options.MaxOpen >= 0 && options.Parallelism >= 1, "options of the domain check are in range");
        var findings = new FsckFindings(options.MaxDefects);
        var history = new DomainHistory(findings);
        var tree = new BundleTree();
        var bundles = size == 0 ? 0 : ((size - 1) / TilePath.FullWidth) + 1;
        // While one chunk is followed, which goes in order, the next one is read.
        var next = Chunk(0);
        for (var first = 0L; first < bundles; first += ChunkBundles)
        {
            var chunk = next.GetAwaiter().GetResult();
            next = Chunk(first + ChunkBundles);
            foreach (var bundle in chunk)
            {
                tree.Append(bundle);
                foreach (ref readonly var leaf in bundle.Leaves.AsSpan())
                {
                    history.Follow(leaf);
                }
            }
        }
        if (tree.Root() is var read && read != root)
        {
            findings.Defect(LogLayout.Checkpoint, $"the entries read lead to the root {read}, not to {root}: the log changed under the check");
        }
        return history.End(options, KeysOf(files));

        Task<ReadBundle[]> Chunk(long from)
        {
            var count = (int)Math.Clamp(bundles - from, 0, ChunkBundles);
            return options.Parallelism == 1 ? Task.FromResult(ReadAll(files, size, from, count, options)) : Task.Run(() => ReadAll(files, size, from, count, options));
        }
    }

    /// <summary>After the entries: the files change before the log says so.</summary>
    private static LogVkeys? KeysOf(ILogFiles files) =>
        files.Read(LogLayout.Vkey, LogVkeys.MaxBytes) is { } vkey
        && LogVkeys.TryRead(vkey, files.Read(LogLayout.Vkeys, LogVkeys.MaxBytes), out var keys, out _, out _) ? keys : null;

    private static ReadBundle[] ReadAll(ILogFiles files, long size, long from, int count, DomainOptions options)
    {
        var read = new ReadBundle[count];
        try
        {
            Parallel.For(
                0, count, new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism },
                i => read[i] = LeafReading.Bundle(new TileReader(files, size), from + i, options.Openings));
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<IOException>().FirstOrDefault() is { } unreadable)
        {
            throw unreadable;
        }
        return read;
    }
}
