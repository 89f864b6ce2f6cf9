using System.Globalization;
using System.Text;
using Pipeline.Audit.Durable;

namespace Pipeline.Audit.Log;

/// <summary>
/// The file <c>history</c>: the size of every checkpoint that was ever shown, one a line, growing. The database has each
/// size before the file, so a tail that a power cut tore is cut off and written again.
/// </summary>
internal sealed class LogHistory(IDisk disk, LogDirectoryWriter directory, SequencerStore store)
{
    /// <summary>Longest history read at a start: some thirty million checkpoints, a year of one a second.</summary>
    public const int MaxHistoryBytes = 256 * 1024 * 1024;

    private const int SizesPerRead = 10_000;

    private long? _lengthBytes;
    private long _lastSize = -1;

    /// <summary>Appends what the database has and the file has not. Null, or why not.</summary>
    public PublishResult.Halted? CatchUp()
    {
        if (_lengthBytes is null && Reconcile() is { } halted)
        {
            return halted;
        }
        var length = _lengthBytes!.Value;
        // Until the append is known to be durable, the file has to be looked at again.
        _lengthBytes = null;
        while (store.CheckpointSizes(_lastSize + 1, SizesPerRead) is { Count: > 0 } sizes)
        {
            var lines = Lines(sizes);
            using var file = disk.OpenExisting(directory.HistoryPath);
            file.Write(length, lines);
            // If we crash here, the tail may be torn: the next start cuts it off and writes it again.
            file.SyncData();
            length += lines.Length;
            _lastSize = sizes[^1];
        }
        _lengthBytes = length;
        return null;
    }

    /// <summary>Leaves exactly the lines that the database has too, durable.</summary>
    private PublishResult.Halted? Reconcile()
    {
        var path = directory.HistoryPath;
        if (!disk.FileExists(path))
        {
            disk.CreateNew(path).Dispose();
        }
        // If we crash here, there is no history yet and none is missed.
        disk.SyncDirectory(DurableFile.DirectoryOf(path));
        var bytes = DurableFile.ReadAll(disk, path, MaxHistoryBytes);
        var agreed = Agree(bytes);
        if (ShownButUnknown(bytes.AsSpan(agreed)) is { } size)
        {
            return new PublishResult.Halted(
                $"the history shows size {size}, of which the database has no checkpoint: it was restored from before", path);
        }
        using var file = disk.OpenExisting(path);
        file.Truncate(agreed);
        // If we crash here, the torn tail may come back and is cut off again.
        file.SyncData();
        _lengthBytes = agreed;
        return null;
    }

    /// <summary>Length of the longest beginning that is what the database says.</summary>
    private int Agree(byte[] bytes)
    {
        var agreed = 0;
        _lastSize = -1;
        while (agreed < bytes.Length && store.CheckpointSizes(_lastSize + 1, SizesPerRead) is { Count: > 0 } sizes)
        {
            foreach (var size in sizes)
            {
                var line = Lines([size]);
                if (!bytes.AsSpan(agreed).StartsWith(line))
                {
                    return agreed;
                }
                agreed += line.Length;
                _lastSize = size;
            }
        }
        return agreed;
    }

    /// <summary>A whole line with a size that no checkpoint of ours has: not a torn tail.</summary>
    private long? ShownButUnknown(ReadOnlySpan<byte> rest)
    {
        while (rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (NoteText.TryDecimal(rest[..end], out var size)
                && store.FindCheckpoint(size) is null)
            {
                return size;
            }
            rest = rest[(end + 1)..];
        }
        return null;
    }

    private static byte[] Lines(IEnumerable<long> sizes) => Encoding.ASCII.GetBytes(
        string.Concat(sizes.Select(size => string.Create(CultureInfo.InvariantCulture, $"{size}\n"))));
}
