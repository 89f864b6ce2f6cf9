using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>One copy that should exist, and when it was last read in full.</summary>
/// <param name="Checked">Milliseconds since 1970 UTC; 0 when never.</param>
public sealed record CopyDue(Sha256Digest Id, string Store, long Checked);

/// <summary>When a round falls due, and in which order copies are read. Pure; instants are milliseconds since 1970 UTC.</summary>
public static class PatrolSchedule
{
    /// <summary>Oldest check first, never checked first of all; then by name, so that two nodes agree.</summary>
    public static IComparer<CopyDue> OldestFirst { get; } = Comparer<CopyDue>.Create((a, b) =>
        a.Checked != b.Checked ? a.Checked.CompareTo(b.Checked)
        : a.Id != b.Id ? a.Id.CompareTo(b.Id)
        : string.CompareOrdinal(a.Store, b.Store));

    /// <summary>
    /// When the next round begins: one period after the last one began, whenever a node was started. The first counts from
    /// the first object there was. Never, while there is none.
    /// </summary>
    /// <param name="lastStarted">Of the last <c>PatrolRound</c>; null when there was none.</param>
    /// <param name="firstObject">When the first object came; null when there is none.</param>
    public static long? NextRound(long? lastStarted, long? firstObject, TimeSpan every) =>
        (lastStarted ?? firstObject) + (long)every.TotalMilliseconds;

    /// <summary>
    /// Copies checked before this instant are to be read now. Between rounds only new ones are: those never checked.
    /// </summary>
    public static long ReadBefore(long now, long? nextRound) => nextRound is { } due && due <= now ? due : 1;

    /// <summary>True when a round is under way and nothing is left to read before its beginning.</summary>
    public static bool RoundIsComplete(long now, long? nextRound, long? oldestCheck) =>
        nextRound is { } due && due <= now && (oldestCheck is null || oldestCheck >= due);
}
