using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>What the check of one number of level 0 leaves behind for the checks that come after.</summary>
internal sealed class BundleOutcome(long number, int width, int maxDefects)
{
    internal long Number { get; } = number;

    /// <summary>Entries up to the checkpoint's size: 256, or fewer in the last.</summary>
    internal int Width { get; } = width;

    internal FsckFindings Findings { get; } = new(maxDefects);

    /// <summary>The leaf hashes: of the tile, or if that is lost of the entries; null when neither can be read.</summary>
    internal byte[]? LeafHashes { get; set; }

    /// <summary>The root over the leaf hashes of a full tile.</summary>
    internal Sha256Digest? Root { get; set; }

    /// <summary>What the envelopes say; null when the bundle cannot be read or envelopes are not checked.</summary>
    internal EnvelopeRows? Envelopes { get; set; }
}

/// <summary>Checks all files of one number of level 0: the tile, the bundle, and their partial forms.</summary>
internal sealed class BundleCheck(ILogFiles files, TileCatalog catalog, long size, FsckOptions options)
{
    internal BundleOutcome Run(long number)
    {
        var outcome = new BundleOutcome(number, (int)Math.Min(TilePath.FullWidth, size - (number * TilePath.FullWidth)), options.MaxDefects);
        var present = catalog.At(0, number).ToList();
        var (tile, bundle) = (MainOf(present, outcome, isEntries: false), MainOf(present, outcome, isEntries: true));
        if (tile is { } tilePath && ReadTile(files, ref tilePath, outcome.Findings) is { } bytes)
        {
            outcome.LeafHashes = bytes[..(outcome.Width * MerkleTree.HashBytes)];
        }
        byte[]? mainBundle = null;
        var mainEntries = Array.Empty<WideSha256.MessageAt>();
        if (bundle is { } bundlePath)
        {
            mainBundle = Read(files, ref bundlePath, EntryBundle.MaxBundleBytes, outcome.Findings);
            mainEntries = CheckBundle(bundlePath, mainBundle, outcome, isMain: true);
        }
        foreach (var other in present.Where(p => p != tile && p != bundle))
        {
            if (other.IsEntries)
            {
                CheckOtherBundle(other, outcome, mainBundle, mainEntries);
            }
            else
            {
                CheckOtherTile(other, outcome);
            }
        }
        if (outcome is { Width: TilePath.FullWidth, LeafHashes: { } leaves })
        {
            outcome.Root = MerkleTree.PerfectRoot(leaves);
        }
        return outcome;
    }

    /// <summary>The file that the checkpoint's size asks for, or the full one in place of a partial.</summary>
    private static TilePath? MainOf(List<TilePath> present, BundleOutcome outcome, bool isEntries)
    {
        var wanted = isEntries ? TilePath.Entries(outcome.Number, outcome.Width) : TilePath.Hashes(0, outcome.Number, outcome.Width);
        if (present.Contains(wanted))
        {
            return wanted;
        }
        if (!wanted.IsFull && present.Contains(wanted.Full))
        {
            return wanted.Full;
        }
        outcome.Findings.Defect(wanted.Text, "is missing");
        return null;
    }

    /// <summary>The bytes of a tile of hashes of exactly its length; a defect and null otherwise.</summary>
    /// <param name="path">Becomes the full file's where that took the place of a partial one meanwhile.</param>
    internal static byte[]? ReadTile(ILogFiles files, ref TilePath path, FsckFindings findings)
    {
        var bytes = Read(files, ref path, TilePath.FullWidth * MerkleTree.HashBytes, findings);
        if (bytes is not null && bytes.Length != path.HashTileBytes)
        {
            findings.Defect(path.Text, bytes.Length > path.HashTileBytes
                ? $"is longer than {path.HashTileBytes} bytes"
                : $"has {bytes.Length} bytes, not {path.HashTileBytes}");
            return null;
        }
        return bytes;
    }

