using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Patrol;

/// <summary>How a copy is damaged, as the last fact about it says.</summary>
public sealed record OpenDamage(string State, Sha256Digest? Found);

/// <summary>What the patrol has written down so far.</summary>
/// <param name="Round">Number of the last finished round; 0 before the first.</param>
/// <param name="LastStarted">When that began, ms since 1970 UTC; null before the first.</param>
/// <param name="Damaged">Damages since then.</param>
/// <param name="Repaired">Repairs since then.</param>
/// <param name="Open">Damages without a repair, by object and store.</param>
public sealed record PatrolState(
    int Round, long? LastStarted, long Damaged, long Repaired, ImmutableDictionary<(Sha256Digest Id, string Store), OpenDamage> Open)
{
    public static readonly PatrolState Initial =
        new(0, null, 0, 0, ImmutableDictionary<(Sha256Digest Id, string Store), OpenDamage>.Empty);

    public static PatrolState Apply(PatrolState state, Fact fact) => fact switch
    {
        PatrolRound f => state with { Round = f.Round, LastStarted = f.Started, Damaged = 0, Repaired = 0 },
        CopyDamaged f => state with
        {
            Damaged = state.Damaged + 1,
            Open = state.Open.SetItem((f.Digest, f.Store), new OpenDamage(f.State, f.Found)),
        },
        CopyRepaired f => state with { Repaired = state.Repaired + 1, Open = state.Open.Remove((f.Digest, f.Store)) },
        _ => state,
    };
}
