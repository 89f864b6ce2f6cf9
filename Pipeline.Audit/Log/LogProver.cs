using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>An entry with the proof that goes with it.</summary>
public sealed record ProvenEntry(ReadOnlyMemory<byte> Entry, TLogProof Proof);

/// <summary>Makes proofs from a log's files under its current checkpoint, and gives none away that does not verify.</summary>
public sealed class LogProver
{
    private readonly SignedNote _note;
    private readonly TileReader _tiles;

    private readonly ILogFiles _files;

    private LogProver(SignedNote note, Checkpoint checkpoint, NoteVerifierKey logKey, ILogFiles files) =>
        (_note, Checkpoint, LogKey, _files, _tiles) = (note, checkpoint, logKey, files, new TileReader(files, checkpoint.Size));

    /// <summary>What the proofs lead to.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>Under which the proofs verify.</summary>
    public NoteVerifierKey LogKey { get; }

    /// <summary>Opens the log at its checkpoint.</summary>
    /// <exception cref="LogDamagedException">The checkpoint is missing or not signed by <paramref name="logKey"/>.</exception>
    public static LogProver Open(ILogFiles files, NoteVerifierKey logKey) => Open(files, LogVkeys.Of(logKey));

    /// <summary>As above, under any key of the log.</summary>
    public static LogProver Open(ILogFiles files, LogVkeys keys) => OpenAt(files, keys, NoteOf(files));

    /// <summary>As above, under any of the keys that somebody trusts, all of one origin.</summary>
    public static LogProver Open(ILogFiles files, IReadOnlyList<NoteVerifierKey> trusted) => OpenAt(files, trusted, NoteOf(files));

    /// <summary>Opens the log at a checkpoint of its own past, e.g. the last one that witnesses cosigned.</summary>
    /// <exception cref="LogDamagedException">The note is not signed by a key of the log.</exception>
    public static LogProver OpenAt(ILogFiles files, LogVkeys keys, ReadOnlySpan<byte> noteBytes) =>
        // Where several signed, the proof is for the reader who trusts the current one.
        OpenAt(files, [keys.Current, .. keys.All.Where(k => k.Vkey != keys.Current.Vkey)], noteBytes);

    private static LogProver OpenAt(ILogFiles files, IReadOnlyList<NoteVerifierKey> keys, ReadOnlySpan<byte> noteBytes) =>
        Log.Checkpoint.TryOpen(noteBytes, keys, out var checkpoint, out var by, out var problem) && SignedNote.TryParse(noteBytes, out var note, out problem)
            ? new LogProver(note, checkpoint, by[0], files)
            : throw new LogDamagedException($"checkpoint: {problem}");

    private static byte[] NoteOf(ILogFiles files) =>
        files.Read(LogLayout.Checkpoint, SignedNote.MaxNoteBytes) ?? throw new LogDamagedException("checkpoint is missing");

    /// <summary>The entry of <paramref name="index"/> and its proof.</summary>
    /// <param name="index">Below the checkpoint's size.</param>
    /// <exception cref="LogDamagedException">The files do not lead to the checkpoint's root.</exception>
    public ProvenEntry Prove(long index)
    {
        var entry = _tiles.Entry(index);
        var proof = new TLogProof(index, ProofBuilder.Inclusion(index, Checkpoint.Size, _tiles.Read), _note);
        return proof.Verify(entry.Span, LogKey) is ProofVerdict.Proven
            ? new ProvenEntry(entry, proof)
            : throw new LogDamagedException($"entry {index} does not lead to the checkpoint's root: run fsck");
    }

    /// <summary>The index of the entry with this leaf hash; null when the log has none. Only a proof of it proves anything.</summary>
    public long? Find(Sha256Digest leaf)
    {
        var wanted = leaf.ToArray();
        for (var first = 0L; first < Checkpoint.Size; first += TilePath.FullWidth)
        {
            var tile = TilePath.Hashes(0, first / TilePath.FullWidth, (int)Math.Min(TilePath.FullWidth, Checkpoint.Size - first));
            ReadOnlySpan<byte> hashes = _files.Read(tile.Text, tile.HashTileBytes) ?? _files.Read(tile.Full.Text, tile.Full.HashTileBytes);
            for (var at = 0; at < tile.Width && hashes.Length >= (at + 1) * MerkleTree.HashBytes; at++)
            {
                if (hashes.Slice(at * MerkleTree.HashBytes, MerkleTree.HashBytes).SequenceEqual(wanted))
                {
                    return first + at;
                }
            }
        }
        return null;
    }

    /// <summary>That the log of <paramref name="oldSize"/> is a prefix of this one.</summary>
    public IReadOnlyList<Sha256Digest> ProveConsistency(long oldSize) =>
        ProofBuilder.Consistency(oldSize, Checkpoint.Size, _tiles.Read);
}

/// <summary>The names of the files of a log directory beside its tiles.</summary>
public static class LogLayout
{
    /// <summary>The signed note of the newest published size.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>The log's verifier key, one line.</summary>
    public const string Vkey = "vkey";

    /// <summary>All keys of the origin, oldest first, one a line; missing where there was only ever one.</summary>
    public const string Vkeys = "vkeys";

    /// <summary>Every published size, one decimal a line, ascending.</summary>
    public const string History = "history";
}
