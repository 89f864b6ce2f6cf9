using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Ingest.Export;

/// <summary>One line of a manifest.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Digest">Lower-case hex of the algorithm's length.</param>
internal readonly record struct ManifestEntry(int Line, string Digest);

/// <summary>A payload or tag manifest as it was read: which file has which checksum (RFC 8493, sections 2.1.3 and 2.2.1).</summary>
/// <param name="Name">File name.</param>
/// <param name="OfTags">A tag manifest.</param>
/// <param name="Entries">By path inside the bag.</param>
internal sealed partial record BagManifest(
    string Name, bool OfTags, DigestAlgorithm Algorithm, IReadOnlyDictionary<string, ManifestEntry> Entries)
{
    /// <summary>Lines read of one manifest.</summary>
    public const int MaxEntries = BagInventory.MaxFiles;

    private const string AskForAnother = "Ask the bag's maker for a bag that follows RFC 8493.";

    /// <summary>Is this the name of a manifest, and of which kind?</summary>
    public static bool IsName(string name, out bool ofTags, out string algorithm)
    {
        var match = FileName().Match(name);
        ofTags = match.Groups["tag"].Success;
        algorithm = match.Groups["algorithm"].Value;
        return match.Success;
    }

    public static string NameOf(DigestAlgorithm algorithm, bool ofTags) => $"{(ofTags ? "tag" : "")}manifest-{algorithm.Name}.txt";

    /// <summary>Reads one; every line that is off has a finding, the others count.</summary>
    public static BagManifest Read(
        string name, bool ofTags, DigestAlgorithm algorithm, Stream source, BagDeclaration declared, BagFindings findings)
    {
        var entries = new Dictionary<string, ManifestEntry>(StringComparer.Ordinal);
        using var reader = new TagReader(name, source, declared.Encoding, findings);
        if (reader.HasByteOrderMark)
        {
            findings.Reject("BAG_MANIFEST_MARK", $"{name}:1", null, "The manifest begins with a byte order mark; its first checksum does not.", AskForAnother);
        }
        var parser = new Lines(name, ofTags, algorithm, declared.Version, entries, findings);
        while (reader.TryRead(out var line))
        {
            if (reader.LineNumber > MaxEntries)
            {
                findings.Reject("BAG_MANIFEST_TOO_LONG", $"{name}:{reader.LineNumber}", null, $"More than {MaxEntries} lines; the rest was not read.", "Split it into several bags.");
                break;
            }
            parser.Take(reader.LineNumber, line);
        }
        return new BagManifest(name, ofTags, algorithm, entries);
    }

    /// <summary>The lines of a manifest of ours, by path in ordinal order.</summary>
    public static string Format(IEnumerable<(string Path, string Digest)> entries)
    {
        var text = new StringBuilder();
        foreach (var (path, digest) in entries.OrderBy(e => e.Path, StringComparer.Ordinal))
        {
            text.Append(digest).Append("  ").Append(BagPath.Encode(path)).Append('\n');
        }
        return text.ToString();
    }

    [GeneratedRegex(@"^(?<tag>tag)?manifest-(?<algorithm>[A-Za-z0-9-]{1,40})\.txt\z", RegexOptions.IgnoreCase)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^(?<digest>[0-9A-Fa-f]+)[ \t]+(?<path>[^ \t].*)\z", RegexOptions.Singleline)]
    private static partial Regex Line();

    private sealed class Lines(
        string name, bool ofTags, DigestAlgorithm algorithm, BagVersion version, Dictionary<string, ManifestEntry> entries, BagFindings findings)
    {
        private bool _saidMd5sum;
        private bool _saidRewritten;

        public void Take(int number, string line)
        {
            var place = $"{name}:{number}";
            if (string.IsNullOrWhiteSpace(line))
            {
                findings.Since(BagVersion.Rfc8493, version, "BAG_MANIFEST_LINE", place, line, "An empty line is no line of a manifest.", AskForAnother);
                return;
            }
            if (Line().Match(line) is not { Success: true } match || match.Groups["digest"].Length != 2 * algorithm.SizeBytes)
            {
                findings.Reject("BAG_MANIFEST_LINE", place, line, $"A line is a checksum of {2 * algorithm.SizeBytes} hex digits, spaces or tabs, and a path.", AskForAnother);
                return;
            }
            if (Resolve(place, match.Groups["path"].Value) is not { } path)
            {
                return;
            }
            var entry = new ManifestEntry(number, match.Groups["digest"].Value.ToLowerInvariant());
            if (entries.TryAdd(path, entry))
            {
                return;
            }
            if (entries[path].Digest != entry.Digest)
            {
                findings.Reject("BAG_LISTED_TWICE", place, path, $"The file stands in line {entries[path].Line} too, with another checksum.", AskForAnother);
            }
            else
            {
                findings.Since(BagVersion.Rfc8493, version, "BAG_LISTED_TWICE", place, path, $"The file stands in line {entries[path].Line} too.", AskForAnother);
            }
        }

        /// <summary>The path inside the bag that the line means, or null after a finding.</summary>
        private string? Resolve(string place, string stated)
        {
            if (stated[0] == '*')
            {
                stated = stated[1..];
                if (!_saidMd5sum)
                {
                    _saidMd5sum = true;
                    findings.Warn("BAG_MD5SUM_MARK", place, stated, "The asterisk that checksum tools write before a path is no part of it.", "Make bags with a tool for bags.");
                }
            }
            if (BagPath.Inside(stated, version, place, findings) is not { } inside)
            {
                return null;
            }
            var (path, rewritten) = (inside.Path, inside.Rewritten);
            if (rewritten && (!_saidRewritten || inside.Climbs))
            {
                _saidRewritten = true;
                findings.Since(
                    inside.Climbs ? BagVersion.Rfc8493 : BagVersion.Never, version, "BAG_PATH_DOTS", place, stated,
                    "The path has '.', '..' or doubled slashes; it was read as the file it leads to inside the bag.", "Make bags with plain paths.");
            }
            var isPayload = path.StartsWith(BagPath.Payload, StringComparison.Ordinal);
            if (!ofTags && !isPayload)
            {
                findings.Since(BagVersion.Draft97, version, "BAG_NOT_PAYLOAD", place, path, "A payload manifest lists files below data/ only.", AskForAnother);
            }
            else if (ofTags && IsName(path, out var tagManifest, out _) && tagManifest)
            {
                findings.Since(BagVersion.Rfc8493, version, "BAG_TAG_MANIFEST_LISTED", place, path, "A tag manifest lists no tag manifest.", AskForAnother);
            }
            else if (ofTags && isPayload)
            {
                findings.Since(BagVersion.Rfc8493, version, "BAG_NOT_TAG_FILE", place, path, "A tag manifest lists tag files, not the payload.", AskForAnother);
            }
            return path;
        }
    }
}
