using System.Data.Common;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// The log in a database: one row says how far it is, and whoever moves it must have seen that row as it is. What
/// <see cref="Sequence"/> has committed is never lost or renumbered; two sequencers cannot both win.
/// </summary>
/// <param name="db">SQLite or PostgreSQL.</param>
/// <param name="dialect">Which of them.</param>
/// <param name="drawRandom">That many bytes from the operating system's generator.</param>
/// <remarks>One sequencing caller at a time; reads may run beside it from any thread.</remarks>
public sealed partial class SequencerStore(DbDataSource db, SqlDialect dialect, Func<int, byte[]> drawRandom) : IDisposable
{
    private readonly Lock _gate = new();
    private DbConnection? _writer;
    private Held? _held;

    /// <summary>What we believe the head to be since we took over; the swap in the database decides.</summary>
    private sealed record Held(LogHead Head, TreeEdge Edge, SourceSalt SourceSalt);

    /// <summary>Makes the tables, and the empty log when there is none, and becomes its one sequencer.</summary>
    /// <returns>The new epoch: whoever held an earlier one is fenced from now on.</returns>
    /// <exception cref="InvalidDataException">The database holds another log, or one whose root is not that of its entries.</exception>
    public long TakeOver(string origin)
    {
        Invariant.Require(Checkpoint.IsOrigin(origin), "an origin is not empty and has neither space nor plus sign");
        lock (_gate)
        {
            Forget();
            _writer = Open();
            EnsureSchema(_writer);
            using var transaction = _writer.BeginTransaction();
            _writer.Execute(
                transaction,
                """
                INSERT INTO log_head (id, origin, epoch, size, root, compact_range, tail, published_size, source_salt)
                VALUES (1, @origin, 0, 0, @root, @range, 0, 0, @salt) ON CONFLICT (id) DO NOTHING
                """,
                ("@origin", origin), ("@root", MerkleTree.EmptyRoot.ToArray()), ("@range", Array.Empty<byte>()),
                ("@salt", drawRandom(SourceSalt.SizeBytes)));
            _writer.Execute(transaction, "UPDATE log_head SET epoch = epoch + 1 WHERE id = 1");
            var held = Load(_writer, transaction);
            if (held.Head.Origin != origin)
            {
                throw new InvalidDataException($"the database holds the log {held.Head.Origin}, not {origin}");
            }
            // If we crash here, an epoch is skipped, which nobody counts.
            transaction.Commit();
            _held = held;
            return held.Head.Epoch;
        }
    }

