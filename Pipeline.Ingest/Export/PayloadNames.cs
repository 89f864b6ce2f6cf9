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
    private const int MaxFolders = 20;

    private const char Replacement = '_';

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL"];

    private readonly HashSet<string> _files = new(StringComparer.Ordinal);

    /// <summary>Folders by fold, as they were spelled first: two that differ in case only become one.</summary>
    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);

    /// <summary>The name for a delivered path below <paramref name="folder"/>; another one each time.</summary>
    /// <param name="folder">A folder of ours, without a slash at its end.</param>
    /// <param name="delivered">Any text: it came from a stranger.</param>
    public string Next(string folder, string delivered)
    {
        var segments = delivered.Split('/', '\\').Where(s => s is not ("" or "." or "..")).DefaultIfEmpty("file").ToList();
        foreach (var segment in segments.SkipLast(1).Take(MaxFolders))
        {
            // A folder cannot stand beside a file of its name.
            var wanted = Unused($"{folder}/{Segment(segment)}", _files.Contains);
            folder = _folders.TryGetValue(BagNames.Fold(wanted), out var spelled) ? spelled : wanted;
            _folders.TryAdd(BagNames.Fold(folder), folder);
        }
        var name = Unused($"{folder}/{Segment(segments[^1])}", fold => _files.Contains(fold) || _folders.ContainsKey(fold));
        _files.Add(BagNames.Fold(name));
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

    /// <summary>The name, or the first with a number that is not in use. Every number gives another name, so one is free.</summary>
    private static string Unused(string name, Func<string, bool> isUsed)
    {
        var ending = Path.GetExtension(name);
        var unused = name;
        for (var n = 2; isUsed(BagNames.Fold(unused)); n++)
        {
            unused = string.Create(CultureInfo.InvariantCulture, $"{name[..^ending.Length]}_{n}{ending}");
        }
        return unused;
    }
}
