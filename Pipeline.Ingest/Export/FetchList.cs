using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Ingest.Export;

/// <summary>
/// <c>fetch.txt</c>: files that the bag's maker left elsewhere (RFC 8493, section 2.2.3). Read, never followed: whoever
/// wants the files fetches them on purpose.
/// </summary>
internal static partial class FetchList
{
    public const string FileName = "fetch.txt";

    private const string AskForAnother = "Ask the bag's maker for a bag that follows RFC 8493.";

    /// <summary>Listed paths with their stated length in bytes, null where none is stated.</summary>
    public static IReadOnlyDictionary<string, (int Line, long? SizeBytes)> Read(Stream source, BagDeclaration declared, BagFindings findings)
    {
        var listed = new Dictionary<string, (int Line, long? SizeBytes)>(StringComparer.Ordinal);
        using var reader = new TagReader(FileName, source, declared.Encoding, findings);
        if (reader.HasByteOrderMark)
        {
            findings.Reject("BAG_FETCH_LINE", $"{FileName}:1", null, "The file begins with a byte order mark; its first address does not.", AskForAnother);
        }
        while (reader.TryRead(out var line) && reader.LineNumber <= BagManifest.MaxEntries)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                Take(line, reader.LineNumber, declared.Version, listed, findings);
            }
        }
        return listed;
    }

    private static void Take(
        string line, int number, BagVersion version, Dictionary<string, (int Line, long? SizeBytes)> listed, BagFindings findings)
    {
        var place = $"{FileName}:{number}";
        var match = Line().Match(line);
        long? size = long.TryParse(match.Groups["length"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var stated) ? stated : null;
        if (!match.Success || (size is null && match.Groups["length"].Value != "-"))
        {
            findings.Reject("BAG_FETCH_LINE", place, line, "A line is an absolute URI, a length in bytes or '-', and a path.", AskForAnother);
            return;
        }
        if (BagPath.Inside(match.Groups["path"].Value, version, place, findings) is not { Path: var path } inside)
        {
            return;
        }
        if (inside.Climbs)
        {
            findings.Since(BagVersion.Rfc8493, version, "BAG_PATH_DOTS", place, match.Groups["path"].Value, "The path has '..'.", "Make bags with plain paths.");
        }
        if (!path.StartsWith(BagPath.Payload, StringComparison.Ordinal))
        {
            findings.Since(BagVersion.Rfc8493, version, "BAG_FETCH_NOT_PAYLOAD", place, path, "Only payload files may be left elsewhere.", AskForAnother);
        }
        if (!listed.TryAdd(path, (number, size)))
        {
            findings.Since(BagVersion.Rfc8493, version, "BAG_LISTED_TWICE", place, path, $"The file stands in line {listed[path].Line} too.", AskForAnother);
        }
    }

    [GeneratedRegex(@"^(?<uri>[A-Za-z][A-Za-z0-9+.-]*:[^ \t]+)[ \t]+(?<length>[0-9]{1,19}|-)[ \t]+(?<path>[^ \t].*)\z", RegexOptions.Singleline)]
    private static partial Regex Line();
}
