using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>How a round of a delivery ended.</summary>
internal enum RoundOutcome
{
    Open,
    Applied,
    Superseded,
    Rejected,
}

/// <summary>One time a message came with certain files.</summary>
/// <param name="Revision">The revision of the release it became; 0 unless applied.</param>
internal sealed record DeliveryRound(
    EntityId? Release, Sha256Digest Contents, Sha256Digest Message, long Created, int Files, long At, long Index,
    RoundOutcome Outcome = RoundOutcome.Open, int Revision = 0);

/// <summary>A delivery: rounds 1, 2, 3, …, each received once and with one outcome.</summary>
internal sealed record DeliveryHistory(EntityId Delivery) : SourceHistory
{
    internal ImmutableList<DeliveryRound> Rounds { get; init; } = [];

    internal override Step After(Fact fact, long index) => fact switch
    {
        DeliveryReceived f => Judge(
            this with { Rounds = Rounds.Add(new DeliveryRound(f.Release, f.Contents, f.Message, f.Created, f.Files, f.At, index)) },
            f.Round == Rounds.Count + 1 ? null : $"round {f.Round} is received after round {Rounds.Count}",
            Rounds.All(r => r.Contents != f.Contents) ? null : "the same contents are received in two rounds"),
        DeliveryApplied f => Settle(f.Round, RoundOutcome.Applied, f.Release, f.Revision),
        DeliverySuperseded f => Settle(f.Round, RoundOutcome.Superseded, f.Release, 0),
        DeliveryRejected f => Settle(f.Round, RoundOutcome.Rejected, f.Release, 0),
        _ => new Step(this, null),
    };

    internal override IEnumerable<OpenPoint> Open() => Rounds
        .Where(r => r.Outcome == RoundOutcome.Open)
        .Select(r => new OpenPoint(Delivery.Text, "received, without an outcome", r.At, r.Index));

    private Step Settle(int number, RoundOutcome outcome, EntityId? release, int revision)
    {
        if (number < 1 || number > Rounds.Count)
        {
            return new Step(this, $"round {number} has an outcome and was never received");
        }
        var round = Rounds[number - 1];
        return Judge(
            this with { Rounds = Rounds.SetItem(number - 1, round with { Outcome = outcome, Revision = revision }) },
            round.Outcome == RoundOutcome.Open ? null : $"round {number} has two outcomes: {Word(round.Outcome)}, then {Word(outcome)}",
            round.Release == release ? null : $"round {number} was received for {round.Release?.Text ?? "no release"} and ends with {release?.Text ?? "none"}",
            outcome == RoundOutcome.Rejected || release is not null ? null : $"round {number} is {Word(outcome)} without a release");
    }

    internal static string Word(RoundOutcome outcome) => outcome.ToString().ToLowerInvariant();
}
