using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// The <c>tmp</c> folder of a vault that several processes may share. Names carry the process start that made them, and
/// each process holds a lock under its name, so that a start sweeps what dead processes left and nobody else's.
/// </summary>
public sealed class TemporaryFiles : IDisposable
{
    /// <summary>Longest process start id, in characters.</summary>
    public const int MaxProcessStartCharacters = 64;

    private const string LockExtension = ".lock";

    // A lock taken under its final name could be taken for a dead process's between being made and being held.
    private const string UnlockedExtension = ".starting";

    private readonly IDisposable _lock;
    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly string _processStart;
    private long _last;

    private TemporaryFiles(IDisk disk, string directory, string processStart, IDisposable held) =>
        (_disk, _directory, _processStart, _lock) = (disk, directory, processStart, held);

    /// <summary>Makes the folder when missing, announces this process, and removes what dead ones left.</summary>
    /// <param name="root">The vault's root.</param>
    /// <param name="processStart">Unique to this start of this process, for ever: letters, digits and hyphens.</param>
    public static TemporaryFiles Open(IDisk disk, string root, string processStart)
    {
        Invariant.Require(
            processStart.Length is > 0 and <= MaxProcessStartCharacters
                && processStart.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'),
            "a process start id is 1 to 64 letters, digits and hyphens");
        var directory = Path.Combine(root, "tmp");
        DurableFile.EnsureDirectory(disk, directory);
        var starting = Path.Combine(directory, processStart + UnlockedExtension);
        var held = disk.TryLock(starting);
        Invariant.Require(held is not null, "no two starts of a process have one id");
        // If we crash here, an empty file of ours stays; nothing waits for it.
        disk.Rename(starting, Path.Combine(directory, processStart + LockExtension));
        var temporary = new TemporaryFiles(disk, directory, processStart, held);
        temporary.Sweep();
        return temporary;
    }

    /// <summary>The folder itself.</summary>
    public string Folder => _directory;

    /// <summary>A path nobody else has or will be given.</summary>
    public string Next() =>
        Path.Combine(_directory, $"{_processStart}_{Interlocked.Increment(ref _last)}");

    /// <summary>Ends this process's claim; its leftovers are anybody's to sweep.</summary>
    public void Dispose()
    {
        try
        {
            _disk.Unlink(Path.Combine(_directory, _processStart + LockExtension));
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private void Sweep()
    {
        var byOwner = _disk.ListFiles(_directory)
            .Where(name => !name.EndsWith(UnlockedExtension, StringComparison.Ordinal))
            .GroupBy(OwnerOf, StringComparer.Ordinal)
            .Where(group => group.Key != _processStart);
        foreach (var leftovers in byOwner)
        {
            var ownersLock = Path.Combine(_directory, leftovers.Key + LockExtension);
            using var dead = _disk.TryLock(ownersLock);
            if (dead is null)
            {
                continue;
            }
            foreach (var name in leftovers.Append(leftovers.Key + LockExtension))
            {
                // If we crash here, the next start sweeps the rest.
                _disk.Unlink(Path.Combine(_directory, name));
            }
        }
    }

    private static string OwnerOf(string name) => name[..(name.IndexOfAny(['_', '.']) is >= 0 and var end ? end : name.Length)];
}
