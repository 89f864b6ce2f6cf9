namespace Pipeline.Ingest.Uploads;

/// <summary>What one owner may hold here, and for how long; an installation's own in its configuration.</summary>
/// <param name="MaxUploadBytes">One upload: Tus-Max-Size.</param>
/// <param name="MaxOpenUploads">Unfinished uploads of one owner on one node.</param>
/// <param name="MaxOpenBytes">Their declared lengths together.</param>
/// <param name="IdleHours">An unfinished upload that nobody touches is over after this time.</param>
/// <param name="MaxAgeHours">And after this time in any case.</param>
/// <param name="ReserveBytes">Left free on the spool's disk: journal and log must go on when uploads cannot.</param>
public sealed record UploadLimits(
    long MaxUploadBytes = 64L * 1024 * 1024 * 1024, int MaxOpenUploads = 2000, long MaxOpenBytes = 1024L * 1024 * 1024 * 1024,
    int IdleHours = 7 * 24, int MaxAgeHours = 30 * 24, long ReserveBytes = 512L * 1024 * 1024)
{
    public static readonly UploadLimits Default = new();

    /// <summary>Until when an upload that was touched now is held, in ms since 1970 UTC.</summary>
    public long ExpiresAt(long created, long now) =>
        Math.Min(now + (IdleHours * MillisecondsPerHour), created + (MaxAgeHours * MillisecondsPerHour));

    private const long MillisecondsPerHour = 3_600_000;
}

/// <summary>What one owner holds on this node.</summary>
public readonly record struct OwnerUse(int OpenUploads, long OpenBytes);
