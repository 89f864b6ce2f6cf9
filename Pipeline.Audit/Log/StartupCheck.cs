using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>The checkpoint that stands published when a node starts.</summary>
public abstract record PublishedCheckpoint
{
    private PublishedCheckpoint()
    {
    }

    /// <summary>Nothing has been published yet.</summary>
    public sealed record None : PublishedCheckpoint;

    /// <summary>Signed by a key of ours: the current one, the next, or one of the past.</summary>
    public sealed record Ours(Checkpoint Checkpoint) : PublishedCheckpoint;

    /// <summary>There, but malformed, or signed by no key of ours.</summary>
    public sealed record NotOurs(string Why) : PublishedCheckpoint;

    /// <summary>Reads the published file once, at the edge. <paramref name="note"/> is null when there is none.</summary>
    public static PublishedCheckpoint Read(byte[]? note, NoteVerifierKey logKey) =>
        note is null ? new None()
        : Log.Checkpoint.TryOpen(note, logKey, out var checkpoint, out var problem) ? new Ours(checkpoint)
        : new NotOurs(problem);

    /// <summary>As above, under any key that our origin has had: what a retired key signed binds us as before.</summary>
    public static PublishedCheckpoint Read(byte[]? note, LogVkeys keys) =>
        note is null ? new None()
        : Log.Checkpoint.TryOpen(note, keys.All, out var checkpoint, out _, out var problem) ? new Ours(checkpoint)
        : new NotOurs(problem);
}

/// <summary>Why a log does not start.</summary>
public enum HaltCause
{
    /// <summary>Under our own key another history was published.</summary>
    Fork,

    /// <summary>The database knows less than we have published: it was restored from an older copy.</summary>
    RolledBack,

    /// <summary>The published checkpoint is not ours, so this is another log's directory or somebody wrote into ours.</summary>
    NotOurs,
}

/// <summary>What a node may do with its log.</summary>
public abstract record StartupVerdict
{
    private StartupVerdict()
    {
    }

    /// <summary>Head and publication agree.</summary>
    public sealed record Ok : StartupVerdict;

    /// <summary>The head is ahead: publish what follows <paramref name="FromSize"/>, by the normal path.</summary>
    public sealed record PublishNeeded(long FromSize) : StartupVerdict;

    /// <summary>Write nothing, sign nothing; reading stays up.</summary>
    public sealed record Halted(HaltCause Cause, string Why, string Remedy) : StartupVerdict;
}

/// <summary>The decision at start-up (design, section 7.5): the database's head against what the world has seen.</summary>
public static class StartupCheck
{
    /// <param name="head">Origin, size and root of the database.</param>
    /// <param name="published">What stands published, or the highest that a witness shows under our key.</param>
    /// <param name="rootAt">The database's own root at an earlier size; asked only for a published size below the head.</param>
    public static StartupVerdict Decide(Checkpoint head, PublishedCheckpoint published, Func<long, Sha256Digest> rootAt) =>
        published switch
        {
            PublishedCheckpoint.None => new StartupVerdict.PublishNeeded(0),
            PublishedCheckpoint.NotOurs(var why) => NotOurs(why),
            PublishedCheckpoint.Ours(var seen) when seen.Origin != head.Origin => NotOurs($"it is of {seen.Origin}, the database of {head.Origin}"),
            PublishedCheckpoint.Ours(var seen) when seen.Size > head.Size => new StartupVerdict.Halted(
                HaltCause.RolledBack,
                $"size {seen.Size} was published under our key, but the database ends at {head.Size}: it was restored from an older copy.",
                "Stop all nodes and restore a copy of log.db that reaches the published size, or put the missing entries back: 'mp recover --from-log LOG --data DIR --list' says which they are and changes nothing."),
            PublishedCheckpoint.Ours(var seen) when (seen.Size == head.Size ? head.Root : rootAt(seen.Size)) != seen.Root =>
                new StartupVerdict.Halted(
                    HaltCause.Fork,
                    $"at size {seen.Size} root {seen.Root} was published under our key, but the database leads to another: two histories exist.",
                    "Keep both as evidence, do not publish, and find out which writer was not fenced or which file was edited."),
            PublishedCheckpoint.Ours(var seen) => seen.Size == head.Size ? new StartupVerdict.Ok() : new StartupVerdict.PublishNeeded(seen.Size),
            _ => throw new InvariantBrokenException("a published checkpoint is none, ours or not ours"),
        };

    private static StartupVerdict.Halted NotOurs(string why) => new(
        HaltCause.NotOurs,
        $"the published checkpoint is not ours: {why}.",
        "Check that --log and --keys belong to this data directory; if they do, keep the file as evidence before anything else.");
}
