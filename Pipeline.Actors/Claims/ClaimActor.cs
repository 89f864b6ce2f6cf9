using Pipeline.Actors.Messages;

namespace Pipeline.Actors.Claims;

/// <summary>One identifier of the whole installation.</summary>
public sealed class ClaimActor : FactSourcedActor<Claim>
{
    public ClaimActor(string id)
        : base($"claim:{id}", Claim.Free, Claim.Apply)
    {
        Decide<ClaimIdentifier>(ClaimDecider.Decide);
        Decide<FreeIdentifier>(ClaimDecider.Decide);
        Decide<GetClaim>(ClaimDecider.Decide);
    }
}
