using Pipeline.Actors.Messages;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Claims;

/// <summary>What is claimed: an ISRC, a barcode padded to 14, or the SHA-256 of decoded sound.</summary>
/// <param name="Kind"><c>isrc</c>, <c>gtin</c> or <c>pcm</c>.</param>
public sealed record ClaimKey(string Kind, string Identifier)
{
    public string Text => $"{Kind}:{Identifier}";
}

/// <summary>
/// A release claims an identifier for a subject (its recording, or itself). The claim is the single writer for what must
/// be unique across tenants, and answers at once: granted or contested, nobody waits.
/// </summary>
/// <param name="AdoptSubject">1 when the claimant has no identifier of its own for the subject and will take the one
/// that stands.</param>
public sealed record ClaimIdentifier(
    ClaimKey Claim, TenantId Tenant, CommandId Command, long At, EntityId Holder, EntityId Subject, EntityId Release,
    bool AdoptSubject) : IEntityMessage
{
    public string EntityKey => Claim.Text;
}

/// <summary>A release gives its claim back.</summary>
public sealed record FreeIdentifier(ClaimKey Claim, TenantId Tenant, CommandId Command, long At, EntityId Release) : IEntityMessage
{
    public string EntityKey => Claim.Text;
}

/// <summary>Who holds an identifier, and for what. Whoever asks must keep it from other tenants.</summary>
public sealed record GetClaim(ClaimKey Claim) : IEntityMessage
{
    public string EntityKey => Claim.Text;
}

/// <param name="Holder">Null when nobody holds it.</param>
/// <param name="Subject">The recording or release that it stands for.</param>
public sealed record ClaimHolding(EntityId? Holder, EntityId? Subject) : IPipelineMessage;

/// <param name="Granted">Held for <paramref name="Subject"/>.</param>
/// <param name="Subject">When granted the subject that stands: a second release of one holder meets its recording here.</param>
/// <param name="SameHolder">When contested: is it the claimant's own earlier claim? Nothing else of another's is told.</param>
/// <param name="Case">When contested: the case.</param>
public sealed record ClaimAnswer(bool Granted, EntityId Subject, bool SameHolder, EntityId? Case) : IPipelineMessage;
