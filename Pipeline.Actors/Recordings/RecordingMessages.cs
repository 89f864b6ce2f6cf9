using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Recordings;

/// <summary>A release brings this recording, in these bytes.</summary>
public sealed record AddEdition(
    EntityId Recording, TenantId Tenant, CommandId Command, long At, EntityId Release, int Revision, string Reference,
    Sha256Digest File, Sha256Digest Pcm, long Samples, int RateHz, EditionDetails Details) : IEntityMessage
{
    public string EntityKey => Recording.Text;
}

/// <summary>Findings without a block mean the edition stands.</summary>
public sealed record EditionAnswer(IReadOnlyList<Finding> Findings) : IPipelineMessage;
