using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Actors.Releases;

/// <summary>A delivery offers itself as the release's input. Sent until answered.</summary>
public sealed record SubmitRelease(
    EntityId Release, TenantId Tenant, Pseudonym By, CommandId Command, EntityId Delivery, int Round,
    Sha256Digest Contents, Sha256Digest Message, long Created, long ReceivedAt, ReleaseDetails Details) : IEntityMessage
{
    public string EntityKey => Release.Text;

    public static SubmitRelease From(DeliveryReceived received, EntityId release)
    {
        var details = received.Private.Value;
        return new SubmitRelease(
            release, received.Tenant, received.By, received.Command, received.Delivery, received.Round,
            received.Contents, received.Message, received.Created, received.At,
            new ReleaseDetails(details?.Title ?? "", details?.Artist ?? "", details?.Sender ?? "", details?.MessageId ?? ""));
    }
}

/// <summary>A stage ended. Counts only for the input the release is waiting for.</summary>
public sealed record StageDone(EntityId Release, int Revision, Stage Stage, Sha256Digest Input, StageOutcome Outcome)
    : IEntityMessage
{
    public string EntityKey => Release.Text;
}

/// <summary>Every claim of a rejected or withdrawn release has been given back.</summary>
public sealed record ClaimsAreFree(EntityId Release, int Revision) : IEntityMessage
{
    public string EntityKey => Release.Text;
}

/// <summary>Somebody answers a quarantine without new files: try the stage again.</summary>
public sealed record ResolveQuarantine(EntityId Release, Principal Principal, CommandId Command, long At, string Note)
    : IEntityMessage
{
    public string EntityKey => Release.Text;
}

/// <summary>The sender takes the release back.</summary>
public sealed record WithdrawRelease(EntityId Release, Principal Principal, CommandId Command, long At, string Note)
    : IEntityMessage
{
    public string EntityKey => Release.Text;
}

/// <summary>Wakes a release that has not reached its fate.</summary>
public sealed record NudgeRelease(EntityId Release) : IEntityMessage
{
    public string EntityKey => Release.Text;
}

/// <summary>How does it stand?</summary>
public sealed record GetRelease(EntityId Release) : IEntityMessage
{
    public string EntityKey => Release.Text;
}

/// <param name="Known">False when no such release was ever received.</param>
/// <param name="Stages">The lights: stage and <c>waiting|running|passed|failed</c>, in order.</param>
/// <param name="Facts">Number of facts so far: the sequence number of the latest.</param>
public sealed record ReleaseStanding(
    bool Known, EntityId Release, int Revision, string State, IReadOnlyList<StageLight> Stages,
    IReadOnlyList<Finding> Findings, string Title, string Artist, long Facts) : IPipelineMessage;

public sealed record StageLight(string Stage, string Light);
