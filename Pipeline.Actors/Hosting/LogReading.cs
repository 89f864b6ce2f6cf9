using System.Text;
using Pipeline.Actors.Backups;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Evidence;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Hosting;

/// <summary>Questions about the log, for any node: they need the database and the tiles, not the sequencer.</summary>
public sealed class LogReading(LogKeeping log, JournalTail journal, DataDirectory data, IDisk disk)
{
    /// <summary>Entries looked at for one answer of openings: some MB at most.</summary>
    private const int EntriesPerAnswer = 500;

    /// <summary>How far back a thing's facts are searched for a digest.</summary>
    private const int FactsSearched = 1_000;

    /// <summary>
    /// Where a source's fact stands, once it stands under a published checkpoint; null before. Asking says that somebody
    /// waits.
    /// </summary>
    /// <param name="sequenceNr">Null: the source's latest.</param>
    public Task<LogPlace?> PlaceAsync(string persistenceId, long? sequenceNr)
    {
        if (log.Head() is not { } head)
        {
            return Task.FromResult<LogPlace?>(null);
        }
        var number = sequenceNr ?? log.Store.LastSequenceNrOf(persistenceId);
        var entry = number == 0 ? null : log.Store.FindEntry(persistenceId, number);
        if (entry is null || entry.Index >= head.PublishedSize)
        {
            log.WaitsFor(entry?.Index ?? head.Size);
            return Task.FromResult<LogPlace?>(null);
        }
        return Task.FromResult<LogPlace?>(new LogPlace(log.Origin, entry.Index));
    }

    public Task ChangedAsync(TimeSpan atMost, CancellationToken cancel) => log.Changes.WaitAsync(atMost, cancel);

    public LogAnswer Standing()
    {
        var head = log.Head();
        return new LogAnswer(
            log.Origin, head?.Size ?? 0, (head?.Root ?? MerkleTree.EmptyRoot).ToString(), head?.PublishedSize ?? 0, log.Halted,
            head is null ? 0 : log.Store.LatestWitnessed()?.Size ?? 0, log.Witnesses.Policy?.Quorum,
            log.Witnesses.Policy is null ? null : log.Witnesses.Standing(), Gates(head))
        {
            Restored = RecoveryMark.WarningOf(disk, data.Root),
        };
    }

    /// <summary>All that holds money back: what witnesses say, and what a restored database cannot know.</summary>
    private List<GateShut> Gates(LogHead? head)
    {
        var gates = head is null ? [] : log.Store.ShutGates().ToList();
        if (RecoveryMark.PayoutGate(disk, data.Root) is { IsShut: true, Why: var why })
        {
            gates.Add(new GateShut("restored", why, 0));
        }
        return gates;
    }

    /// <summary>The checkpoint as the database committed it; null before the first.</summary>
    public byte[]? Checkpoint() => log.Head() is null || log.Store.LatestCheckpoint() is not { } latest
        ? null
        : (log.Store.FindWitnessed(latest.Size) ?? latest).Note;

    /// <summary>Must witnesses have cosigned before a fact counts as witnessed?</summary>
    public bool NeedsWitnesses => log.Witnesses.IsRequired;

    /// <summary>
    /// The entry of an asset's latest published fact with its proof, and the private part for its owner. Null when
    /// nothing of it is published.
    /// </summary>
    public async Task<ProofAnswer?> ProveAsync(EntityId asset, CancellationToken cancel)
    {
        if (log.Head() is not { PublishedSize: var published })
        {
            return null;
        }
        var source = $"{asset.Kind}:{asset.Text}";
        var last = log.Store.LastSequenceNrOf(source);
        for (var number = last; number > 0; number--)
        {
            if (log.Store.FindEntry(source, number) is { } entry && entry.Index < published)
            {
                return await ProveAsync(entry, cancel);
            }
        }
        return null;
    }

    /// <summary>Where the published entry of this leaf hash stands; null when there is none.</summary>
    public long? IndexOf(Sha256Digest leaf) =>
        log.Head() is { PublishedSize: > 0 } ? LogProver.Open(new LogDirectory(log.Directory), log.Keys).Find(leaf) : null;

