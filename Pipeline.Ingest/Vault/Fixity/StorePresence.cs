using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// Tells a store that is away (unplugged, unreachable) from copies that are bad. What nobody can ask is not damaged: it is
/// not patrolled until it is back, and shown as away.
/// </summary>
public static class StorePresence
{
    /// <summary>A store that does not answer a simple question for this long is away.</summary>
    public const int PatienceSeconds = 20;

    private static readonly Sha256Digest AnyName = Sha256Digest.Of("mp-is-anybody-there"u8);

    /// <summary>Why nobody can ask the store anything now; null when it answers.</summary>
    public static async Task<string?> AwayAsync(this IObjectStore store, CancellationToken cancel)
    {
        try
        {
            await store.ExistsAsync(AnyName, cancel).WaitAsync(TimeSpan.FromSeconds(PatienceSeconds), cancel);
            return null;
        }
        catch (Exception silence) when (silence is IOException or UnauthorizedAccessException or TimeoutException)
        {
            return silence.Message;
        }
    }
}
