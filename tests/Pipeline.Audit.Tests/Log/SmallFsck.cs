using System.Globalization;
using System.Text;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;

namespace Pipeline.Audit.Tests.Log;

/// <summary>
/// What a reader with nothing but the files can check: every shown checkpoint is signed and provable from bundles and
/// tiles, and the history is the shown sizes in order. Written apart from the code that makes the files.
/// </summary>
internal static class SmallFsck
{
    /// <summary>The first thing wrong, or null.</summary>
    /// <param name="shown">Every checkpoint anybody was ever shown, whether the files still name it or not.</param>
    public static string? Problem(IDisk disk, string root, NoteVerifierKey key, IReadOnlyCollection<Checkpoint> shown)
    {
        var all = shown.ToList();
        var path = $"{root}/checkpoint";
        if (disk.FileExists(path))
        {
            if (!Checkpoint.TryOpen(DurableFile.ReadAll(disk, path, 10_000), key, out var current, out var problem))
            {
                return problem;
            }
            if (shown.Any(s => s.Size > current.Size))
            {
                return $"the checkpoint went back to {current.Size}";
            }
            all.Add(current);
        }
        else if (shown.Count > 0)
        {
            return "the checkpoint is gone";
        }
        return all.Distinct().Select(checkpoint => Unprovable(disk, root, checkpoint)).FirstOrDefault(wrong => wrong is not null)
            ?? WrongHistory(disk, root, shown);
    }

    private static string? Unprovable(IDisk disk, string root, Checkpoint checkpoint)
    {
        var range = new CompactRange();
        foreach (var bundle in TilePath.BundlesToWrite(0, checkpoint.Size))
        {
            if (Read(disk, root, bundle) is not { } bytes
                || !EntryBundle.TryDecode(bytes, bytes.Width, out var entries, out _))
            {
                return $"{bundle.Text} is missing or damaged at size {checkpoint.Size}";
            }
            foreach (var entry in entries.Take(bundle.Width))
            {
                range.Append(MerkleTree.LeafHash(entry.Span));
            }
        }
        if (range.Size != checkpoint.Size || range.Root() != checkpoint.Root)
        {
            return $"the entries do not give the root of size {checkpoint.Size}";
        }
        var byTiles = ProofBuilder.Root(checkpoint.Size, nodes => [.. nodes.Select(node => Node(disk, root, checkpoint.Size, node))]);
        return byTiles == checkpoint.Root ? null : $"the tiles do not give the root of size {checkpoint.Size}";
    }

    private static Pipeline.Audit.Vocabulary.Sha256Digest Node(IDisk disk, string root, long size, TreeNode node)
    {
        var (level, hashes) = (node.Level / 8, 1 << (node.Level % 8));
        var first = node.Index * hashes;
        var width = Math.Min(256, TilePath.HashesOnLevel(size, level) - (first / 256 * 256));
        return Read(disk, root, TilePath.Hashes(level, first / 256, (int)width)) is { } bytes
            && bytes.Bytes.Length >= ((first % 256) + hashes) * 32
            ? MerkleTree.PerfectRoot(bytes.Bytes.AsSpan((int)(first % 256) * 32, hashes * 32))
            : default;
    }

    /// <summary>The file, or the full one in its place.</summary>
    private static Found? Read(IDisk disk, string root, TilePath tile)
    {
        foreach (var candidate in new[] { tile, tile.Full })
        {
            if (disk.FileExists($"{root}/{candidate.Text}"))
            {
                return new Found(DurableFile.ReadAll(disk, $"{root}/{candidate.Text}", EntryBundle.MaxBundleBytes), candidate.Width);
            }
        }
        return null;
    }

    private sealed record Found(byte[] Bytes, int Width)
    {
        public static implicit operator ReadOnlyMemory<byte>(Found found) => found.Bytes;
    }

    private static string? WrongHistory(IDisk disk, string root, IReadOnlyCollection<Checkpoint> shown)
    {
        var path = $"{root}/history";
        var text = disk.FileExists(path) ? Encoding.UTF8.GetString(DurableFile.ReadAll(disk, path, 100_000)) : "";
        var lines = text.Split('\n')[..^1];
        return shown.Select(s => s.Size.ToString(CultureInfo.InvariantCulture)).Except(lines).FirstOrDefault() is { } missing
            ? $"the history lacks the shown size {missing}"
            : null;
    }

    /// <summary>After a finished publication the history has no torn line either.</summary>
    public static string? TornHistory(IDisk disk, string root)
    {
        var text = Encoding.UTF8.GetString(DurableFile.ReadAll(disk, $"{root}/history", 100_000));
        var lines = text.Split('\n');
        var sizes = lines[..^1].Select(l => long.TryParse(l, NumberStyles.None, CultureInfo.InvariantCulture, out var s) ? s : -1).ToList();
        return lines[^1].Length == 0 && !sizes.Contains(-1) && sizes.SequenceEqual(sizes.Distinct().Order())
            ? null
            : $"the history reads '{text.Replace('\n', ' ')}'";
    }
}
