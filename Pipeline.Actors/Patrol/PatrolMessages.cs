using Akka.Actor;
using Pipeline.Actors.Messages;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>What a person asks of the patrol.</summary>
public enum PatrolOrder
{
    /// <summary>Read every copy now; change nothing.</summary>
    Scrub,

    /// <summary>Mend what is known to be bad or not there.</summary>
    Repair,
}

/// <summary>Do it now, beside the rounds.</summary>
/// <param name="MegabytesPerSecond">0 reads as fast as the media give.</param>
public sealed record OrderPatrol(PatrolOrder Order, int MegabytesPerSecond) : IPipelineMessage;

/// <summary>How far is it?</summary>
public sealed record GetPatrol : IPipelineMessage;

/// <summary>What the patrol is at.</summary>
/// <param name="Run">Number of the order that is carried out, or was the last; 0 when none was since this patrol began.</param>
/// <param name="Order">Its kind.</param>
/// <param name="Running">False when it is over.</param>
/// <param name="Problem">Why it ended before its end; empty otherwise.</param>
/// <param name="Patrol">Changes with each start of the patrol: numbers of another one mean nothing.</param>
public sealed record PatrolStanding(
    long Patrol, long Run, PatrolOrder Order, bool Running, long Copies, long CopiesRead, long Bytes, long BytesRead, string Problem)
    : IPipelineMessage;

/// <summary>It is written down.</summary>
public sealed record PatrolNoted : IPipelineMessage
{
    public static readonly PatrolNoted Instance = new();
}

// What the patrol's own work tells its actor, on the same node.

/// <summary>A copy is bad.</summary>
public sealed record NoteDamage(CopyCheck Check, long At) : INoSerializationVerificationNeeded;

/// <summary>A copy is right: mended from another, or found so.</summary>
/// <param name="Source">The store it was copied from; its own when somebody else mended it.</param>
public sealed record NoteWhole(Sha256Digest Id, string Store, string Source, long At) : INoSerializationVerificationNeeded;

/// <summary>Every copy was read since <paramref name="Started"/>.</summary>
public sealed record NoteRound(long Started, long Objects, long Copies, long Bytes, long BelowWanted, long At) : INoSerializationVerificationNeeded;

/// <summary>Nothing owns these bytes; they are about to move.</summary>
public sealed record NoteUnclaimed(string Store, string Name, long SizeBytes, long At) : INoSerializationVerificationNeeded;
