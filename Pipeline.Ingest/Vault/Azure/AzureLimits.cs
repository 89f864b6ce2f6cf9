using Azure.Core;
using Azure.Storage.Blobs;

namespace Pipeline.Ingest.Vault;

/// <summary>How we speak to Azure Blob Storage.</summary>
public static class AzureLimits
{
    /// <summary>What is sent, checked by MD5 and repeated as one.</summary>
    public const int BlockBytes = 8 * 1024 * 1024;

    /// <summary>The service's limit of blocks in a blob.</summary>
    public const int MaxBlocks = 50_000;

    /// <summary>Largest object that fits: 390 GiB.</summary>
    public const long MaxObjectBytes = (long)BlockBytes * MaxBlocks;

    /// <summary>Blocks on their way at once, over all objects of one store: what this costs in memory is eight times as many MiB.</summary>
    public const int MaxBlocksUnderWay = 4;

    /// <summary>One try of one request; 8 MiB at less than 280 KiB/s is a line that does not carry us.</summary>
    public const int RequestTimeoutSeconds = 30;

    /// <summary>Tries after the first, for what may pass: no answer, 408, 429, 5xx.</summary>
    public const int MaxRetries = 3;

    private const int FirstDelayMilliseconds = 200;
    private const int LongestDelaySeconds = 2;

    /// <summary>
    /// A version of the service that Azurite knows too. Newer ones add nothing that we use, and the tests must speak to
    /// what the installations speak to.
    /// </summary>
    public static BlobClientOptions Options() => new(BlobClientOptions.ServiceVersion.V2024_11_04)
    {
        Retry =
        {
            Mode = RetryMode.Exponential,
            MaxRetries = MaxRetries,
            Delay = TimeSpan.FromMilliseconds(FirstDelayMilliseconds),
            MaxDelay = TimeSpan.FromSeconds(LongestDelaySeconds),
            NetworkTimeout = TimeSpan.FromSeconds(RequestTimeoutSeconds),
        },
    };
}
