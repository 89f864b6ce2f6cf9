using System.Text.Json;
using Microsoft.Data.Sqlite;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Backups;

/// <summary>
/// Brings a database that is older than the published log up to it, under the same origin and without a fork: every
/// published entry goes back where it stood, and the journal gets each fact whose entity is known, its private part
/// erased. Run again after any crash it goes on and ends the same; run once more it changes nothing.
/// </summary>
/// <param name="keys">Directory of the log's key.</param>
/// <param name="vault">Root of a directory of objects, whose documents tell ISRCs and barcodes; null without one.</param>
/// <param name="draw">That many bytes from the operating system's generator.</param>
/// <remarks>Keeps the lost entries in memory: some 150 MB a million.</remarks>
public sealed class LogRecovery(IDisk disk, DataDirectory data, string keys, string? vault, Func<int, byte[]> draw, TimeProvider time)
{
    /// <summary>Persistence id of a source that has no name, before its pseudonym.</summary>
    public const string LostSource = "lost:";

    /// <summary>Entries of one transaction in each database.</summary>
    private const int MaxBatch = 2048;

    /// <param name="publishedLog">The log directory as it was last published.</param>
    /// <param name="setAside">Journal rows that contradict the log may be moved beside it.</param>
    /// <param name="listOnly">Change nothing.</param>
    /// <exception cref="UncleanLogException">The log directory is no base for anything.</exception>
    /// <exception cref="StartupRefusedException">The key is missing or another one.</exception>
    public RecoveryOutcome Run(string publishedLog, bool setAside, bool listOnly)
    {
        var origin = data.Format.Origin;
        using var signer = LogKeys.Open(keys, origin, disk);
        var published = PublishedLog.Open(disk, publishedLog, signer.Keys);
        var connection = new SqliteConnectionStringBuilder { DataSource = data.Database("log"), Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString();
        using var database = SqliteFactory.Instance.CreateDataSource(connection);
        using var store = new SequencerStore(database, SqlDialect.Sqlite, draw);
        var standing = store.ReadStanding() ?? throw new RecoveryRefusedException($"{data.Database("log")} holds no log: restore a backup first.");
        if (standing.Head.Origin != origin)
        {
            throw new RecoveryRefusedException($"{data.Root} belongs to the log {origin}, its log.db to {standing.Head.Origin}. Nothing was changed.");
        }
        if (ForkOf(store, standing, published) is { } forked)
        {
            return forked;
        }
        var mark = RecoveryMark.Find(disk, data.Root);
        using var journal = new JournalRefill(data.Database("journal"));
        var (plan, unwritten, lost) = Plan(store, standing, published, journal);
        if (plan.Entries.Count == 0 && plan.UnknownSizes.Count == 0 && mark is not { Phase: RecoveryPhase.Refilling })
        {
            return new RecoveryOutcome.NothingMissing(standing.Head.Size, published.Checkpoint.Size);
        }
        if (listOnly)
        {
            return new RecoveryOutcome.Listed(plan);
        }
        if (plan.Conflicts.Count > 0 && !setAside)
        {
            return new RecoveryOutcome.Conflicting(plan);
        }
        mark = Begin(mark, plan, LastFactAt(store, standing.Head.Size));
        // From here on no node starts on this directory until the mark says that it ended.
        mark.Write(disk, data.Root);
        var moved = plan.Conflicts.GroupBy(c => c.PersistenceId).Sum(c => journal.SetAside(c.Key, c.Min(r => r.Number)));
        foreach (var batch in unwritten.Chunk(MaxBatch))
        {
            journal.Add(batch, Writer());
        }
        Refill(store, journal, published, signer, lost, plan.UnknownSizes, mark.NamesAnew ? Beyond(standing, lost) : null);
        mark = mark with { Phase = RecoveryPhase.Ended, NamesAnew = false, Ended = Now };
        mark.Write(disk, data.Root);
        return new RecoveryOutcome.Recovered(plan, mark, moved);
    }

    /// <summary>Akka's replay filter wants each writer's rows together.</summary>
    private string Writer() => "recovery-" + Convert.ToHexStringLower(draw(8));

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Null when one of the two is the beginning of the other.</summary>
    private static RecoveryOutcome.Forked? ForkOf(SequencerStore store, SequencerStore.Standing standing, PublishedLog published)
    {
        var (head, shown) = (standing.Head, published.Checkpoint);
        var size = Math.Min(head.Size, shown.Size);
        var ours = size == head.Size ? head.Root : ProofBuilder.Root(size, store.ReadNodes);
        return ours == published.RootAt(size)
            ? null
            : new RecoveryOutcome.Forked(size, $"at size {size} the database leads to root {ours}, the published log to {published.RootAt(size)}: two histories exist.");
    }

    private (RecoveryPlan Plan, IReadOnlyList<LostEntry> Unwritten, IReadOnlyList<LostEntry> Lost) Plan(
        SequencerStore store, SequencerStore.Standing standing, PublishedLog published, JournalRefill journal)
    {
        var head = standing.Head.Size;
        var range = standing.Range.Copy();
        var read = new List<(LeafEnvelope Envelope, byte[] Leaf, ReadOnlyMemory<byte> Public)>();
        foreach (var leaf in published.From(head))
        {
            range.Append(MerkleTree.LeafHash(leaf));
            if (!LeafEnvelope.TryDecode(leaf, out var envelope, out var publicBytes) || !FactManifest.IsKnown(envelope.Manifest))
            {
                throw new UncleanLogException($"entry {range.Size - 1} has a shape that this release does not know. Nothing was changed; use the newer release.");
            }
            read.Add((envelope, leaf, publicBytes));
        }
        if (read.Count > 0 && range.Root() != published.Checkpoint.Root)
        {
            throw new UncleanLogException("the entries read do not lead to the published root: the log directory changed meanwhile. Nothing was changed; run the same again.");
        }
        var names = new SourceNames(standing.Salt, standing.PersistenceIds);
        var written = journal.LastNumbers();
        LostSources.Name(names, [.. read.Select(r => (r.Envelope, r.Public))], written.Keys, published, head, disk, vault);
        var conflicts = new List<ConflictingRow>();
        var lost = new List<LostEntry>();
        var (entries, unwritten) = Unwritten(store, written);
        foreach (var (envelope, leaf, publicBytes) in read)
        {
            var id = names.Find(envelope.Source);
            var named = id is not null && !id.StartsWith(LostSource, StringComparison.Ordinal);
            var row = named ? journal.Find(id!, envelope.Seq) : null;
            var index = head + lost.Count;
            var agrees = row is { } found && found.Manifest == envelope.Manifest
                && FactCodec.ReadPublic(found.Manifest, found.Message).Bytes.AsSpan().SequenceEqual(publicBytes.Span);
            if (row is not null && !agrees)
            {
                conflicts.Add(new ConflictingRow(id!, envelope.Seq, index));
            }
            var opened = agrees && FactCodec.ReadOpening(row!.Value.Message).Opening is not null;
            var comeback = !named ? Comeback.LogOnly : opened || !HasPrivatePart(publicBytes) ? Comeback.Whole : Comeback.WithoutPrivatePart;
            entries.Add(new ReturningEntry(index, envelope.Manifest, envelope.Asset, envelope.Source, envelope.Seq, named ? id : null, comeback));
            lost.Add(new LostEntry(id ?? LostSource + envelope.Source, envelope, leaf));
        }
        return (new RecoveryPlan(head, published.Checkpoint, entries, conflicts, store.UnknownSizes(published.History)), unwritten, lost);
    }

    /// <summary>
    /// What the log database has and the journal has not: the journal is the older of the two. Its sources would write under
    /// numbers that are taken, and the log would pass their facts over.
    /// </summary>
    private static (List<ReturningEntry> Entries, List<LostEntry> Unwritten) Unwritten(SequencerStore store, Dictionary<string, long> written)
    {
        var entries = new List<ReturningEntry>();
        var unwritten = new List<LostEntry>();
        var behind = store.LastNumbers().Where(s => !s.Key.StartsWith(LostSource, StringComparison.Ordinal) && written.GetValueOrDefault(s.Key) < s.Value);
        foreach (var entry in behind.SelectMany(s => store.EntriesOf(s.Key, written.GetValueOrDefault(s.Key))).OrderBy(e => e.Index))
        {
            if (!LeafEnvelope.TryDecode(entry.Leaf, out var envelope, out var publicBytes))
            {
                throw new InvalidDataException($"entry {entry.Index} of the log database is no leaf of ours");
            }
            entries.Add(new ReturningEntry(
                entry.Index, envelope.Manifest, envelope.Asset, envelope.Source, envelope.Seq, entry.PersistenceId,
                HasPrivatePart(publicBytes) ? Comeback.WithoutPrivatePart : Comeback.Whole));
            unwritten.Add(new LostEntry(entry.PersistenceId, envelope, entry.Leaf));
        }
        return (entries, unwritten);
    }

    /// <summary>The counts are those of the whole recovery, though a crash may cut it into several runs.</summary>
    private static RecoveryMark Begin(RecoveryMark? before, RecoveryPlan plan, long lastFactAt)
    {
        if (before is { Phase: RecoveryPhase.Refilling })
        {
            return before;
        }
        var mark = before ?? RecoveryMark.Begun(lastFactAt);
        return mark with
        {
            Phase = RecoveryPhase.Refilling,
            Refilled = mark.Refilled + plan.Entries.Count,
            WithoutPrivatePart = mark.WithoutPrivatePart + plan.Count(Comeback.WithoutPrivatePart),
            LogOnly = mark.LogOnly + plan.Count(Comeback.LogOnly),
            NamesAnew = plan.Count(Comeback.LogOnly) > 0,
            UploadsCleared = 0,
        };
    }

    private void Refill(
        SequencerStore store, JournalRefill journal, PublishedLog published, LogSigner signer, IReadOnlyList<LostEntry> lost,
        IReadOnlyList<long> unknownSizes, SourceSalt? next)
    {
        var epoch = store.TakeOver(data.Format.Origin);
        var writer = Writer();
        foreach (var batch in lost.Chunk(MaxBatch))
        {
            // The journal first: a log entry without its journal row could not be told from a lost one.
            journal.Add(batch.Where(e => !e.PersistenceId.StartsWith(LostSource, StringComparison.Ordinal)), writer);
            store.Refill(epoch, batch);
        }
        var head = store.ReadHead();
        if (head.Size == published.Checkpoint.Size && head.Root != published.Checkpoint.Root)
        {
            throw new InvalidDataException("the refilled log does not lead to the published root. Restore the backup into a new directory and recover that.");
        }
        // Signed again, these are the notes that were shown: the scheme is deterministic and the roots are the published ones.
        // After a change of key they carry the line of the key of today instead.
        store.EndRefill(
            epoch,
            [.. unknownSizes.Select(size => new SignedCheckpoint(
                size, published.RootAt(size),
                size == published.Checkpoint.Size ? published.Note : signer.Sign(new Checkpoint(head.Origin, size, published.RootAt(size))).Format()))],
            published.Checkpoint.Size, next);
    }

    private static SourceSalt Beyond(SequencerStore.Standing standing, IReadOnlyList<LostEntry> lost)
    {
        var names = new SourceNames(standing.Salt, standing.PersistenceIds);
        foreach (var entry in lost)
        {
            names.Guess(entry.PersistenceId);
        }
        return names.Beyond(standing.PersistenceIds.Keys.Concat(lost.Select(e => e.Envelope.Source)));
    }

    /// <summary>When the database's last fact was decided: nothing that it knows is younger.</summary>
    private static long LastFactAt(SequencerStore store, long size) =>
        size > 0 && store.ReadEntries(size - 1, 1) is [var last] && LeafEnvelope.TryDecode(last.Leaf, out var envelope, out var publicBytes)
        && FactManifest.IsKnown(envelope.Manifest)
            ? FactCodec.Decode(envelope.Manifest, publicBytes.Span).At
            : 0;

    private static bool HasPrivatePart(ReadOnlyMemory<byte> publicBytes)
    {
        using var json = JsonDocument.Parse(publicBytes);
        return json.RootElement.TryGetProperty("private", out _);
    }
}
