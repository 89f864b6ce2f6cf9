using System.Globalization;
using Pipeline.Actors.Projections;

namespace Pipeline.Actors.Web.Pages;

/// <summary>How pages say numbers, times and sums; the same for every reader, in UTC.</summary>
public static class Words
{
    public static string Number(long n) => n.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Count(long n, string thing) => $"{Number(n)} {thing}{(n == 1 ? "" : "s")}";

    /// <param name="at">Milliseconds since 1970.</param>
    public static string Utc(long at) => Instant(at).ToString("d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    /// <param name="at">Milliseconds since 1970.</param>
    public static string Iso(long at) => Instant(at).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A link needs words, also where the title is missing or blank.</summary>
    public static string Title(ReleaseRow release) => string.IsNullOrWhiteSpace(release.Title) ? "(no title)" : release.Title;

    /// <summary>E.g. <c>4 releases: 3 archived, 1 running</c>.</summary>
    public static string Sum(IReadOnlyList<ReleaseRow> releases) => releases.Count == 0
        ? "No releases"
        : $"{Count(releases.Count, "release")}: " + string.Join(", ", releases.GroupBy(r => r.State)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{Number(g.Count())} {g.Key}"));

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);
}
