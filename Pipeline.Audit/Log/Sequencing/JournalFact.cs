using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>One row of the journal, as far as the log needs it.</summary>
/// <param name="Ordering">The journal's own order.</param>
/// <param name="PersistenceId">Which entity wrote it; in the log only as a pseudonym.</param>
/// <param name="SequenceNr">The entity's gapless number, from 1.</param>
/// <param name="Manifest">Which shape the public part has.</param>
/// <param name="Tenant">Whose fact.</param>
/// <param name="Asset">The tenant's own release or recording id, or empty.</param>
/// <param name="PublicBytes">The exact public part.</param>
public sealed record JournalFact(
    long Ordering, string PersistenceId, long SequenceNr, string Manifest, string Tenant, string Asset, byte[] PublicBytes);

/// <summary>One entry of the log with where it came from.</summary>
/// <param name="Index">0-based place in the log: the order of the system.</param>
public sealed record SequencedEntry(long Index, string PersistenceId, long SequenceNr, byte[] Leaf);

/// <summary>How far the log is, as the database has committed it.</summary>
/// <param name="Epoch">Fencing token: who sequences.</param>
/// <param name="Size">Entries.</param>
/// <param name="Root">Over all of them.</param>
/// <param name="Tail">The journal ordering up to which everything has been read.</param>
/// <param name="PublishedSize">The largest size whose checkpoint file was put in place.</param>
public sealed record LogHead(string Origin, long Epoch, long Size, Sha256Digest Root, long Tail, long PublishedSize);

/// <summary>
/// A source that waits for a number. The journal's tail has moved past what follows, so the caller reads this source
/// again from <paramref name="MissingSequenceNr"/> and hands it in.
/// </summary>
/// <param name="MissingSequenceNr">The next number the log can take.</param>
/// <param name="SeenSequenceNr">The highest number met so far; the source is parked until the log has it.</param>
public sealed record ParkedSource(string PersistenceId, long MissingSequenceNr, long SeenSequenceNr);

/// <summary>A signed checkpoint as it was committed for publication.</summary>
/// <param name="Note">The signed note, verbatim.</param>
public sealed record SignedCheckpoint(long Size, Sha256Digest Root, byte[] Note);

/// <summary>How a batch ended.</summary>
public abstract record SequenceResult
{
    private SequenceResult()
    {
    }

    /// <summary>Committed; what it holds is never lost or renumbered.</summary>
    /// <param name="FirstIndex">Of the new entries, which are consecutive.</param>
    /// <param name="Count">New entries; 0 when all were known already or wait for a missing number.</param>
    /// <param name="Parked">The sources of this batch that now wait.</param>
    public sealed record Sequenced(LogHead Head, long FirstIndex, int Count, IReadOnlyList<ParkedSource> Parked) : SequenceResult;

    /// <summary>Somebody else sequences now; nothing was written. The caller stops.</summary>
    public sealed record Fenced : SequenceResult;

    /// <summary>The commit may or may not have happened. The caller stops and takes over again; it never guesses.</summary>
    public sealed record Ambiguous(string Why) : SequenceResult;
}
