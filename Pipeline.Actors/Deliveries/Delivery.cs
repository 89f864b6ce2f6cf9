using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Deliveries;

/// <summary>One time this message came with these files.</summary>
public sealed record DeliveryRound(
    int Number, Sha256Digest Contents, Sha256Digest Message, EntityId? Release, DeliveryFate Fate,
    IReadOnlyList<Finding> Findings, DeliveryReceived Received);

/// <summary>A delivery: every round of one message id. The last round is the one that may be open.</summary>
public sealed record Delivery(ImmutableList<DeliveryRound> Rounds)
{
    public static readonly Delivery Unknown = new([]);

    public DeliveryRound? Last => Rounds.IsEmpty ? null : Rounds[^1];

    /// <summary>Total and deterministic; accepts erased private parts.</summary>
    public static Delivery Apply(Delivery state, Fact fact) => fact switch
    {
        DeliveryReceived f => state with
        {
            Rounds = state.Rounds.Add(new DeliveryRound(f.Round, f.Contents, f.Message, f.Release, DeliveryFate.Open, [], f)),
        },
        DeliveryApplied f => state.Settle(f.Round, DeliveryFate.Applied, []),
        DeliverySuperseded f => state.Settle(f.Round, DeliveryFate.Superseded, []),
        DeliveryRejected f => state.Settle(f.Round, DeliveryFate.Rejected, f.Private.Value?.Findings ?? []),
        _ => state,
    };

    private Delivery Settle(int round, DeliveryFate fate, IReadOnlyList<Finding> findings) => this with
    {
        Rounds = Rounds.SetItem(round - 1, Rounds[round - 1] with { Fate = fate, Findings = findings }),
    };
}
