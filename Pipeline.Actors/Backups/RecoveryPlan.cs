using Pipeline.Audit.Log;

namespace Pipeline.Actors.Backups;

/// <summary>How an entry comes back that the database has lost.</summary>
public enum Comeback
{
    /// <summary>With everything: it had no private part, or the journal still has it.</summary>
    Whole,

    /// <summary>The public part is in the log; private part and salt were in the lost journal alone.</summary>
    WithoutPrivatePart,

    /// <summary>In the log only: which entity wrote it cannot be told from anything that is left.</summary>
    LogOnly,
}

/// <summary>An entry that a database lacks: above the log database's head, or below it and missing from the journal.</summary>
/// <param name="Index">0-based, in the log.</param>
/// <param name="Number">The source's gapless number.</param>
/// <param name="PersistenceId">Null when no name is known.</param>
public sealed record ReturningEntry(
    long Index, string Manifest, string Asset, string Source, long Number, string? PersistenceId, Comeback Comeback);

/// <summary>A journal row under a number that the log gave to another fact: written after the database fell back.</summary>
public sealed record ConflictingRow(string PersistenceId, long Number, long Index);

/// <summary>What a recovery would do.</summary>
/// <param name="HeadSize">Entries that the database has.</param>
/// <param name="Published">Up to here the log was shown.</param>
/// <param name="Entries">All between the two, and before them those that only the journal lacks; in log order.</param>
/// <param name="UnknownSizes">Published sizes of which the database has no checkpoint.</param>
public sealed record RecoveryPlan(
    long HeadSize, Checkpoint Published, IReadOnlyList<ReturningEntry> Entries, IReadOnlyList<ConflictingRow> Conflicts, IReadOnlyList<long> UnknownSizes)
{
    public long Count(Comeback comeback) => Entries.LongCount(e => e.Comeback == comeback);
}

/// <summary>What a recovery came to.</summary>
public abstract record RecoveryOutcome
{
    private RecoveryOutcome()
    {
    }

    /// <summary>The database knows all that the log shows; nothing was changed.</summary>
    public sealed record NothingMissing(long HeadSize, long PublishedSize) : RecoveryOutcome;

    /// <summary>Asked for the list only; nothing was changed.</summary>
    public sealed record Listed(RecoveryPlan Plan) : RecoveryOutcome;

    /// <summary>The journal contradicts the log and nobody said to set that aside; nothing was changed.</summary>
    public sealed record Conflicting(RecoveryPlan Plan) : RecoveryOutcome;

    /// <summary>Head and database lead to different roots: no recovery, but a fork. Nothing was changed.</summary>
    public sealed record Forked(long Size, string Why) : RecoveryOutcome;

    /// <summary>Done.</summary>
    /// <param name="SetAside">Journal rows moved to <c>journal_set_aside</c>.</param>
    public sealed record Recovered(RecoveryPlan Plan, RecoveryMark Mark, int SetAside) : RecoveryOutcome;
}
