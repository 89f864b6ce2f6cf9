using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Ingest.Export;

/// <summary>One metadata element of <c>bag-info.txt</c>.</summary>
public sealed record BagInfoElement(string Label, string Value);

/// <summary><c>bag-info.txt</c>, labels and values (RFC 8493, section 2.2.2).</summary>
internal static partial class BagInfo
{
    public const string FileName = "bag-info.txt";

    /// <summary>Its name before draft 0.96.</summary>
    public const string EarlyFileName = "package-info.txt";

    public const string PayloadOxum = "Payload-Oxum";

    /// <summary>Elements read; a description may take many lines, not this many.</summary>
    public const int MaxLines = 100_000;

    private const string AskForAnother = "Ask the bag's maker for a bag that follows RFC 8493.";

    /// <summary>The file's text. Line ends and other control characters of a value become spaces: one element, one line.</summary>
    public static string Format(IEnumerable<BagInfoElement> elements)
    {
        var text = new StringBuilder();
        foreach (var (label, value) in elements)
        {
            text.Append(label).Append(": ").Append(ControlCharacters().Replace(value, " ").Trim()).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Reads it; continued lines are joined by a space.</summary>
    public static IReadOnlyList<(int Line, BagInfoElement Element)> Read(string name, Stream source, BagDeclaration declared, BagFindings findings)
    {
        var elements = new List<(int Line, BagInfoElement Element)>();
        using var reader = new TagReader(name, source, declared.Encoding, findings);
        if (reader.HasByteOrderMark)
        {
            findings.Warn("BAG_INFO_MARK", $"{name}:1", null, "The file begins with a byte order mark; it was read without.", AskForAnother);
        }
        while (reader.TryRead(out var line) && reader.LineNumber <= MaxLines)
        {
            Take(line, $"{name}:{reader.LineNumber}", reader.LineNumber, elements, declared.Version, findings);
        }
        return elements;
    }

    /// <summary>Octets and files of the payload, <c>N.M</c>; null when the value has another form.</summary>
    public static (long Bytes, long Files)? ParseOxum(string value) =>
        Oxum().Match(value) is { Success: true } match
            && long.TryParse(match.Groups["bytes"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            && long.TryParse(match.Groups["files"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var files)
            ? (bytes, files)
            : null;

    private static void Take(
        string line, string place, int number, List<(int Line, BagInfoElement Element)> elements, BagVersion version, BagFindings findings)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            findings.Warn("BAG_INFO_LINE", place, null, "An empty line is no metadata element.", AskForAnother);
            return;
        }
        if (line[0] is ' ' or '\t')
        {
            if (elements.Count == 0)
            {
                findings.Reject("BAG_INFO_LINE", place, line, "An indented line continues the one before, and there is none.", AskForAnother);
                return;
            }
            var (at, (label, value)) = elements[^1];
            elements[^1] = (at, new BagInfoElement(label, $"{value} {line.Trim()}"));
            return;
        }
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            findings.Reject("BAG_INFO_LINE", place, line, "A line is a label, a colon, a space or tab, and a value.", AskForAnother);
            return;
        }
        if (line[colon - 1] is ' ' or '\t' || (colon + 1 < line.Length && line[colon + 1] is not (' ' or '\t')))
        {
            findings.Since(
                BagVersion.Rfc8493, version, "BAG_INFO_WHITESPACE", place, line,
                "A label ends right before its colon, and one space or tab follows the colon.", AskForAnother);
        }
        elements.Add((number, new BagInfoElement(line[..colon].Trim(), line[(colon + 1)..].Trim())));
    }

    [GeneratedRegex(@"^(?<bytes>[0-9]{1,19})\.(?<files>[0-9]{1,19})\z")]
    private static partial Regex Oxum();

    [GeneratedRegex(@"\p{C}+")]
    private static partial Regex ControlCharacters();
}
