namespace Pipeline.Audit.Log;

/// <summary>Why no money leaves.</summary>
/// <param name="Cause">A short word: one cause shuts the gate once, and only its own end takes it away.</param>
/// <param name="Since">Milliseconds since 1970 UTC.</param>
public sealed record GateShut(string Cause, string Why, long Since);

public sealed partial class SequencerStore
{
    /// <summary>
    /// Keeps a checkpoint whose quorum is reached, with its witnesses' lines. The first stays: what was shown as witnessed is
    /// shown so again.
    /// </summary>
    /// <param name="at">Milliseconds since 1970 UTC.</param>
    public void AddWitnessed(SignedCheckpoint cosigned, long at)
    {
        using var connection = Open();
        // If we crash before this, the witnesses are asked again and sign the same.
        connection.Execute(
            null,
            "INSERT INTO log_witnessed (size, root, note, at) VALUES (@size, @root, @note, @at) ON CONFLICT (size) DO NOTHING",
            ("@size", cosigned.Size), ("@root", cosigned.Root.ToArray()), ("@note", cosigned.Note), ("@at", at));
    }

    /// <summary>The largest checkpoint whose quorum was reached; null before the first.</summary>
    public SignedCheckpoint? LatestWitnessed()
    {
        using var connection = Open();
        return connection.Query(null, "SELECT size, root, note FROM log_witnessed ORDER BY size DESC LIMIT 1", ReadCheckpoint).SingleOrDefault();
    }

    /// <summary>The witnessed checkpoint of exactly this size, or null.</summary>
    public SignedCheckpoint? FindWitnessed(long size)
    {
        using var connection = Open();
        return connection.Query(
            null, "SELECT size, root, note FROM log_witnessed WHERE size = @size", ReadCheckpoint, ("@size", size)).SingleOrDefault();
    }

    /// <summary>Shuts the payout gate for a cause, for every node, until <see cref="OpenGate"/>.</summary>
    /// <param name="at">Milliseconds since 1970 UTC.</param>
    public void ShutGate(string cause, string why, long at)
    {
        using var connection = Open();
        connection.Execute(
            null, "INSERT INTO log_gate (cause, why, since) VALUES (@cause, @why, @at) ON CONFLICT (cause) DO UPDATE SET why = excluded.why",
            ("@cause", cause), ("@why", why), ("@at", at));
    }

    /// <summary>A cause is over; others may still stand.</summary>
    public void OpenGate(string cause)
    {
        using var connection = Open();
        connection.Execute(null, "DELETE FROM log_gate WHERE cause = @cause", ("@cause", cause));
    }

    /// <summary>Every cause for which the payout gate is shut; empty when it is open.</summary>
    public IReadOnlyList<GateShut> ShutGates()
    {
        using var connection = Open();
        return connection.Query(
            null, "SELECT cause, why, since FROM log_gate ORDER BY since, cause",
            row => new GateShut(row.GetString(0), row.GetString(1), row.GetInt64(2)));
    }
}