    /// <summary>What lies behind a tenant's published entries from an index on, as far as one answer goes.</summary>
    public async Task<OpeningsAnswer> OpeningsAsync(TenantId tenant, long from, CancellationToken cancel)
    {
        var published = log.Head()?.PublishedSize ?? 0;
        var entries = from < published ? log.Store.ReadEntries(from, (int)Math.Min(EntriesPerAnswer, published - from)) : [];
        var openings = new List<OpeningLine>();
        foreach (var entry in entries)
        {
            if (LeafEnvelope.TryDecode(entry.Leaf, out var envelope, out _) && envelope.Tenant == tenant
                && await OpeningAsync(entry, cancel) is ({ } opening, { } salt))
            {
                openings.Add(new OpeningLine(entry.Index, opening, salt));
            }
        }
        var next = from + entries.Count;
        return new OpeningsAnswer(openings, next < published ? next : null);
    }

    /// <summary>The newest published fact of an entity that names these bytes; null when none of the last few does.</summary>
    public async Task<ProofAnswer?> ProveNamingAsync(EntityId entity, Sha256Digest bytes, CancellationToken cancel)
    {
        var source = $"{entity.Kind}:{entity.Text}";
        var (published, last) = (log.Head()?.PublishedSize ?? 0, log.Head() is null ? 0 : log.Store.LastSequenceNrOf(source));
        var wanted = Encoding.ASCII.GetBytes(bytes.ToString());
        for (var number = last; number > 0 && last - number < FactsSearched; number--)
        {
            if (log.Store.FindEntry(source, number) is { } entry && entry.Index < published && entry.Leaf.AsSpan().IndexOf(wanted) >= 0)
            {
                return await ProveAsync(entry, cancel);
            }
        }
        return null;
    }

    /// <summary>As above, by index: for the auditor.</summary>
    public async Task<ProofAnswer?> ProveAsync(long index, CancellationToken cancel) =>
        index >= 0 && index < (log.Head()?.PublishedSize ?? 0) && log.Store.ReadEntries(index, 1) is [var entry]
            ? await ProveAsync(entry, cancel)
            : null;

    /// <summary>One fact of a source, once it is published; null before, and when there is none.</summary>
    public async Task<ProofAnswer?> ProveAsync(EntityId asset, long sequenceNr, CancellationToken cancel) =>
        await PlaceAsync($"{asset.Kind}:{asset.Text}", sequenceNr) is { } place ? await ProveAsync(place.Index, cancel) : null;

    private async Task<ProofAnswer> ProveAsync(SequencedEntry entry, CancellationToken cancel)
    {
        var files = new LogDirectory(log.Directory);
        // A witnessed checkpoint that is a little older is worth more than the newest one, unless the log has changed its key
        // since and the policy no longer names the one that signed.
        var witnessed = log.Witnesses.IsRequired && log.Store.LatestWitnessed() is { } cosigned && cosigned.Size > entry.Index
            && log.Witnesses.Policy!.Judge(cosigned.Note) is PolicyVerdict.Trusted trusted ? (cosigned.Note, trusted.Witnesses) : default;
        var prover = witnessed.Note is null ? LogProver.Open(files, log.Keys) : LogProver.OpenAt(files, log.Keys, witnessed.Note);
        var proven = prover.Prove(entry.Index);
        var (opening, salt) = await OpeningAsync(entry, cancel);
        return new ProofAnswer(
            entry.Index, Convert.ToBase64String(proven.Entry.Span), Encoding.UTF8.GetString(proven.Proof.Format()), opening, salt, witnessed.Witnesses ?? [])
        {
            Vkey = prover.LogKey.Vkey,
        };
    }

    private async Task<(string? Opening, string? Salt)> OpeningAsync(SequencedEntry entry, CancellationToken cancel)
    {
        var row = await journal.FindAsync(entry.PersistenceId, entry.SequenceNr, cancel);
        return row is null ? (null, null) : FactCodec.ReadOpening(row.Message);
    }
}
