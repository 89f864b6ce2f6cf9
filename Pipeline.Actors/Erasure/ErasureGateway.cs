using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Erasure;

/// <summary>The only door to erasure: which entries speak of a thing, what becomes of each, and the order itself.</summary>
public sealed class ErasureGateway(
    ErasureScope scopes, JournalTail journal, Regions regions, TimeProvider time, Func<IActorRef> actor)
{
    /// <summary>Overwriting waits for readers of the database; an order that takes longer goes on without its asker.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Staying =
    [
        "The delivered files and documents in the vault: they are evidence, kept for as long as retention asks.",
        "Backups made before, and the write-ahead archives of a PostgreSQL server: see ops/docs/runbooks/erase-personal-data.md.",
    ];

    /// <summary>Says what would go; with <paramref name="commit"/> destroys it first. Both null and no finding: no such thing.</summary>
    /// <exception cref="TimeoutException">The cluster does not answer, or overwriting takes long; nothing is half done for ever.</exception>
    public async Task<(ErasureAnswer? Answer, Finding? Refusal)> EraseAsync(Principal principal, EntityId id, string reason, bool commit, CancellationToken cancel)
    {
        var scope = await scopes.OfAsync(id, cancel);
        if (scope.Count == 0)
        {
            return (null, null);
        }
        if (await scopes.RefusalAsync(id, scope) is { } refusal)
        {
            return (null, refusal);
        }
        var (entries, awake) = (new List<ErasedEntryAnswer>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var leaf in scope)
        {
            var row = await journal.FindAsync(leaf.Entry.PersistenceId, leaf.Entry.SequenceNr, cancel);
            if (row is not null && FactCodec.ReadOpening(row.Message).Opening is not null)
            {
                var kept = Retention.KeptBecause(leaf.Manifest);
                entries.Add(new ErasedEntryAnswer(leaf.Entry.Index, leaf.Manifest, kept is null ? "erase" : "kept", kept));
                awake.Add(leaf.Entry.PersistenceId);
            }
        }
        var going = entries.Where(e => e.Fate == "erase").Select(e => e.Index).ToList();
        if (!commit || going.Count == 0)
        {
            return (new ErasureAnswer(id.Text, commit, 0, entries, Staying), null);
        }
        var destroyed = await OrderAsync(principal, id, going, reason, cancel);
        foreach (var entity in awake)
        {
            RegionOf(entity)?.Tell(new ReadAnew(entity[(entity.IndexOf(':', StringComparison.Ordinal) + 1)..]));
        }
        return (new ErasureAnswer(id.Text, true, destroyed, [.. entries.Select(e => e.Fate == "erase" ? e with { Fate = "erased" } : e)], Staying), null);
    }

    private IActorRef? RegionOf(string persistenceId) => persistenceId[..persistenceId.IndexOf(':', StringComparison.Ordinal)] switch
    {
        "release" => regions.Releases,
        "delivery" => regions.Deliveries,
        "recording" => regions.Recordings,
        "upload" => regions.Uploads,
        _ => null,
    };

    private async Task<long> OrderAsync(Principal principal, EntityId id, List<long> entries, string reason, CancellationToken cancel)
    {
        // What is asked is its own name: the same entries again are the same order.
        var named = string.Join(',', entries.Select(e => e.ToString(CultureInfo.InvariantCulture)));
        var command = CommandId.Parse($"erase/{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{id.Text}/{reason}/{named}")))}");
        var order = new OrderErasure(id.Tenant, principal.Pseudonym, command, time.GetUtcNow().ToUnixTimeMilliseconds(), entries, reason);
        var until = time.GetUtcNow() + GiveUpAfter;
        object question = order;
        while (time.GetUtcNow() < until)
        {
            try
            {
                var standing = await actor().Ask<ErasureStanding>(question, AskTimeout, cancel);
                if (standing.Done)
                {
                    return standing.Destroyed;
                }
                question = standing.Known ? new GetErasure(command) : order;
                await Task.Delay(Look, time, cancel);
            }
            catch (AskTimeoutException)
            {
                // It moves to another node; the same command again does nothing twice.
            }
        }
        throw new TimeoutException("The erasure is ordered or the cluster does not answer; run the same again to see it done.");
    }
}
