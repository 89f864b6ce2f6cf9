using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Claims;

/// <summary>Who holds an identifier, for what, through which releases; and who was told it is contested.</summary>
public sealed record Claim(
    EntityId? Holder, EntityId? Subject, ImmutableHashSet<EntityId> Releases, ImmutableDictionary<EntityId, EntityId> Cases)
{
    public static readonly Claim Free = new(null, null, [], ImmutableDictionary<EntityId, EntityId>.Empty);

    /// <summary>Total and deterministic; needs no private part.</summary>
    public static Claim Apply(Claim state, Fact fact) => fact switch
    {
        IdentifierClaimed f => state with { Holder = f.Holder, Subject = f.Subject, Releases = state.Releases.Add(f.Release) },
        ClaimConflicted f => state with { Cases = state.Cases.SetItem(f.Release, f.Case) },
        IdentifierReleased f => state.Without(f.Release),
        _ => state,
    };

    private Claim Without(EntityId release)
    {
        var rest = Releases.Remove(release);
        var cases = Cases.Remove(release);
        return rest.IsEmpty ? Free with { Cases = cases } : this with { Releases = rest, Cases = cases };
    }
}
