using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>What the vault met while it did something else, and what somebody should know of: for logs, metrics, the patrol.</summary>
public abstract record CopyTrouble
{
    private CopyTrouble()
    {
    }

    public abstract Sha256Digest Id { get; init; }

    /// <summary>Name of the store.</summary>
    public abstract string Store { get; init; }

    /// <summary>A damaged copy gave way to a good one that was being stored; it is kept in quarantine.</summary>
    public sealed record Replaced(Sha256Digest Id, string Store, QuarantinedObject Kept) : CopyTrouble;

    /// <summary>A copy is not its name's bytes. Another one is looked for; this one is left as it is.</summary>
    public sealed record Damaged(Sha256Digest Id, string Store, Sha256Digest Found) : CopyTrouble;

    /// <summary>A copy could not be read. Another one is looked for.</summary>
    public sealed record Unreadable(Sha256Digest Id, string Store, string Why) : CopyTrouble;

    /// <summary>A store did not take its copy; the patrol will try again.</summary>
    public sealed record NotTaken(Sha256Digest Id, string Store, string Why) : CopyTrouble;
}
