using System.Text.RegularExpressions;

namespace Pipeline.Ingest.Export;

/// <summary>Names that are legal here and make trouble elsewhere (RFC 8493, section 5.1 and 6): each is worth a warning.</summary>
internal static partial class BagNames
{
    private const string Rename = "Nothing is wrong here; rename before the bag goes to such a system.";

    public static void Warn(IEnumerable<string> paths, BagFindings findings)
    {
        var byFold = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (!byFold.TryAdd(Fold(path), path))
            {
                findings.Warn("BAG_NAMES_COLLIDE", path, byFold[Fold(path)], "Two names differ only in case or Unicode form; many systems keep one of them.", Rename);
            }
            var name = path[(path.LastIndexOf('/') + 1)..];
            if (SystemFile().IsMatch(name))
            {
                findings.Warn("BAG_SYSTEM_FILE", path, name, "A file that a system made for itself; it changes without anybody meaning it.", "Leave such files out of bags.");
            }
            else if (Troublesome().IsMatch(name))
            {
                findings.Warn("BAG_NAME_NOT_PORTABLE", path, name, "Windows cannot hold this name.", Rename);
            }
        }
    }

    /// <summary>Equal for two names that some file system takes for one.</summary>
    public static string Fold(string path) => UnicodeForm.Compose(path).ToLowerInvariant();

    [GeneratedRegex(@"^(\.DS_Store|Thumbs\.db|ehthumbs\.db|desktop\.ini|\._.*|\.Spotlight-V100|\.Trashes|\.fseventsd|\.AppleDouble|__MACOSX)\z", RegexOptions.IgnoreCase)]
    private static partial Regex SystemFile();

    [GeneratedRegex(@"[<>:""|?*\\\x00-\x1F]|[. ]\z|^(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\.|\z)", RegexOptions.IgnoreCase)]
    private static partial Regex Troublesome();
}
