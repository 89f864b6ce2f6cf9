using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Witness;

/// <summary>An answer as HTTP carries it.</summary>
public sealed record WitnessReply(int Status, string ContentType, byte[] Body);

/// <summary>
/// What a witness remembers: the whole checkpoint it cosigned last of each log, with all signatures, so that it can show what
/// it saw. Deciding and storing are one transaction; nothing is answered before it is on disk.
/// </summary>
public sealed class WitnessBook : IDisposable
{
    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>Evidence files kept: a log that lies without end must not fill the disk.</summary>
    private const int MaxEvidenceFiles = 1000;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS seen (
          origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL, at INTEGER NOT NULL) STRICT;
        """;

    // One question at a time: check and store must be one step, and a witness has few logs.
    private readonly Lock _gate = new();
    private readonly SqliteConnection _db;
    private readonly IDisk _disk;
    private readonly string _evidence;
    private readonly IReadOnlyList<NoteVerifierKey> _logs;
    private readonly NoteSigner _signer;
    private readonly TimeProvider _time;

    private WitnessBook(SqliteConnection db, IDisk disk, string folder, IReadOnlyList<NoteVerifierKey> logs, NoteSigner signer, TimeProvider time) =>
        (_db, _disk, _evidence, _logs, _signer, _time) = (db, disk, Path.Combine(folder, "evidence"), logs, signer, time);

    /// <summary>By which its lines are checked.</summary>
    public NoteVerifierKey Key => _signer.VerifierKey;

    /// <param name="folder">Absolute; made when missing. Holds the store and the evidence, never the key.</param>
    /// <param name="logs">Keys of the logs it cosigns; a key's name is its log's origin.</param>
    /// <param name="signer">A cosigner's key. The book disposes it.</param>
    public static WitnessBook Open(IDisk disk, string folder, IReadOnlyList<NoteVerifierKey> logs, NoteSigner signer, TimeProvider time)
    {
        DurableFile.EnsureDirectory(disk, folder);
        var db = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "witness.db"), Pooling = false }.ToString());
        db.Open();
        db.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        db.Execute(Schema);
        return new WitnessBook(db, disk, folder, logs, signer, time);
    }

    /// <summary>The answer to one add-checkpoint (C2SP tlog-witness).</summary>
    public WitnessReply Add(ReadOnlySpan<byte> body)
    {
        if (!AddCheckpoint.TryParse(body, out var request, out var problem))
        {
            return No(400, problem);
        }
        lock (_gate)
        {
            using var transaction = _db.BeginTransaction(deferred: false);
            var origin = Checkpoint.TryParseBody(request.Note.Text, out var asked, out _) ? asked.Origin : "";
            var last = Find(origin, transaction);
            switch (WitnessRules.Decide(request, _logs, last?.Checkpoint))
            {
                case WitnessDecision.Cosign(var checkpoint):
                    var now = _time.GetUtcNow().ToUnixTimeSeconds();
                    var line = _signer.Cosign(request.Note.Text, now);
                    Store(checkpoint, OnlyKnown(request.Note).With(line), now, transaction);
                    // If we crash here, the next question finds the new size or the old one; nobody has our line yet.
                    transaction.Commit();
                    return new WitnessReply(200, PlainText, Encoding.UTF8.GetBytes(line.Line));
                case WitnessDecision.Refuse refuse:
                    transaction.Rollback();
                    if (refuse.IsEvidence)
                    {
                        KeepEvidence(refuse.Why, last!.Value.Note, request);
                    }
                    return refuse.Size is { } size
                        ? new WitnessReply(refuse.Status, WitnessAnswer.SizeContentType, Encoding.ASCII.GetBytes(size.ToString(CultureInfo.InvariantCulture) + "\n"))
                        : No(refuse.Status, refuse.Why);
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    /// <summary>The checkpoint cosigned last of the log whose origin has this SHA-256, with our line; null when there is none.</summary>
    /// <param name="originHash">In small hex.</param>
    public byte[]? Shown(string originHash)
    {
        lock (_gate)
        {
            return _logs.Select(l => l.Name).Distinct(StringComparer.Ordinal)
                .FirstOrDefault(origin => NameOf(origin) == originHash) is { } found
                ? Find(found, null)?.Note
                : null;
        }
    }

    /// <summary>Under which name a log is shown to monitors.</summary>
    public static string NameOf(string origin) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    public void Dispose()
    {
        _db.Dispose();
        _signer.Dispose();
    }

    /// <summary>Lines of strangers are theirs to repeat: a sender could fill our store with them.</summary>
    private SignedNote OnlyKnown(SignedNote note) =>
        SignedNote.Of(note.Text, [.. note.Signatures.Where(s => _logs.Any(l => l.Name == s.KeyName && l.KeyId == s.KeyId))]);

    private (Checkpoint Checkpoint, byte[] Note)? Find(string origin, SqliteTransaction? transaction)
    {
        var row = _db.Query<(long Size, byte[] Root, byte[] Note)>(
            "SELECT size, root, note FROM seen WHERE origin = @origin", new { origin }, transaction).ToList();
        return row is [var (size, root, note)] ? (new Checkpoint(origin, size, new Sha256Digest(root)), note) : null;
    }

    private void Store(Checkpoint checkpoint, SignedNote note, long at, SqliteTransaction transaction) => _db.Execute(
        """
        INSERT INTO seen (origin, size, root, note, at) VALUES (@Origin, @Size, @root, @note, @at)
        ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note, at = excluded.at
        """,
        new { checkpoint.Origin, checkpoint.Size, root = checkpoint.Root.ToArray(), note = note.Format(), at }, transaction);

    private void KeepEvidence(string why, byte[] ours, AddCheckpoint request)
    {
        var bytes = EvidenceOfFork.Format(why, ours, request.Note.Format(), request.Proof);
        DurableFile.EnsureDirectory(_disk, _evidence);
        if (_disk.ListFiles(_evidence).Count < MaxEvidenceFiles)
        {
            DurableFile.WriteOnce(_disk, Path.Combine(_evidence, $"{Sha256Digest.Of(bytes)}.txt"), bytes);
        }
    }

    private static WitnessReply No(int status, string why) => new(status, PlainText, Encoding.UTF8.GetBytes(why + "\n"));
}
