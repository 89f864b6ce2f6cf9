using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>An entry that was published and that the database has lost.</summary>
/// <param name="PersistenceId">The source behind the envelope's pseudonym.</param>
/// <param name="Leaf">The exact bytes from the log's bundle.</param>
public sealed record LostEntry(string PersistenceId, LeafEnvelope Envelope, byte[] Leaf);

public sealed partial class SequencerStore
{
    /// <summary>What a database knows of its tree and its sources, for comparing it with published files.</summary>
    /// <param name="Range">Of the committed head.</param>
    /// <param name="PersistenceIds">Every source by its pseudonym.</param>
    public sealed record Standing(LogHead Head, CompactRange Range, SourceSalt Salt, IReadOnlyDictionary<string, string> PersistenceIds);

    /// <summary>As committed; null without a log. For files of ours: a server's database is restored by its own tools.</summary>
    /// <exception cref="InvalidDataException">The head's root is not that of its own compact range.</exception>
    public Standing? ReadStanding()
    {
        using var connection = Open();
        // Not FindHead: a copy of an older release lacks tables that only the next TakeOver makes.
        if (connection.Query(null, "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'log_head'", row => row.GetInt64(0))[0] == 0
            || connection.Query(null, HeadQuery, ReadHead).Count == 0)
        {
            return null;
        }
        using var transaction = connection.BeginTransaction();
        var held = Load(connection, transaction);
        return new Standing(
            held.Head, held.Edge.Range, held.SourceSalt,
            connection.Query(transaction, "SELECT source, persistence_id FROM log_source", row => (row.GetString(0), row.GetString(1)))
                .ToDictionary(s => s.Item1, s => s.Item2, StringComparer.Ordinal));
    }

    /// <summary>Those of these published sizes that the database has no checkpoint of, ascending.</summary>
    public IReadOnlyList<long> UnknownSizes(IReadOnlyList<long> published)
    {
        using var connection = Open();
        var known = connection.Query(null, "SELECT size FROM log_checkpoint", row => row.GetInt64(0)).ToHashSet();
        return [.. published.Where(size => !known.Contains(size)).Order()];
    }

    /// <summary>The highest sequenced number of every source.</summary>
    public IReadOnlyDictionary<string, long> LastNumbers()
    {
        using var connection = Open();
        return connection.Query(null, "SELECT persistence_id, last_seq FROM log_source", row => (Id: row.GetString(0), Last: row.GetInt64(1)))
            .ToDictionary(s => s.Id, s => s.Last, StringComparer.Ordinal);
    }

    /// <summary>The entries of a source above a number, in order.</summary>
    public IReadOnlyList<SequencedEntry> EntriesOf(string persistenceId, long aboveSequenceNr)
    {
        using var connection = Open();
        return connection.Query(
            null, $"{EntryColumns} WHERE persistence_id = @id AND sequence_nr > @nr ORDER BY sequence_nr", ReadEntry,
            ("@id", persistenceId), ("@nr", aboveSequenceNr));
    }

    /// <summary>
    /// Puts published entries back behind the head, each where it stood, in one transaction. The journal's tail stays: what
    /// it gives again is passed over, as always.
    /// </summary>
    /// <param name="epoch">From <see cref="TakeOver"/>.</param>
    /// <param name="lost">Those that follow the head, in log order.</param>
    /// <exception cref="InvalidDataException">They do not follow; nothing was written.</exception>
    public LogHead Refill(long epoch, IReadOnlyList<LostEntry> lost)
    {
        lock (_gate)
        {
            Invariant.Require(_held?.Head.Epoch == epoch, "a log is refilled by whoever took it over");
            var held = _held!;
            var writer = _writer ??= Open();
            var names = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var entry in lost)
            {
                names.TryAdd(entry.PersistenceId, entry.Envelope.Source);
            }
            var plan = SequencingPlan.Replay(
                held.Edge, ReadSources(writer, names.Keys, id => names[id]), ReadAssets(writer, lost.Select(e => e.Envelope.Asset)), lost);
            var range = plan.Edge.Range;
            var head = held.Head with { Size = range.Size, Root = range.Root() };
            using var transaction = writer.BeginTransaction();
            if (!TrySwapHead(writer, transaction, held.Head, head, range))
            {
                throw new InvalidDataException("somebody else moved the log while it was refilled");
            }
            WritePlan(writer, transaction, plan);
            // If we crash here, these entries are wholly back or wholly absent, and the next run goes on from the head.
            transaction.Commit();
            _held = held with { Head = head, Edge = plan.Edge };
            return head;
        }
    }

    /// <summary>Ends a refill: what was published is known as published again.</summary>
    /// <param name="published">Checkpoints that the database lacks.</param>
    /// <param name="publishedSize">The largest size whose files are in place.</param>
    /// <param name="next">Another salt for sources that are new from here on; null keeps the one there is.</param>
    public void EndRefill(long epoch, IReadOnlyList<SignedCheckpoint> published, long publishedSize, SourceSalt? next)
    {
        lock (_gate)
        {
            Invariant.Require(_held?.Head.Epoch == epoch, "a log is refilled by whoever took it over");
            var writer = _writer ??= Open();
            using var transaction = writer.BeginTransaction();
            foreach (var checkpoint in published)
            {
                writer.Execute(
                    transaction, "INSERT INTO log_checkpoint (size, root, note) VALUES (@size, @root, @note)",
                    ("@size", checkpoint.Size), ("@root", checkpoint.Root.ToArray()), ("@note", checkpoint.Note));
            }
            writer.Execute(
                transaction, "UPDATE log_head SET published_size = @size WHERE id = 1 AND published_size < @size", ("@size", publishedSize));
            if (next is not null)
            {
                writer.Execute(transaction, "UPDATE log_head SET source_salt = @salt WHERE id = 1", ("@salt", next.ToArray()));
            }
            // If we crash here, the entries are back and the rest is done by the next run.
            transaction.Commit();
            // The salt may be another one now: whoever sequences takes over anew.
            Forget();
        }
    }
}
