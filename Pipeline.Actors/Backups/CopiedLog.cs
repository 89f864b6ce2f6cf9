using System.Globalization;
using System.Text;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Backups;

/// <summary>
/// Copies a log directory that may grow meanwhile. The checkpoint first: all that it names is there already, and what
/// comes later lies beyond it. Then the tiles, until nothing vanished while they were copied: a publisher removes a
/// partial file only after the full one is in place.
/// </summary>
internal static class CopiedLog
{
    /// <summary>A publisher that overtakes the copy this often fills 256 entries faster than one directory is listed.</summary>
    private const int MaxRounds = 20;

    /// <summary>The files, or none where nothing was published yet.</summary>
    /// <exception cref="InvalidDataException">The log directory is not clean, and a copy of it would not be either.</exception>
    public static IReadOnlyList<BackupFile> Copy(IDisk disk, string from, string to, out long publishedSize)
    {
        publishedSize = 0;
        if (!disk.FileExists(Path.Combine(from, LogLayout.Checkpoint)))
        {
            return [];
        }
        DurableFile.EnsureDirectory(disk, to);
        var files = new Dictionary<string, BackupFile>(StringComparer.Ordinal) { [LogLayout.Checkpoint] = Take(LogLayout.Checkpoint) };
        var size = publishedSize = SizeOf(DurableFile.ReadAll(disk, Path.Combine(to, LogLayout.Checkpoint), SignedNote.MaxNoteBytes));
        files[LogLayout.Vkey] = Take(LogLayout.Vkey);
        if (disk.FileExists(Path.Combine(from, LogLayout.Vkeys)))
        {
            files[LogLayout.Vkeys] = Take(LogLayout.Vkeys);
        }
        files[LogLayout.History] = TakeHistory(disk, from, to, size);
        for (var round = 1; !TakeTiles(); round++)
        {
            if (round == MaxRounds)
            {
                throw new IOException($"{from} changes faster than it can be copied. Run the backup again when less comes in.");
            }
        }
        CopiedFile.SyncTree(disk, to);
        var report = Fsck.Run(new LogDirectory(to), new FsckOptions());
        return report.IsClean
            ? [.. files.Values]
            : throw new InvalidDataException(
                $"the copy of {from} is not clean: {report.Defects[0].Place} {report.Defects[0].What}. Run 'mp log fsck {from}'.");

        BackupFile Take(string name) => CopiedFile.Copy(disk, Path.Combine(from, name), Path.Combine(to, name), "log/" + name);

        bool TakeTiles()
        {
            var whole = true;
            foreach (var name in new LogDirectory(from).List().Where(n => TilePath.TryParse(n, out _) && !files.ContainsKey(n)))
            {
                DurableFile.EnsureDirectory(disk, DurableFile.DirectoryOf(Path.Combine(to, name)));
                try
                {
                    files[name] = Take(name);
                }
                catch (FileNotFoundException)
                {
                    whole = false;
                }
            }
            return whole;
        }
    }

    /// <summary>Second line of a checkpoint; who signed it is what fsck asks.</summary>
    private static long SizeOf(byte[] note) =>
        SignedNote.TryParse(note, out var parsed, out var problem) && Checkpoint.TryParseBody(parsed.Text, out var checkpoint, out problem)
            ? checkpoint.Size
            : throw new InvalidDataException($"the published checkpoint cannot be read: {problem}");

    /// <summary>A size is noted before its checkpoint is shown: lines beyond the copied checkpoint stay behind.</summary>
    private static BackupFile TakeHistory(IDisk disk, string from, string to, long size)
    {
        var target = Path.Combine(to, LogLayout.History);
        // What stands behind the last line feed may be half a line. The copied checkpoint's own line is whole.
        var lines = Encoding.ASCII.GetString(DurableFile.ReadAll(disk, Path.Combine(from, LogLayout.History), PublishedLog.MaxHistoryBytes)).Split('\n')[..^1]
            .TakeWhile(line => long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var published) && published <= size);
        DurableFile.WriteOnce(disk, target, Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        return CopiedFile.Look(disk, target, "log/" + LogLayout.History);
    }
}
