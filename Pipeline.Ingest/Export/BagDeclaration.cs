using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Ingest.Export;

/// <summary><c>bagit.txt</c>: what makes a directory a bag (RFC 8493, section 2.1.1).</summary>
/// <param name="Version">Which rules hold.</param>
/// <param name="Encoding">Of all other tag files.</param>
internal sealed partial record BagDeclaration(BagVersion Version, Encoding Encoding)
{
    public const string FileName = "bagit.txt";

    /// <summary>Two short lines; nothing longer is read.</summary>
    public const int MaxBytes = 1024;

    private const string AskForAnother = "Ask the bag's maker for a bag that follows RFC 8493.";

    /// <summary>What we write.</summary>
    public static byte[] Bytes => "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"u8.ToArray();

    /// <summary>Null when the declaration says nothing that could be gone by; the findings say why.</summary>
    public static BagDeclaration? Read(ReadOnlySpan<byte> bytes, BagFindings findings)
    {
        if (bytes.StartsWith("\uFEFF"u8))
        {
            findings.Reject("BAG_DECLARATION_MARK", FileName, null, "bagit.txt begins with a byte order mark, which it must not.", AskForAnother);
            bytes = bytes[3..];
        }
        string text;
        try
        {
            text = TagEncoding.Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            findings.Reject("BAG_DECLARATION_FORM", FileName, null, "bagit.txt is not UTF-8.", AskForAnother);
            return null;
        }
        var lines = LineEnd().Split(text);
        // The end of the last line is the end of the file, not a line of its own.
        lines = lines[^1].Length == 0 ? lines[..^1] : lines;
        var version = ReadVersion(lines, findings);
        var encoding = ReadEncoding(lines, findings);
        if (version is { } known && lines.Length > 2)
        {
            findings.Since(
                lines.Skip(2).All(string.IsNullOrWhiteSpace) ? BagVersion.Rfc8493 : BagVersion.Draft97, known,
                "BAG_DECLARATION_FORM", $"{FileName}:3", lines[2], "bagit.txt has more than its two lines.", AskForAnother);
        }
        return version is { } v && encoding is not null ? new BagDeclaration(v, encoding) : null;
    }

    private static BagVersion? ReadVersion(string[] lines, BagFindings findings)
    {
        var line = lines.Length > 0 ? lines[0] : "";
        if (VersionLine().Match(line) is { Success: true } match
            && int.TryParse(match.Groups["major"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(match.Groups["minor"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
        {
            var version = new BagVersion(major, minor);
            if (!version.IsKnown)
            {
                findings.Reject("BAG_VERSION", $"{FileName}:1", line, "No such version of BagIt is known here: 0.93 to 0.97 and 1.0 are.", AskForAnother);
                return null;
            }
            if (!StrictVersionLine().IsMatch(line))
            {
                findings.Since(
                    BagVersion.Draft97, version, "BAG_DECLARATION_FORM", $"{FileName}:1", line,
                    "The line is not exactly 'BagIt-Version: M.N'.", AskForAnother);
            }
            return version;
        }
        findings.Reject("BAG_DECLARATION_FORM", $"{FileName}:1", line, "The first line must be 'BagIt-Version: M.N'.", AskForAnother);
        return null;
    }

    private static Encoding? ReadEncoding(string[] lines, BagFindings findings)
    {
        var line = lines.Length > 1 ? lines[1] : "";
        if (EncodingLine().Match(line) is not { Success: true } match)
        {
            findings.Reject("BAG_DECLARATION_FORM", $"{FileName}:2", line, "The second line must be 'Tag-File-Character-Encoding: ENCODING'.", AskForAnother);
            return null;
        }
        var encoding = TagEncoding.Find(match.Groups["name"].Value);
        if (encoding is null)
        {
            findings.Reject("BAG_ENCODING_UNKNOWN", $"{FileName}:2", line, "No such encoding is known here, so the tag files cannot be read.", "Ask for a bag in UTF-8.");
        }
        else if (encoding != TagEncoding.Utf8)
        {
            findings.Warn("BAG_ENCODING", $"{FileName}:2", line, "RFC 8493 asks for UTF-8; other encodings are read for old bags' sake.", "Make new bags in UTF-8.");
        }
        return encoding;
    }

    [GeneratedRegex(@"\r\n|\r|\n")]
    private static partial Regex LineEnd();

    [GeneratedRegex(@"^BagIt-Version[ \t]*:[ \t]*(?<major>[0-9]{1,3})\.(?<minor>[0-9]{1,3})[ \t]*$", RegexOptions.IgnoreCase)]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"^BagIt-Version: [0-9]+\.[0-9]+\z")]
    private static partial Regex StrictVersionLine();

    [GeneratedRegex(@"^Tag-File-Character-Encoding: (?<name>[!-~]{1,40})\z")]
    private static partial Regex EncodingLine();
}
