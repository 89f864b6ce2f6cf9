using System.Text;
using Pipeline.Audit.Durable;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// The file <c>store</c> in a directory tree that holds copies: whose it is, and under which name. Without it an empty
/// mount point would pass for a store that lost everything, or a second disk for the first.
/// </summary>
public static class StoreMark
{
    private const int MaxBytes = 4096;

    /// <summary>The installation's name: its log's origin without the year, which ends with each year's log.</summary>
    private static string InstallationOf(string origin) =>
        origin.LastIndexOf('/') is > 0 and var slash && origin[(slash + 1)..] is { Length: 4 } year && year.All(char.IsAsciiDigit)
            ? origin[..slash]
            : origin;

    /// <summary>Marks a new store, or looks whether a known one is the one it should be.</summary>
    /// <param name="known">True when an earlier start has used this store: then its mark must be there.</param>
    /// <param name="temporaryPath">On the same file system, this process's own.</param>
    /// <returns>Null, or what is wrong with it.</returns>
    public static string? Check(IDisk disk, string directory, string origin, string name, bool known, string temporaryPath)
    {
        var path = Path.Combine(directory, "store");
        var mark = Encoding.UTF8.GetBytes($"mp-store-1\n{InstallationOf(origin)}\n{name}\n");
        if (disk.FileExists(path))
        {
            return DurableFile.ReadAll(disk, path, MaxBytes).AsSpan().SequenceEqual(mark)
                ? null
                : $"{path} says that it belongs to another installation or has another name than {name}";
        }
        if (known)
        {
            return $"{directory} is not the store it was: its file 'store' is missing. Is the disk mounted?";
        }
        // If we crash here, the store is new once more at the next start.
        return DurableFile.WriteOnce(disk, path, mark, temporaryPath) == WriteOnceResult.Differs
            ? $"{path} was made by another installation a moment ago"
            : null;
    }
}
