using Akka.Event;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>
/// Which stores do not answer. A store that is away is left alone for a while: its copies are neither damaged nor proven.
/// Owned by the patrol's work.
/// </summary>
internal sealed class AwayStores(IReadOnlyList<IObjectStore> stores, TimeProvider time, ILoggingAdapter logger)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _away = new(StringComparer.Ordinal);

    /// <summary>The stores that somebody here can read and that are not known to be away, the primary first.</summary>
    public IReadOnlyList<IObjectStore> Present =>
    [
        .. stores.Where(s => s.Access != StoreAccess.WriteOnly
            && !(_away.TryGetValue(s.Name, out var since) && time.GetElapsedTime(since) < AskAgainAfter)),
    ];

    /// <summary>Asks the stores that are thought to be present. Call when one of them gave something odd.</summary>
    public async Task AskAsync(CancellationToken cancel)
    {
        foreach (var store in Present)
        {
            if (await store.AwayAsync(cancel) is { } why)
            {
                logger.Warning("{Store} is away and is not patrolled until it is back: {Why}", store.Name, why);
                _away[store.Name] = time.GetTimestamp();
            }
        }
    }

    /// <summary>Somebody ordered something: what was away may be back.</summary>
    public void Forget() => _away.Clear();
}
