using System.Globalization;
using System.Text;

namespace Pipeline.Ingest.Export;

/// <summary>
/// Names for delivered files inside a bag: what any system can hold and any BagIt tool reads alike. Composed Unicode, no
/// <c>%</c> (tools disagree on its encoding), no line end, nothing that Windows refuses, no two that differ only in case,
/// never outside. What had to change is stated beside the files, so nothing of the original name is lost.
/// </summary>
public sealed class PayloadNames
{
    /// <summary>One folder or file name, in bytes of UTF-8; room below the system's 255 for a number.</summary>
    public const int MaxSegmentBytes = 200;

    /// <summary>Folders within folders that are kept.</summary>
    private const int MaxSegments = 20;

    private const char Replacement = '_';

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL"];

    // A file called like another's folder cannot stand beside it, so folders count as taken.
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>The name for a delivered path below <paramref name="folder"/>; another one each time.</summary>
    /// <param name="folder">A folder of ours, without a slash at its end.</param>
    /// <param name="delivered">Any text: it came from a stranger.</param>
    public string Next(string folder, string delivered)
    {
        var segments = delivered.Split('/', '\\').Where(s => s is not ("" or "." or "..")).ToList();
        var kept = segments.Take(MaxSegments - 1).Concat(segments.Skip(MaxSegments - 1).TakeLast(1)).Select(Segment);
        var wanted = $"{folder}/{string.Join('/', kept.DefaultIfEmpty("file"))}";
        var name = wanted;
        for (var n = 2; !IsFree(name); n++)
        {
            name = Numbered(wanted, n);
        }
        _files.Add(BagNames.Fold(name));
        foreach (var above in Folders(name))
        {
            _folders.Add(BagNames.Fold(above));
        }
        return name;
    }

    /// <summary>One name that every system can hold.</summary>
    internal static string Segment(string stated)
    {
        var text = new StringBuilder();
        Rune? before = null;
        foreach (var rune in UnicodeForm.Compose(stated).EnumerateRunes())
        {
            var kept = IsPortable(rune) && UnicodeForm.IsSurelyComposed(before, rune) ? rune : new Rune(Replacement);
            text.Append(kept.ToString());
            before = kept;
        }
        var name = text.ToString().TrimEnd(' ', '.');
        // Windows drops the end; a shell takes the beginning for a home directory or an option.
        name = name.Length == 0 ? "file" : name[0] is '~' or '-' or ' ' ? Replacement + name[1..] : name;
        var stem = name.Split('.')[0];
        var isDevice = Devices.Contains(stem, StringComparer.OrdinalIgnoreCase)
            || (stem.Length == 4 && char.IsAsciiDigit(stem[3])
                && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)));
        return Shortened(isDevice ? Replacement + name : name);
    }

    private static bool IsPortable(Rune rune) =>
        rune != Rune.ReplacementChar
        && !(rune.IsAscii && "<>:\"|?*\\/%".Contains((char)rune.Value, StringComparison.Ordinal))
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>Cut in the middle: the ending says what a file is.</summary>
    private static string Shortened(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MaxSegmentBytes)
        {
            return name;
        }
        var ending = Path.GetExtension(name) is { Length: > 1 and <= 12 } extension ? extension : "";
        var kept = new StringBuilder();
        var bytes = Encoding.UTF8.GetByteCount(ending);
        foreach (var rune in name[..^ending.Length].EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxSegmentBytes)
            {
                break;
            }
            kept.Append(rune.ToString());
        }
        return kept.ToString().TrimEnd(' ', '.') + ending;
    }

    private static string Numbered(string name, int n)
    {
        var ending = Path.GetExtension(name);
        return string.Create(CultureInfo.InvariantCulture, $"{name[..^ending.Length]}_{n}{ending}");
    }

    private static IEnumerable<string> Folders(string name)
    {
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = name.IndexOf('/', slash + 1))
        {
            yield return name[..slash];
        }
    }

    private bool IsFree(string name) =>
        !_files.Contains(BagNames.Fold(name)) && !_folders.Contains(BagNames.Fold(name))
        && !Folders(name).Any(f => _files.Contains(BagNames.Fold(f)));
}
