using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// What signs the checkpoints of one origin: its key, and while a change is under way the next one beside it. Both lines
/// carry the origin's name and differ in their key id; a reader who knows one of the keys ignores the other line.
/// </summary>
public sealed class LogSigner : IDisposable
{
    private readonly NoteSigner _current;
    private readonly NoteSigner? _next;

    /// <param name="retired">Public keys that signed before, oldest first.</param>
    /// <remarks>Disposes the signers it was given.</remarks>
    public LogSigner(NoteSigner current, NoteSigner? next = null, params IEnumerable<NoteVerifierKey> retired)
    {
        Keys = LogVkeys.Of(current.VerifierKey, next?.VerifierKey, retired);
        (_current, _next) = (current, next);
    }

    /// <summary>The public halves, and those of the past.</summary>
    public LogVkeys Keys { get; private set; }

    /// <summary>The checkpoint as a note: the current key's line first.</summary>
    public SignedNote Sign(Checkpoint checkpoint)
    {
        var note = checkpoint.Sign(_current);
        return _next is null || Keys.Next is null ? note : note.With(_next.Sign(note.Text));
    }

    /// <summary>Takes up keys of the past that only the log itself still lists.</summary>
    public void Learn(LogVkeys keys)
    {
        Invariant.Require(keys.Current.Vkey == Keys.Current.Vkey && keys.Next?.Vkey == Keys.Next?.Vkey, "who signs is not learned");
        Keys = keys;
    }

    public void Dispose()
    {
        _current.Dispose();
        _next?.Dispose();
    }
}
