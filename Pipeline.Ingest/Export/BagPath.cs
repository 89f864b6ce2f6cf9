using System.Text.RegularExpressions;

namespace Pipeline.Ingest.Export;

/// <summary>What a path in a manifest or fetch file comes to.</summary>
internal abstract record BagPathReading
{
    private BagPathReading()
    {
    }

    /// <summary>It lies inside the bag.</summary>
    /// <param name="Path">Relative to the bag, with <c>/</c>, without dot segments.</param>
    /// <param name="Rewritten">Dot segments or doubled slashes were taken out to get there.</param>
    /// <param name="Climbs">One of them was <c>..</c>.</param>
    public sealed record Inside(string Path, bool Rewritten, bool Climbs) : BagPathReading;

    /// <summary>It lies outside, or may on some system: nothing is opened by it.</summary>
    public sealed record Outside(string Why) : BagPathReading;
}

/// <summary>Paths as BagIt writes them: relative, <c>/</c>, and LF, CR and <c>%</c> percent-encoded (RFC 8493, section 2.1.3).</summary>
internal static partial class BagPath
{
    /// <summary>Directory of the payload, with its slash.</summary>
    public const string Payload = "data/";

    /// <summary>Longest path looked at, in UTF-16 characters: the system's own limit.</summary>
    public const int MaxPathCharacters = 4096;

    /// <summary>For a manifest of ours.</summary>
    public static string Encode(string path) => path
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal);

    /// <summary>
    /// The three encoded characters, and no others. <c>%25</c> only since RFC 8493: the drafts encoded line ends but not the
    /// percent sign itself, so there <c>%25</c> is three characters of a name.
    /// </summary>
    public static string Decode(string stated, BagVersion version) => stated.Contains('%', StringComparison.Ordinal)
        ? Encoded().Replace(stated, match => match.Value[1..].ToUpperInvariant() switch
        {
            "0A" => "\n",
            "0D" => "\r",
            _ => version.IsAtLeast(BagVersion.Rfc8493) ? "%" : match.Value,
        })
        : stated;

    /// <summary>Resolves a decoded path by its text alone; the disk is not asked.</summary>
    public static BagPathReading Resolve(string path)
    {
        if (path.Length is 0 or > MaxPathCharacters || path.Contains('\0', StringComparison.Ordinal))
        {
            return new BagPathReading.Outside($"a path has 1 to {MaxPathCharacters} characters and no NUL");
        }
        if (path[0] is '/' or '\\')
        {
            return new BagPathReading.Outside("it is absolute, or names another machine");
        }
        if (path[0] == '~')
        {
            return new BagPathReading.Outside("it begins with ~, which a shell takes for a home directory");
        }
        if (DriveOrScheme().IsMatch(path) || Variable().IsMatch(path))
        {
            return new BagPathReading.Outside("it begins with a drive, a scheme or a variable");
        }
        var kept = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment == "..")
            {
                if (kept.Count == 0)
                {
                    return new BagPathReading.Outside("it climbs out with ..");
                }
                kept.RemoveAt(kept.Count - 1);
            }
            else if (segment is not ("" or "."))
            {
                kept.Add(segment);
            }
        }
        var inside = string.Join('/', kept);
        return inside.Length == 0
            ? new BagPathReading.Outside("it names no file")
            : new BagPathReading.Inside(inside, inside != path, path.Split('/').Contains(".."));
    }

    /// <summary>Decodes and resolves a path as a manifest or fetch file states it; null after a finding.</summary>
    public static BagPathReading.Inside? Inside(string stated, BagVersion version, string place, BagFindings findings)
    {
        switch (Resolve(Decode(stated, version)))
        {
            case BagPathReading.Inside inside:
                return inside;
            case BagPathReading.Outside(var why):
                findings.Reject(
                    "BAG_PATH_OUTSIDE", place, stated, $"The path does not stay in the bag: {why}. Nothing was opened by it.",
                    "Trust no part of this bag before its maker explains.");
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    [GeneratedRegex("%(0[AaDd]|25)")]
    private static partial Regex Encoded();

    [GeneratedRegex(@"^([A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*:/)")]
    private static partial Regex DriveOrScheme();

    [GeneratedRegex(@"^%[A-Za-z]+%[\\/]")]
    private static partial Regex Variable();
}