    private static byte[]? Read(ILogFiles files, ref TilePath path, int maxBytes, FsckFindings findings)
    {
        try
        {
            var bytes = files.Read(path.Text, maxBytes);
            if (bytes is null && !path.IsFull && files.Read(path.Full.Text, maxBytes) is { } full)
            {
                // A log that grows is checked: since it was listed, the publisher has put the full file in its place.
                path = path.Full;
                return full;
            }
            if (bytes is null)
            {
                findings.Defect(path.Text, "is missing");
            }
            return bytes;
        }
        catch (IOException e)
        {
            findings.Defect(path.Text, $"cannot be read: {e.Message}");
            return null;
        }
    }

    /// <returns>Where the entries stand; empty when the bundle cannot be taken apart.</returns>
    private WideSha256.MessageAt[] CheckBundle(TilePath path, byte[]? bytes, BundleOutcome outcome, bool isMain)
    {
        if (bytes is null)
        {
            return [];
        }
        var count = Math.Min(path.Width, outcome.Width);
        if (!EntryBundle.TrySplit(bytes, count, exact: path.Width <= outcome.Width, out var entries, out var problem))
        {
            outcome.Findings.Defect(path.Text, problem);
            return [];
        }
        Span<byte> hashes = stackalloc byte[TilePath.FullWidth * MerkleTree.HashBytes];
        hashes = hashes[..(count * MerkleTree.HashBytes)];
        MerkleTree.LeafHashes(bytes, entries, hashes);
        if (isMain && outcome.LeafHashes is null)
        {
            outcome.LeafHashes = hashes.ToArray();
        }
        else if (outcome.LeafHashes is { } leaves && !hashes.SequenceEqual(leaves.AsSpan(0, hashes.Length)))
        {
            ReportEntries(path, outcome, hashes);
        }
        if (isMain && options.Envelopes)
        {
            outcome.Envelopes = EnvelopeRows.Read(bytes, entries, outcome.Number * TilePath.FullWidth, outcome.Findings);
        }
        return entries;
    }

    private static void ReportEntries(TilePath path, BundleOutcome outcome, ReadOnlySpan<byte> hashes)
    {
        for (var i = 0; i < hashes.Length / MerkleTree.HashBytes; i++)
        {
            var at = i * MerkleTree.HashBytes;
            if (!hashes.Slice(at, MerkleTree.HashBytes).SequenceEqual(outcome.LeafHashes.AsSpan(at, MerkleTree.HashBytes)))
            {
                outcome.Findings.Defect(
                    path.Text, $"entry {(outcome.Number * TilePath.FullWidth) + i} does not hash to the leaf in its tile");
            }
        }
    }

    private void CheckOtherBundle(
        TilePath path, BundleOutcome outcome, byte[]? mainBundle, WideSha256.MessageAt[] mainEntries)
    {
        var bytes = Read(files, ref path, EntryBundle.MaxBundleBytes, outcome.Findings);
        if (path.Width > outcome.Width)
        {
            outcome.Findings.Note($"{path.Text} reaches beyond the checkpoint; only its first {outcome.Width} entries are covered");
        }
        else if (bytes is not null && mainBundle is not null && mainEntries.Length > 0)
        {
            // A narrower bundle is a beginning of the main one, byte for byte.
            var last = mainEntries[path.Width - 1];
            if (!bytes.AsSpan().SequenceEqual(mainBundle.AsSpan(0, last.From + last.Length)))
            {
                outcome.Findings.Defect(path.Text, "is not the beginning of the bundle that followed it");
            }
            return;
        }
        CheckBundle(path, bytes, outcome, isMain: false);
    }

    private void CheckOtherTile(TilePath path, BundleOutcome outcome)
    {
        if (path.Width > outcome.Width)
        {
            outcome.Findings.Note($"{path.Text} reaches beyond the checkpoint; only its first {outcome.Width} hashes are covered");
        }
        if (ReadTile(files, ref path, outcome.Findings) is not { } bytes || outcome.LeafHashes is not { } leaves)
        {
            return;
        }
        var common = Math.Min(bytes.Length, leaves.Length);
        if (!bytes.AsSpan(0, common).SequenceEqual(leaves.AsSpan(0, common)))
        {
            outcome.Findings.Defect(path.Text, "is not the beginning of the tile that followed it");
        }
    }
}
