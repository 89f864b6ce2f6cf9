namespace Pipeline.Ingest.Vault;

/// <summary>The patrol's limits, each with its unit in its name.</summary>
public static class FixityLimits
{
    /// <summary>One read from a store. Large enough that a disk streams, small enough that a budget is kept smoothly.</summary>
    public const int ReadBufferBytes = 1024 * 1024;

    /// <summary>Buffers between the thread that reads and the thread that hashes.</summary>
    public const int ReadAheadBuffers = 6;

    /// <summary>A store that gives no byte for this long counts as unreadable; its thread is left to it.</summary>
    public const int StallSeconds = 120;

    /// <summary>Slowest budget: below it a buffer would look like a stall.</summary>
    public const int MinMegabytesPerSecond = 1;

    /// <summary>Fastest budget that can be asked for; without a limit it is as fast as the medium.</summary>
    public const int MaxMegabytesPerSecond = 100_000;

    /// <summary>One megabyte of a budget: 10^6 bytes, as networks and disks are sold.</summary>
    public const int BytesPerMegabyte = 1_000_000;
}
