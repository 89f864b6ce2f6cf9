using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Deliveries;

/// <summary>
/// A message with its files, every byte of it durable in the vault before this is sent.
/// </summary>
/// <param name="Release">The release it speaks of; null when the message could not be read that far.</param>
/// <param name="Created">The sender's creation instant, ms since 1970 UTC.</param>
/// <param name="Refusal">Findings of reject severity that reading the message gave; empty when it may be applied.</param>
public sealed record SubmitDelivery(
    EntityId Delivery, Principal Principal, CommandId Command, long At, Sha256Digest Contents, Sha256Digest Message,
    int Files, long TotalBytes, DeliveryDetails Details, EntityId? Release, long Created,
    IReadOnlyList<Finding> Refusal) : IEntityMessage
{
    public string EntityKey => Delivery.Text;
}

/// <summary>The release's answer to a hand-over.</summary>
public sealed record HandedOver(EntityId Delivery, int Round, HandOver Outcome, int Revision, IReadOnlyList<Finding> Findings)
    : IEntityMessage
{
    public string EntityKey => Delivery.Text;
}

public enum HandOver
{
    Applied,
    Superseded,
    Refused,
}

/// <summary>Wakes a delivery that has not reached its fate.</summary>
public sealed record NudgeDelivery(EntityId Delivery) : IEntityMessage
{
    public string EntityKey => Delivery.Text;
}

/// <summary>What became of a delivery?</summary>
/// <param name="Round">Which round; 0 for the latest that was not refused, or the latest when all were.</param>
public sealed record GetDelivery(EntityId Delivery, int Round = 0) : IEntityMessage
{
    public string EntityKey => Delivery.Text;
}

public enum DeliveryFate
{
    /// <summary>Received; the release has not answered yet.</summary>
    Open,
    Applied,
    Superseded,
    Rejected,
}

/// <param name="Known">False when no such delivery was ever received.</param>
/// <param name="Duplicate">True when these very bytes were received before and nothing new was written.</param>
public sealed record DeliveryStanding(
    bool Known, bool Duplicate, EntityId Delivery, int Round, EntityId? Release, DeliveryFate Fate,
    IReadOnlyList<Finding> Findings) : IPipelineMessage;
