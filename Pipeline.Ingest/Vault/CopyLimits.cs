namespace Pipeline.Ingest.Vault;

/// <summary>How long a vault of several stores waits for one of them, and how much it does on the side.</summary>
public sealed record CopyLimits
{
    /// <summary>What every copy may take before its size counts.</summary>
    public int PutPatienceSeconds { get; init; } = 60;

    /// <summary>A store slower than this does not keep up with one uploader; its copies are the patrol's to make.</summary>
    public int SlowestBytesPerSecond { get; init; } = 4 * 1024 * 1024;

    /// <summary>After a store ran out of patience it is not asked for this long, so that not everybody waits for a dead one.</summary>
    public int SilenceSeconds { get; init; } = 30;

    /// <summary>Copies beyond the required ones that may be under way; more are left to the patrol.</summary>
    public int MaxCopiesOnTheSide { get; init; } = 64;

    /// <summary>How long a stopping node waits for them.</summary>
    public int StopPatienceSeconds { get; init; } = 5;

    public TimeSpan PatienceFor(long sizeBytes) => TimeSpan.FromSeconds(PutPatienceSeconds + sizeBytes / SlowestBytesPerSecond);
}