    /// <summary>
    /// Adds what is new of a batch and moves the tail, in one transaction. Facts the log has already are passed over, so
    /// any batch may be handed in again.
    /// </summary>
    /// <param name="epoch">From <see cref="TakeOver"/>.</param>
    /// <param name="batch">In journal order; numbers after a hole park their source and hinder no other.</param>
    /// <param name="newTail">Everything up to this ordering has been handed in; at least the committed tail.</param>
    /// <exception cref="DbException">Nothing was committed; the same batch may be tried again.</exception>
    public SequenceResult Sequence(long epoch, IReadOnlyList<JournalFact> batch, long newTail)
    {
        lock (_gate)
        {
            if (_held is not { } held || held.Head.Epoch != epoch)
            {
                return new SequenceResult.Fenced();
            }
            Invariant.Require(newTail >= held.Head.Tail, "the journal is read forward");
            _writer ??= Open();
            try
            {
                return SequenceHeld(_writer, held, batch, newTail);
            }
            catch (DbException)
            {
                // The connection may be what broke; the next attempt opens another.
                CloseWriter();
                throw;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Forget();
        }
    }

    private SequenceResult SequenceHeld(DbConnection writer, Held held, IReadOnlyList<JournalFact> batch, long newTail)
    {
        // Read outside the transaction: cursors change only together with the head, so if they are stale the swap fails.
        var plan = SequencingPlan.Make(
            held.Edge, ReadSources(writer, batch.Select(f => f.PersistenceId), held.SourceSalt.NameOf), ReadAssets(writer, batch.Select(f => f.Asset)), batch,
            drawRandom(SequencingPlan.RandomBytesFor(batch.Count)));
        var range = plan.Edge.Range;
        var head = held.Head with { Size = range.Size, Root = range.Root(), Tail = newTail };
        var parked = plan.Sources.Where(s => s.IsParked).Select(Parked).ToArray();
        var result = new SequenceResult.Sequenced(head, held.Head.Size, plan.Entries.Count, parked);
        if (head == held.Head && !plan.Sources.Any())
        {
            return result;
        }
        using var transaction = writer.BeginTransaction();
        if (!TrySwapHead(writer, transaction, held.Head, head, range))
        {
            transaction.Rollback();
            Forget();
            return new SequenceResult.Fenced();
        }
        WritePlan(writer, transaction, plan);
        try
        {
            // If we crash here, the batch is wholly there or wholly absent, and is handed in again from the tail.
            transaction.Commit();
        }
        catch (Exception unknown) when (unknown is DbException or IOException or InvalidOperationException or TimeoutException)
        {
            Forget();
            return new SequenceResult.Ambiguous(unknown.Message);
        }
        _held = held with { Head = head, Edge = plan.Edge };
        return result;
    }

    /// <summary>First statement of the transaction: a loser stops before it has written anything.</summary>
    private static bool TrySwapHead(DbConnection writer, DbTransaction transaction, LogHead from, LogHead to, CompactRange range) =>
        writer.Execute(
            transaction,
            """
            UPDATE log_head SET size = @size, root = @root, compact_range = @range, tail = @tail
            WHERE id = 1 AND epoch = @epoch AND size = @oldSize AND root = @oldRoot
            """,
            ("@size", to.Size), ("@root", to.Root.ToArray()), ("@range", range.Encode()), ("@tail", to.Tail),
            ("@epoch", from.Epoch), ("@oldSize", from.Size), ("@oldRoot", from.Root.ToArray())) == 1;

    private void WritePlan(DbConnection writer, DbTransaction transaction, SequencingPlan plan)
    {
        writer.Insert(
            transaction, dialect.RowsPerInsert,
            "INSERT INTO log_entry (idx, persistence_id, sequence_nr, leaf_hash, leaf)", "",
            [.. plan.Entries.Select(e => new object[] { e.Index, e.PersistenceId, e.SequenceNr, e.LeafHash.ToArray(), e.Leaf })]);
        writer.Insert(
            transaction, dialect.RowsPerInsert, "INSERT INTO log_full_tile (level, number, root)", "",
            [.. plan.FullTiles.Select(t => new object[] { t.Level, t.Number, t.Root.ToArray() })]);
        writer.Insert(
            transaction, dialect.RowsPerInsert, "INSERT INTO log_source (persistence_id, source, last_seq, last_idx, seen_seq)",
            "ON CONFLICT (persistence_id) DO UPDATE SET last_seq = excluded.last_seq, last_idx = excluded.last_idx, seen_seq = excluded.seen_seq",
            [.. plan.Sources.Select(s => new object[] { s.PersistenceId, s.Source, s.LastSequenceNr, s.LastIndex, s.SeenSequenceNr })]);
        writer.Insert(
            transaction, dialect.RowsPerInsert, "INSERT INTO log_asset (asset, last_idx)",
            "ON CONFLICT (asset) DO UPDATE SET last_idx = excluded.last_idx",
            [.. plan.Assets.Select(a => new object[] { a.Asset, a.LastIndex })]);
    }

    /// <param name="nameOf">The pseudonym of a source that the log has nothing of yet.</param>
    private static Dictionary<string, SourceCursor> ReadSources(
        DbConnection connection, IEnumerable<string> persistenceIds, Func<string, string> nameOf)
    {
        string[] ids = [.. persistenceIds.Distinct(StringComparer.Ordinal)];
        var cursors = connection.QueryIn(
            "SELECT persistence_id, source, last_seq, last_idx, seen_seq FROM log_source WHERE persistence_id IN", ids,
            row => new SourceCursor(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)))
            .ToDictionary(c => c.PersistenceId, StringComparer.Ordinal);
        foreach (var id in ids)
        {
            if (!cursors.ContainsKey(id))
            {
                cursors[id] = new SourceCursor(id, nameOf(id), 0, -1, 0);
            }
        }
        return cursors;
    }

    private static Dictionary<string, long> ReadAssets(DbConnection connection, IEnumerable<string> assets) =>
        connection.QueryIn(
            "SELECT asset, last_idx FROM log_asset WHERE asset IN",
            [.. assets.Where(a => a.Length > 0).Distinct(StringComparer.Ordinal)],
            row => (Asset: row.GetString(0), LastIndex: row.GetInt64(1)))
            .ToDictionary(a => a.Asset, a => a.LastIndex, StringComparer.Ordinal);

    private static ParkedSource Parked(SourceCursor cursor) =>
        new(cursor.PersistenceId, cursor.LastSequenceNr + 1, cursor.SeenSequenceNr);

    private static Held Load(DbConnection connection, DbTransaction transaction)
    {
        var head = connection.Query(transaction, HeadQuery, ReadHead)[0];
        var (encoded, salt) = connection.Query(
            transaction, "SELECT compact_range, source_salt FROM log_head WHERE id = 1", row => (row.GetBytes(0), row.GetBytes(1)))[0];
        try
        {
            var range = CompactRange.Decode(head.Size, encoded);
            if (range.Root() != head.Root)
            {
                throw new InvalidDataException($"the log's root at size {head.Size} is not that of its own compact range");
            }
            return new Held(head, TreeEdge.Load(range, tile => HashesOf(connection, transaction, tile)), new SourceSalt(salt));
        }
        catch (FormatException damaged)
        {
            throw new InvalidDataException($"the log's compact range at size {head.Size} is damaged", damaged);
        }
    }

    private void EnsureSchema(DbConnection connection)
    {
        if (connection.Query(null, dialect.SchemaQuery, row => row.GetInt64(0))[0] == 1)
        {
            return;
        }
        using var transaction = connection.BeginTransaction();
        connection.Execute(transaction, dialect.Schema);
        // If we crash here, there is no schema, and the next start makes it.
        transaction.Commit();
    }

    private DbConnection Open()
    {
        var connection = db.OpenConnection();
        try
        {
            connection.Execute(null, dialect.OnOpen);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Forget()
    {
        _held = null;
        CloseWriter();
    }

    private void CloseWriter()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
