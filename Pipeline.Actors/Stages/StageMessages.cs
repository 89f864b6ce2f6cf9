using Akka.Actor;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Actors.Stages;

// Between an entity and the gates of its own node: never cross a wire.

/// <summary>An entity would like to run a stage. Answered with <see cref="SlotGranted"/> or <see cref="SlotRefused"/>.</summary>
public sealed record RequestSlot(Stage Stage, EntityId Release, int Revision) : INoSerializationVerificationNeeded;

/// <summary>A worker is free and waits for <see cref="RunStage"/> or <see cref="ReturnSlot"/>, a bounded time.</summary>
public sealed record SlotGranted(IActorRef Gate, long Number, Stage Stage, int Revision) : INoSerializationVerificationNeeded;

/// <summary>The queue is full: try later. No attempt was counted.</summary>
public sealed record SlotRefused(Stage Stage) : INoSerializationVerificationNeeded;

public sealed record ReturnSlot(long Number) : INoSerializationVerificationNeeded;

/// <summary>The attempt is durable: run.</summary>
public sealed record RunStage(long Number, EntityId Release, int Revision, StageInput Input, IReadOnlyList<ClaimedDocuments> Claimed,
    IRightsDesk Rights)
    : INoSerializationVerificationNeeded;

/// <summary>The worker is done; the outcome went to the release's region.</summary>
public sealed record SlotFinished(long Number) : INoSerializationVerificationNeeded;

/// <summary>The results of a revision that reached the rights stage: they tell what it may have claimed.</summary>
public sealed record ClaimedDocuments(Sha256Digest Audio, Sha256Digest Metadata);

/// <summary>
/// The rights stage: asks claims and recordings in their own entities, so it is no function of its input and its outcome
/// is never kept.
/// </summary>
public interface IRightsDesk
{
    /// <summary>Claims everything the release needs. Idempotent: asked again it gives the same answers.</summary>
    /// <param name="claimed">What earlier revisions may have claimed; given back where this one no longer names it.</param>
    Task<StageOutcome> ClearAsync(
        EntityId release, int revision, StageInput input, IReadOnlyList<ClaimedDocuments> claimed, CancellationToken cancel);

    /// <summary>Gives every claim of the release back, of all its revisions. Idempotent.</summary>
    Task FreeAsync(EntityId release, TenantId tenant, IReadOnlyList<ClaimedDocuments> claimed);
}
