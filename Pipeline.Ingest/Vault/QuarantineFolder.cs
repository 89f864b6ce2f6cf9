using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>A damaged file that gave way to a good one. It is evidence: kept, never read as the object again.</summary>
/// <param name="Id">What its name promised.</param>
/// <param name="Found">What its bytes hash to; null when the disk would not read them.</param>
/// <param name="Path">Where it is now.</param>
public sealed record QuarantinedObject(Sha256Digest Id, Sha256Digest? Found, string Path);

/// <summary>The folder that damaged files are given a second name in, <c>quarantine/N-NAME</c>, before the first is reused.</summary>
internal static class QuarantineFolder
{
    /// <summary>Most copies of one name that are kept; beyond it something is rotting faster than anybody looks.</summary>
    public const int MaxCopiesOfOneName = 1000;

    /// <summary>Gives the file at <paramref name="path"/> a durable second name and returns it.</summary>
    public static string Keep(IDisk disk, string root, string path, string name) =>
        KeepIn(disk, VaultLayout.Quarantine(root), path, name);

    /// <summary>As <see cref="Keep"/>, in another folder of this kind.</summary>
    public static string KeepIn(IDisk disk, string folder, string path, string name)
    {
        DurableFile.EnsureDirectory(disk, folder);
        for (var n = 0; n < MaxCopiesOfOneName; n++)
        {
            var kept = Path.Combine(folder, $"{n}-{name}");
            if (disk.Link(path, kept))
            {
                // If we crash here, the damaged file still has its first name, and is found damaged again.
                disk.SyncDirectory(folder);
                return kept;
            }
        }
        throw new IOException($"{folder} already keeps {MaxCopiesOfOneName} files named {name}");
    }
}
