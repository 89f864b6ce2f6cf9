using System.Globalization;
using System.Text;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Backups;

/// <summary>A log directory that was checked from end to end under the log's own keys.</summary>
public sealed class PublishedLog
{
    /// <summary>A year of one checkpoint a second.</summary>
    internal const int MaxHistoryBytes = 256 * 1024 * 1024;

    private readonly TileReader _tiles;

    private PublishedLog(Checkpoint checkpoint, byte[] note, IReadOnlyList<long> history, TileReader tiles) =>
        (Checkpoint, Note, History, _tiles) = (checkpoint, note, history, tiles);

    public Checkpoint Checkpoint { get; }

    /// <summary>The published checkpoint verbatim, with whatever witnesses signed under it.</summary>
    public byte[] Note { get; }

    /// <summary>Every size that was shown, ascending; the checkpoint's is the last.</summary>
    public IReadOnlyList<long> History { get; }

    /// <summary>The root at an earlier size.</summary>
    public Sha256Digest RootAt(long size) => size == Checkpoint.Size ? Checkpoint.Root : ProofBuilder.Root(size, _tiles.Read);

    /// <summary>The exact bytes of the entries from an index to the end.</summary>
    public IEnumerable<byte[]> From(long index)
    {
        for (; index < Checkpoint.Size; index++)
        {
            yield return _tiles.Entry(index).ToArray();
        }
    }

    /// <exception cref="UncleanLogException">It is not clean, or not under these keys; the message tells what to look at.</exception>
    public static PublishedLog Open(IDisk disk, string directory, LogVkeys keys)
    {
        var files = new LogDirectory(directory);
        var report = Fsck.Run(files, new FsckOptions { LogKeys = keys.All });
        if (!report.IsClean)
        {
            throw new UncleanLogException(
                $"{directory} is not clean ({report.Defects[0].Place}: {report.Defects[0].What}; {report.Defects.Count + report.More - 1} more). Nothing was changed. "
                + $"Look at all of it with: mp log fsck {directory}");
        }
        var note = DurableFile.ReadAll(disk, Path.Combine(directory, LogLayout.Checkpoint), SignedNote.MaxNoteBytes);
        if (!Checkpoint.TryOpen(note, keys.All, out var checkpoint, out _, out var problem))
        {
            throw new UncleanLogException($"{directory}/checkpoint: {problem}. Nothing was changed.");
        }
        var history = Encoding.ASCII.GetString(DurableFile.ReadAll(disk, Path.Combine(directory, LogLayout.History), MaxHistoryBytes))
            .Split('\n')[..^1].Select(line => long.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture)).ToList();
        if (history[^1] != checkpoint.Size)
        {
            throw new UncleanLogException(
                $"{directory}/history goes on to size {history[^1]}, beyond the checkpoint of {checkpoint.Size}: the node died while it published, and a witness may have "
                + "seen that size. Nothing was changed. Use a mirror or a copy of the log whose checkpoint reaches it.");
        }
        return new PublishedLog(checkpoint, note, history, new TileReader(files, checkpoint.Size));
    }
}

/// <summary>A log directory that nothing may be recovered from.</summary>
public sealed class UncleanLogException(string message) : Exception(message);
