using System.Globalization;
using System.Text;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>How a mirroring ended.</summary>
public abstract record MirrorResult
{
    private MirrorResult()
    {
    }

    /// <summary>The mirror holds the log up to this checkpoint, all of it checked.</summary>
    /// <param name="From">Size that the mirror had before.</param>
    /// <param name="Files">Tiles and bundles that came.</param>
    public sealed record Mirrored(Checkpoint Checkpoint, long From, int Files) : MirrorResult;

    /// <summary>The log does not continue what was mirrored before: both notes are kept.</summary>
    public sealed record NotContinued(string Why, string EvidencePath) : MirrorResult;

    /// <summary>What came is not what the checkpoint promises; the mirror stays as it was.</summary>
    public sealed record Damaged(string Why) : MirrorResult;
}

/// <summary>
/// Copies a log from elsewhere and believes nothing of it: each file is checked against what is below it before it is
/// written, the whole against the signed checkpoint, and the checkpoint against the one mirrored before. Broken off
/// anywhere, the next run takes up what is there.
/// </summary>
/// <param name="directory">Absolute; made when missing. A log directory like the one that is copied.</param>
/// <param name="logKeys">Keys of the log that the mirror's owner trusts, at least one. A mirror is of one log for ever.</param>
/// <param name="fetch">The bytes of a file of the log, at most so many; null when it has none.</param>
/// <param name="withEntries">False mirrors hashes only: what is public to everybody.</param>
public sealed class LogMirror(
    IDisk disk, string directory, IReadOnlyList<NoteVerifierKey> logKeys, Func<string, int, CancellationToken, Task<byte[]?>> fetch, bool withEntries)
{
    private int _files;

    /// <exception cref="IOException">A file could not be fetched or written; run the same again.</exception>
    public async Task<MirrorResult> RunAsync(CancellationToken cancel)
    {
        DurableFile.EnsureDirectory(disk, directory);
        var note = await fetch(LogLayout.Checkpoint, SignedNote.MaxNoteBytes, cancel);
        if (note is null)
        {
            return new MirrorResult.Damaged("the log has no checkpoint");
        }
        if (!Checkpoint.TryOpen(note, logKeys, out var remote, out var by, out var problem))
        {
            return new MirrorResult.Damaged($"its checkpoint: {problem}");
        }
        var path = At(LogLayout.Checkpoint);
        var before = disk.FileExists(path) ? DurableFile.ReadAll(disk, path, SignedNote.MaxNoteBytes) : null;
        Checkpoint? own = null;
        if (before is not null && !Checkpoint.TryOpen(before, logKeys, out own, out _, out problem))
        {
            return new MirrorResult.Damaged($"the mirror's own checkpoint: {problem}");
        }
        if (own is not null && (remote.Size < own.Size || (remote.Size == own.Size && remote.Root != own.Root)))
        {
            return NotContinued(
                remote.Size < own.Size ? $"the log has {Text(remote.Size)} entries, the mirror {Text(own.Size)}: it was rolled back" : $"another root at size {Text(own.Size)}",
                before!, note);
        }
        var have = own?.Size ?? 0;
        if (await CopyAsync(have, remote.Size, cancel) is { } damaged)
        {
            return new MirrorResult.Damaged(damaged);
        }
        var reader = new TileReader(new LogDirectory(directory), remote.Size);
        if (remote.Size > 0 && ProofBuilder.Root(remote.Size, reader.Read) != remote.Root)
        {
            var why = $"its tiles do not lead to the root of its checkpoint of size {Text(remote.Size)}";
            Discard(have, remote.Size);
            return have > 0 ? NotContinued($"together with those mirrored before, {why}", before!, note) : new MirrorResult.Damaged(why);
        }
        if (have > 0 && ProofBuilder.Root(have, reader.Read) != own!.Root)
        {
            Discard(have, remote.Size);
            return NotContinued($"the log of {Text(remote.Size)} entries does not contain the one of {Text(have)}", before!, note);
        }
        Show(remote, note, by, await fetch(LogLayout.Vkeys, LogVkeys.MaxBytes, cancel));
        return new MirrorResult.Mirrored(remote, have, _files);
    }

    /// <summary>Lower levels first: what is above is checked against what is below. Why not, or null.</summary>
    private async Task<string?> CopyAsync(long from, long to, CancellationToken cancel)
    {
        foreach (var tile in TilePath.TilesToWrite(from, to))
        {
            cancel.ThrowIfCancellationRequested();
            if (disk.FileExists(At(tile.Text)) && (!NeedsEntries(tile) || disk.FileExists(At(BundleOf(tile).Text))))
            {
                continue;
            }
            var hashes = await FetchAsync(tile, TilePath.FullWidth * MerkleTree.HashBytes, cancel);
            if (hashes is null || hashes.Length < tile.HashTileBytes)
            {
                return $"{tile} is missing or too short";
            }
            hashes = hashes[..tile.HashTileBytes];
            if (tile.Level > 0 && !AgreesWithBelow(tile, hashes))
            {
                return $"{tile} is not what the level below it gives";
            }
            if (NeedsEntries(tile))
            {
                var bundle = BundleOf(tile);
                var bytes = await FetchAsync(bundle, EntryBundle.MaxBundleBytes, cancel);
                if (bytes is null || Entries(bytes, tile.Width) is not { } entries || !HashTo(entries, hashes))
                {
                    return $"{bundle} is missing, or its entries do not hash to {tile}";
                }
                Write(bundle.Text, EntryBundle.Encode(entries));
                _files++;
            }
            Write(tile.Text, hashes);
            _files++;
        }
        return null;
    }

    /// <summary>
    /// Nothing that no believed checkpoint covers stays: the next run would take it for what it has. None of these files is
    /// one that the mirror of size <paramref name="from"/> reads.
    /// </summary>
    private void Discard(long from, long to)
    {
        foreach (var tile in TilePath.TilesToWrite(from, to).Concat(TilePath.BundlesToWrite(from, to)))
        {
            disk.Unlink(At(tile.Text));
        }
    }

    /// <summary>Where the log has dropped a partial file, the beginning of the full one is the same.</summary>
    private async Task<byte[]?> FetchAsync(TilePath tile, int maxBytes, CancellationToken cancel) =>
        await fetch(tile.Text, maxBytes, cancel) ?? (tile.IsFull ? null : await fetch(tile.Full.Text, maxBytes, cancel));

    private bool NeedsEntries(TilePath tile) => withEntries && tile.Level == 0;

    private static TilePath BundleOf(TilePath tile) => TilePath.Entries(tile.Number, tile.Width);

    /// <summary>The first so many entries; null when there are fewer.</summary>
    private static List<ReadOnlyMemory<byte>>? Entries(byte[] bundle, int width) =>
        EntryBundle.TrySplit(bundle, width, exact: false, out var places, out _)
            ? [.. places.Select(p => new ReadOnlyMemory<byte>(bundle, p.From, p.Length))]
            : null;

    private static bool HashTo(List<ReadOnlyMemory<byte>> entries, byte[] hashes)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (MerkleTree.LeafHash(entries[i].Span) != new Sha256Digest(hashes.AsSpan(i * MerkleTree.HashBytes, MerkleTree.HashBytes)))
            {
                return false;
            }
        }
        return true;
    }

    private bool AgreesWithBelow(TilePath tile, byte[] hashes)
    {
        for (var i = 0; i < tile.Width; i++)
        {
            var below = DurableFile.ReadAll(
                disk, At(TilePath.Hashes(tile.Level - 1, (tile.Number * TilePath.FullWidth) + i).Text), TilePath.FullWidth * MerkleTree.HashBytes);
            if (below.Length != TilePath.FullWidth * MerkleTree.HashBytes
                || MerkleTree.PerfectRoot(below) != new Sha256Digest(hashes.AsSpan(i * MerkleTree.HashBytes, MerkleTree.HashBytes)))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Key, history, checkpoint, in that order: a mirror never shows what it cannot prove.</summary>
    /// <param name="by">Trusted keys that signed the checkpoint.</param>
    /// <param name="vkeys">The log's own list: copied where it fits, for it says which key came when; trusted never.</param>
    private void Show(Checkpoint remote, byte[] note, IReadOnlyList<NoteVerifierKey> by, byte[]? vkeys)
    {
        var shown = disk.FileExists(At(LogLayout.Vkey)) ? Encoding.UTF8.GetString(DurableFile.ReadAll(disk, At(LogLayout.Vkey), LogVkeys.MaxBytes)) : null;
        var key = by.FirstOrDefault(k => k.Vkey + "\n" == shown) ?? by[^1];
        if (LogVkeys.TryRead(LogVkeys.Lines([key]), vkeys, out var keys, out _, out _))
        {
            // If we crash here or below, the mirror is one checkpoint behind its keys, and the next run goes on.
            ShownKeys.Write(disk, directory, keys, () => At($".keys-{Text(remote.Size)}"));
        }
        else
        {
            ShownKeys.Write(disk, directory, LogVkeys.Of(key), () => At($".keys-{Text(remote.Size)}"));
        }
        var history = At(LogLayout.History);
        var sizes = disk.FileExists(history) ? Encoding.ASCII.GetString(DurableFile.ReadAll(disk, history, int.MaxValue)) : "";
        var line = Text(remote.Size) + "\n";
        if (sizes != line && !sizes.EndsWith("\n" + line, StringComparison.Ordinal))
        {
            // If we crash here, the history ends in a size whose files are all there and whose checkpoint comes with the next run.
            DurableFile.Replace(disk, history, Encoding.ASCII.GetBytes(sizes + line));
        }
        DurableFile.Replace(disk, At(LogLayout.Checkpoint), note);
    }

    private void Write(string name, ReadOnlySpan<byte> bytes)
    {
        var path = At(name);
        DurableFile.EnsureDirectory(disk, DurableFile.DirectoryOf(path));
        if (DurableFile.WriteOnce(disk, path, bytes) == WriteOnceResult.Differs)
        {
            throw new IOException($"{path} is there with other bytes: a mirror is of one log for ever, and nothing is overwritten. Run fsck on it.");
        }
    }

    private MirrorResult.NotContinued NotContinued(string why, byte[] before, byte[] note)
    {
        var evidence = EvidenceOfFork.Format($"{logKeys[0].Name}: {why}", before, note, []);
        var name = $"evidence/{Sha256Digest.Of(evidence)}.txt";
        Write(name, evidence);
        return new MirrorResult.NotContinued(why, At(name));
    }

    private string At(string name) => Path.Combine(directory, name);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
