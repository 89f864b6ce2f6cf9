namespace Pipeline.Ingest.Deliveries;

/// <summary>What a batch may cost us. A sender who needs more splits it: DDEX sets no size for a batch.</summary>
public static class BatchLimits
{
    /// <summary>Messages that one manifest lists; with ids and a hash each takes under 2 kB.</summary>
    public const int MaxMessages = 5_000;

    /// <summary>Files of a batch folder that are looked at.</summary>
    public const int MaxFiles = 500_000;

    /// <summary>Findings said of one batch or message; what is beyond is counted.</summary>
    public const int MaxFindings = 1_000;

    /// <summary>Longest <c>ErrorText</c> of an acknowledgement, in UTF-16 code units: some readers keep it in a column.</summary>
    public const int MaxErrorTextCharacters = 4_000;
}
