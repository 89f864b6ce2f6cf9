using System.Collections.Concurrent;
using Pipeline.Audit.Durable;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// The directories that objects fan out into. Each is made once and its name synced once in a process's life, not with
/// every object; the first object in a new one pays with one sync a level, after its own, when little is left to write.
/// </summary>
internal sealed class DurableTree(IDisk disk)
{
    /// <summary>Directories whose own names this process has synced.</summary>
    private readonly ConcurrentDictionary<string, bool> _durable = new(StringComparer.Ordinal);

    /// <summary>Makes what is missing. Nothing put into it is safe before <see cref="Sync"/>.</summary>
    public void Make(string directory)
    {
        if (disk.DirectoryExists(directory))
        {
            return;
        }
        // A disk that was lost under a running process, and an empty one in its place: what was synced there is not here.
        _durable.TryRemove(directory, out _);
        if (Path.GetDirectoryName(directory) is { } parent)
        {
            Make(parent);
        }
        // If we crash here, the directory may be gone, and nothing was put into it that anybody was told of.
        disk.MakeDirectory(directory);
    }

    /// <summary>Syncs the names of the directory and of every one above it whose name may not be durable yet.</summary>
    public void Sync(string directory)
    {
        if (_durable.ContainsKey(directory) || Path.GetDirectoryName(directory) is not { } parent)
        {
            return;
        }
        // If we crash here, the directory may be gone with what is in it, and nobody was told of that.
        disk.SyncDirectory(parent);
        Sync(parent);
        _durable.TryAdd(directory, true);
    }
}
