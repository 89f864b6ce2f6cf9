using System.Collections.Concurrent;
using System.Globalization;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// The log's files, as one epoch writes them: <c>checkpoint</c>, <c>vkey</c>, <c>vkeys</c>, <c>history</c>, <c>tile/…</c>, and
/// beside them <c>.tmp</c>, <c>.publish.lock</c> and, after a halt, <c>evidence</c>.
/// </summary>
internal sealed class LogDirectoryWriter(IDisk disk, string root, long epoch)
{
    private readonly ConcurrentDictionary<string, bool> _durableDirectories = new(StringComparer.Ordinal);
    private long _lastTemporary;

    public string CheckpointPath => Path.Combine(root, "checkpoint");

    public string HistoryPath => Path.Combine(root, "history");

    public string LockPath => Path.Combine(root, ".publish.lock");

    private string TemporaryDirectory => Path.Combine(root, ".tmp");

    /// <summary>Makes what is missing and removes the temporary files of epochs that are over.</summary>
    public void Prepare()
    {
        Ensure(TemporaryDirectory);
        foreach (var name in disk.ListFiles(TemporaryDirectory))
        {
            // A fenced writer that still lives loses its temporary file and fails, as it should.
            if (long.TryParse(name.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var owner) && owner < epoch)
            {
                disk.Unlink(Path.Combine(TemporaryDirectory, name));
            }
        }
    }

    /// <summary>The absolute path of a tile or bundle.</summary>
    public string PathOf(TilePath tile) => Path.Combine(root, tile.Text);

    /// <summary>Writes a file that never changes. Null, or where the bytes are kept that differ from those on disk.</summary>
    public string? WriteOnce(string path, ReadOnlySpan<byte> bytes)
    {
        Ensure(DurableFile.DirectoryOf(path));
        if (DurableFile.WriteOnce(disk, path, bytes, NextTemporary()) != WriteOnceResult.Differs)
        {
            return null;
        }
        var name = Path.GetRelativePath(root, path).Replace('/', '_');
        var evidence = Path.Combine(root, "evidence", string.Create(CultureInfo.InvariantCulture, $"{epoch}-{name}"));
        Ensure(DurableFile.DirectoryOf(evidence));
        DurableFile.WriteOnce(disk, evidence, bytes, NextTemporary());
        return evidence;
    }

    /// <summary>Shows the log's keys. Null when done; a directory that shows keys which are not ours stays as it is.</summary>
    public PublishResult.Halted? WriteKeys(LogVkeys keys)
    {
        if (ShownKeys.Look(disk, root, keys) is ShownKeys.Contradict(var why, _, _))
        {
            return new PublishResult.Halted($"the log directory carries another key: {why}", KeepEvidence(LogLayout.Vkey, LogVkeys.Lines(keys.All)));
        }
        ShownKeys.Write(disk, root, keys, NextTemporary);
        return null;
    }

    public string KeepEvidence(string name, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(root, "evidence", $"{name}-{Sha256Digest.Of(bytes).ToString()[..16]}");
        Ensure(DurableFile.DirectoryOf(path));
        Ensure(TemporaryDirectory);
        DurableFile.WriteOnce(disk, path, bytes, NextTemporary());
        return path;
    }

    public void ReplaceCheckpoint(ReadOnlySpan<byte> note) =>
        DurableFile.Replace(disk, CheckpointPath, note, NextTemporary());

    private void Ensure(string directory)
    {
        if (!_durableDirectories.ContainsKey(directory))
        {
            DurableFile.EnsureDirectory(disk, directory);
            _durableDirectories.TryAdd(directory, true);
        }
    }

    private string NextTemporary() => Path.Combine(
        TemporaryDirectory, string.Create(CultureInfo.InvariantCulture, $"{epoch}-{Interlocked.Increment(ref _lastTemporary)}"));
}
