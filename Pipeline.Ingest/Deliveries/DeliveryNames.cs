using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Ingest.Deliveries;

/// <summary>Names of folders and files in the two choreographies. Source: DDEX ERN choreography, file naming.</summary>
public static partial class DeliveryNames
{
    /// <summary>Folder in the root of a batch that answers are put into.</summary>
    public const string Acknowledgements = "acknowledgements";

    /// <summary>A file name has at most 255 bytes, of which a character takes up to three.</summary>
    private const int MaxNameCharacters = 80;

    /// <summary>Of <c>BatchComplete_BATCHID.xml</c>, which comes last; null for any other file.</summary>
    public static string? BatchIdOfManifest(string fileName) =>
        Manifest().Match(fileName) is { Success: true } name ? name.Groups["id"].Value.TrimStart('_') : null;

    /// <summary>Of a batch's folder, <c>P|M|N</c> (its priority) before its id; null for any other name.</summary>
    public static string? BatchIdOfFolder(string name) => BatchFolder().Match(name) is { Success: true } batch ? batch.Groups["id"].Value : null;

    /// <summary>Release by release: <c>N_RELEASEID_YYYYMMDDhhmmssnnn</c>; null for any other name.</summary>
    public static (string ReleaseId, string Stamp)? OfRelease(string folder) =>
        ReleaseFolder().Match(folder) is { Success: true } release ? (release.Groups["id"].Value, release.Groups["stamp"].Value) : null;

    /// <summary>The day an id begins with, where it is a time stamp.</summary>
    public static DateOnly? Day(string id) =>
        id.Length >= 8 && DateOnly.TryParseExact(id.AsSpan(0, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>File name of the answer to one message.</summary>
    /// <param name="stamp">The batch's id, or a release folder's time stamp; may be empty.</param>
    /// <param name="releaseId">What a sender wrote; of a very long one the beginning.</param>
    public static string Acknowledgement(string stamp, string releaseId)
    {
        var name = stamp.Length == 0 ? releaseId : $"{stamp}_{releaseId}";
        return $"ACK_{string.Concat(name.Take(MaxNameCharacters).Select(c => c == '/' || char.IsControl(c) || char.IsSurrogate(c) ? '_' : c))}.xml";
    }

    [GeneratedRegex(@"^BatchComplete(?<id>_[^/]+)?\.xml$", RegexOptions.IgnoreCase)]
    private static partial Regex Manifest();

    [GeneratedRegex("^[PMN]_(?<id>[^_]+)$")]
    private static partial Regex BatchFolder();

    [GeneratedRegex("^[PN]_(?<id>.+)_(?<stamp>[0-9]{17})$")]
    private static partial Regex ReleaseFolder();
}
