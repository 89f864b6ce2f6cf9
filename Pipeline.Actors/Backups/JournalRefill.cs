using Dapper;
using Microsoft.Data.Sqlite;
using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Backups;

/// <summary>
/// The embedded journal, by hand: what stands in it, and facts put back with an erased private part, as erasure itself
/// leaves them. The only place that writes there beside Akka.
/// </summary>
internal sealed class JournalRefill(string path) : IDisposable
{
    private readonly SqliteConnection _db = Open(path);

    /// <summary>The highest number of every source that ever wrote.</summary>
    public Dictionary<string, long> LastNumbers() =>
        _db.Query<(string Id, long Last)>("SELECT persistence_id, MAX(sequence_number) FROM journal GROUP BY persistence_id")
            .ToDictionary(s => s.Id, s => s.Last, StringComparer.Ordinal);

    /// <summary>The row of a source's number as the codec wrote it; null when there is none.</summary>
    public (string Manifest, byte[] Message)? Find(string persistenceId, long sequenceNr)
    {
        var row = _db.QuerySingleOrDefault<(string Manifest, byte[] Message)>(
            "SELECT manifest, message FROM journal WHERE persistence_id = @persistenceId AND sequence_number = @sequenceNr",
            new { persistenceId, sequenceNr });
        return row.Message is null ? null : row;
    }

    /// <summary>Adds what is not there, in one transaction; what is there stays.</summary>
    public int Add(IEnumerable<LostEntry> lost, string writer)
    {
        using var transaction = _db.BeginTransaction();
        var added = 0;
        foreach (var entry in lost)
        {
            if (!LeafEnvelope.TryDecode(entry.Leaf, out var envelope, out var publicBytes))
            {
                throw new InvalidDataException("an entry of a checked log is a leaf");
            }
            var fact = FactCodec.Decode(envelope.Manifest, publicBytes.Span);
            added += _db.Execute(
                """
                INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, tags, manifest, identifier, writer_uuid)
                VALUES (@created, 0, @id, @number, @message, '', @manifest, @serializer, @writer)
                ON CONFLICT (persistence_id, sequence_number) DO NOTHING
                """,
                new
                {
                    created = DateTimeOffset.FromUnixTimeMilliseconds(fact.At).UtcTicks,
                    id = entry.PersistenceId,
                    number = envelope.Seq,
                    message = FactCodec.ErasedJournal(publicBytes.Span),
                    manifest = envelope.Manifest,
                    serializer = PipelineSerializer.Id,
                    writer,
                },
                transaction);
        }
        // If we crash here, these rows are wholly there or wholly absent; the next run finds them or adds them.
        transaction.Commit();
        return added;
    }

    /// <summary>
    /// Moves a source's rows from a number on into a table beside the journal: they can never enter the log, whose numbers
    /// are taken, and they are evidence.
    /// </summary>
    public int SetAside(string persistenceId, long fromSequenceNr)
    {
        using var transaction = _db.BeginTransaction();
        _db.Execute("CREATE TABLE IF NOT EXISTS journal_set_aside AS SELECT * FROM journal WHERE 0", transaction: transaction);
        var moved = _db.Execute(
            "INSERT INTO journal_set_aside SELECT * FROM journal WHERE persistence_id = @persistenceId AND sequence_number >= @fromSequenceNr",
            new { persistenceId, fromSequenceNr }, transaction);
        _db.Execute(
            "DELETE FROM journal WHERE persistence_id = @persistenceId AND sequence_number >= @fromSequenceNr",
            new { persistenceId, fromSequenceNr }, transaction);
        // If we crash here, they are in one of the two tables, and the next run goes on.
        transaction.Commit();
        return moved;
    }

    public void Dispose() => _db.Dispose();

    private static SqliteConnection Open(string path)
    {
        var db = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        db.Open();
        db.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        return db;
    }
}
