using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// One look at one copy: read it in full, and say what is wrong and where. Changes nothing but the list of block digests,
/// which a good read makes when there is none yet.
/// </summary>
public sealed class Scrub(CopyReader reader, BlockLists lists)
{
    /// <param name="others">Where a good copy may be read to compare with, when there is no list; may be empty.</param>
    public async Task<CopyCheck> LookAsync(
        IObjectStore store, Sha256Digest id, long sizeBytes, IReadOnlyList<IObjectStore> others, CancellationToken cancel)
    {
        var list = NeedsList(sizeBytes) ? lists.Find(id) : null;
        var makesList = list is null && NeedsList(sizeBytes);
        var read = await reader.ReadAsync(store, id, makesList, null, cancel);
        if (read.State == CopyState.Ok)
        {
            if (makesList)
            {
                Keep(new BlockDigests(id, read.Bytes, read.Blocks));
            }
            return Check(store, id, read, []);
        }
        return Check(store, id, read, read.State == CopyState.Missing ? [] : await LocateAsync(store, id, sizeBytes, read, makesList, list, others, cancel));
    }

    /// <summary>An object of one block needs no list: its only block is the broken one.</summary>
    private static bool NeedsList(long sizeBytes) =>
        sizeBytes < 0 || (sizeBytes > BlockDigests.BlockBytes && BlockDigests.CountOf(sizeBytes) <= BlockDigests.MaxBlocks);

    private static CopyCheck Check(IObjectStore store, Sha256Digest id, CopyRead read, IReadOnlyList<long> blocks) =>
        new(id, store.Name, read.State, read.Bytes, read.Found, blocks, read.Problem);

    /// <summary>Which blocks are broken: by the list, else by comparing with the first good copy there is.</summary>
    private async Task<IReadOnlyList<long>> LocateAsync(
        IObjectStore store, Sha256Digest id, long sizeBytes, CopyRead read, bool hasBlocks, BlockDigests? list,
        IReadOnlyList<IObjectStore> others, CancellationToken cancel)
    {
        if (sizeBytes is > 0 and <= BlockDigests.BlockBytes && read.Bytes <= BlockDigests.BlockBytes)
        {
            return [0];
        }
        list ??= await ListOfAGoodCopyAsync(id, others, cancel);
        if (read.State == CopyState.Unreadable)
        {
            // Read front to back: what came before the medium gave up is compared, what comes after is not known.
            var reached = (long)read.Blocks.Count;
            return hasBlocks && list is not null
                ? [.. list.BrokenIn(read.Blocks).TakeWhile(n => n <= reached)]
                : [read.Bytes / BlockDigests.BlockBytes];
        }
        if (list is null)
        {
            return [];
        }
        var found = hasBlocks ? read : await reader.ReadAsync(store, id, withBlocks: true, null, cancel);
        return found.State == CopyState.Missing ? [] : list.BrokenIn(found.Blocks);
    }

    private async Task<BlockDigests?> ListOfAGoodCopyAsync(Sha256Digest id, IReadOnlyList<IObjectStore> others, CancellationToken cancel)
    {
        foreach (var other in others.Where(s => s.Access != StoreAccess.WriteOnly))
        {
            var read = await reader.ReadAsync(other, id, withBlocks: true, null, cancel);
            if (read.State == CopyState.Ok && read.Blocks.Count <= BlockDigests.MaxBlocks)
            {
                var list = new BlockDigests(id, read.Bytes, read.Blocks);
                if (NeedsList(read.Bytes))
                {
                    Keep(list);
                }
                return list;
            }
        }
        return null;
    }

    /// <summary>A list that cannot be kept (a full disk) must not turn a good copy into a bad one: it is made again next time.</summary>
    private void Keep(BlockDigests list)
    {
        if (!NeedsList(list.SizeBytes))
        {
            return;
        }
        try
        {
            lists.Keep(list);
        }
        catch (IOException)
        {
            // The next good read tries again.
        }
    }
}
