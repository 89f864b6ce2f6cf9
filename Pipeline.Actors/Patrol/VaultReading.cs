using System.Globalization;
using Akka.Actor;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>Questions and orders about the vault, for any node. The tables answer; the patrol, wherever it runs, takes orders.</summary>
/// <param name="offers">What a store of this name was found to offer.</param>
public sealed class VaultReading(
    VaultTables tables, IReadOnlyList<IObjectStore> stores, int wanted, Func<string, IReadOnlyList<string>> offers, Func<IActorRef> patrol)
{
    /// <summary>A singleton that moves is back within this time.</summary>
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(20);

    public async Task<VaultAnswer> StandingAsync(CancellationToken cancel)
    {
        var counts = await tables.CountsAsync(stores, wanted);
        var byStore = (await tables.StoreCountsAsync()).ToLookup(c => c.Store, StringComparer.Ordinal);
        var answers = await Task.WhenAll(stores.Select(async store => Answer(
            store, [.. byStore[store.Name]], offers(store.Name),
            store.Access == StoreAccess.WriteOnly ? null : await store.AwayAsync(cancel))));
        return new VaultAnswer(
            answers, counts.Objects, counts.Bytes, wanted, counts.BelowWanted, answers.Sum(a => a.Bad), counts.Unread,
            counts.OldestCheck is { } at
                ? DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
                : null);
    }

    /// <summary>Copies that are bad or wanted, with whom they belong to.</summary>
    public async Task<IReadOnlyList<BadCopyAnswer>> BadAsync()
    {
        var rows = await tables.BadAsync(stores.Readable());
        var answers = new List<BadCopyAnswer>(rows.Count);
        foreach (var row in rows)
        {
            var others = (await tables.CopiesOfAsync(row.Digest)).Any(c => c.Store != row.Store && c.State == CopyWords.Ok);
            answers.Add(new BadCopyAnswer(
                row.Digest, row.Store, row is { State: "missing", Expected: 0 } ? "wanted" : row.State,
                [.. row.Blocks.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(b => long.Parse(b, CultureInfo.InvariantCulture))],
                await tables.OwnersAsync(row.Digest), row.Problem,
                others
                    ? "'mp vault repair' replaces it from a copy that it first reads in full."
                    : "No other copy is known to be right. Touch nothing, and follow ops/docs/runbooks/copy-damaged.md."));
        }
        return answers;
    }

    /// <exception cref="TimeoutException">The patrol is on no node at this moment; ask again.</exception>
    public async Task<VaultRunAnswer> OrderAsync(PatrolOrder order, int megabytesPerSecond, CancellationToken cancel) =>
        Answer(await AskAsync(new OrderPatrol(order, megabytesPerSecond), cancel));

    /// <exception cref="TimeoutException">As above.</exception>
    public async Task<VaultRunAnswer> RunAsync(CancellationToken cancel) =>
        Answer(await AskAsync(new GetPatrol(), cancel));

    private async Task<PatrolStanding> AskAsync(object question, CancellationToken cancel)
    {
        try
        {
            return await patrol().Ask<PatrolStanding>(question, AskTimeout, cancel);
        }
        catch (AskTimeoutException e)
        {
            throw new TimeoutException("The patrol does not answer; it may be moving to another node.", e);
        }
    }

    private static StoreAnswer Answer(
        IObjectStore store, IReadOnlyList<StoreCountRow> counts, IReadOnlyList<string> offers, string? away)
    {
        long Count(params string[] states) => counts.Where(c => states.Contains(c.State)).Sum(c => c.Copies);
        return new StoreAnswer(
            store.Name, store.Domain, Word(store.Access), counts.Sum(c => c.Copies), counts.Sum(c => c.Bytes),
            Count(CopyWords.Ok), Count(CopyWords.Unread), Count("missing", "mismatch", "unreadable"),
            offers, away);
    }

    private static string Word(StoreAccess access) => access switch
    {
        StoreAccess.ReadWrite => "read-write",
        StoreAccess.WriteOnly => "write-only",
        _ => "write-only-with-reader",
    };

    private static VaultRunAnswer Answer(PatrolStanding s) => new(
        s.Patrol, s.Run, s.Order.ToString().ToLowerInvariant(), s.Running, s.Copies, s.CopiesRead, s.Bytes, s.BytesRead,
        s.Problem.Length > 0 ? s.Problem : null);
}
