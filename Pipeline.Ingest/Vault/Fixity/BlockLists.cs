using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// Where block digests are kept: beside the objects of the primary, in <c>derived/blocks/ab/HEX.blocks</c>. They can be
/// made again from any good copy, so a damaged list is put aside and counts as absent.
/// </summary>
/// <param name="root">The vault's root.</param>
/// <param name="temporary">This process's temporary names under it.</param>
public sealed class BlockLists(IDisk disk, string root, TemporaryFiles temporary)
{
    /// <summary>Null when there is none that holds.</summary>
    public BlockDigests? Find(Sha256Digest id)
    {
        var path = PathOf(id);
        if (!disk.FileExists(path))
        {
            return null;
        }
        try
        {
            if (BlockDigests.TryDecode(DurableFile.ReadAll(disk, path, BlockDigests.MaxDocumentBytes), id) is { } list)
            {
                return list;
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // Put aside below, like one whose digest does not hold.
        }
        PutAside(path, id);
        return null;
    }

    /// <summary>Keeps a list. Nothing is owed to anybody for it: what fails here is tried again after the next read.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public void Keep(BlockDigests list)
    {
        var path = PathOf(list.Id);
        DurableFile.EnsureDirectory(disk, DurableFile.DirectoryOf(path));
        // If we crash here, there is no list yet; the next good read makes it again.
        DurableFile.WriteOnce(disk, path, list.Encode(), temporary.Next());
    }

    private string PathOf(Sha256Digest id)
    {
        var hex = id.ToString();
        return Path.Combine(root, "derived", "blocks", hex[..2], $"{hex}.blocks");
    }

    private void PutAside(string path, Sha256Digest id)
    {
        try
        {
            QuarantineFolder.Keep(disk, root, path, $"{id}.blocks");
            // If we crash here, the damaged list is found damaged again.
            disk.Unlink(path);
            disk.SyncDirectory(DurableFile.DirectoryOf(path));
        }
        catch (IOException)
        {
            // Another process moved it first, or the disk is worse than one file: the objects themselves will tell.
        }
    }
}
