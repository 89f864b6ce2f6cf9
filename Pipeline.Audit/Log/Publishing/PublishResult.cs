namespace Pipeline.Audit.Log;

/// <summary>How a publication ended.</summary>
public abstract record PublishResult
{
    private PublishResult()
    {
    }

    /// <summary>Everything up to this checkpoint is on disk, signed and shown.</summary>
    /// <param name="Note">The signed note, verbatim.</param>
    public sealed record Published(Checkpoint Checkpoint, byte[] Note) : PublishResult;

    /// <summary>Somebody else sequences by now. The caller stops.</summary>
    public sealed record Fenced : PublishResult;

    /// <summary>Another process holds the publication lock this moment. Nothing is lost; try again.</summary>
    public sealed record Busy : PublishResult;

    /// <summary>
    /// What is on disk contradicts the database: publishing on would destroy evidence. Only a person can decide; reading
    /// goes on meanwhile.
    /// </summary>
    /// <param name="Cause">What was found, in one sentence.</param>
    /// <param name="EvidencePath">The file to look at first.</param>
    public sealed record Halted(string Cause, string EvidencePath) : PublishResult;
}
