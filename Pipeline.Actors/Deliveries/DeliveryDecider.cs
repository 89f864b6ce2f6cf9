using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Deliveries;

/// <summary>What a delivery answers and writes down. Pure.</summary>
public static class DeliveryDecider
{

    public static Decision Decide(Delivery state, SubmitDelivery c, Salts salts)
    {
        // Seen before? The same bytes are the same command, whoever sends them and however often.
        if (state.Rounds.FirstOrDefault(r => r.Contents == c.Contents) is { } seen)
        {
            return Decision.Answer(Standing(c.Delivery, seen, duplicate: true));
        }
        var round = state.Rounds.Count + 1;
        var received = new DeliveryReceived
        {
            Tenant = c.Principal.Tenant,
            By = c.Principal.Pseudonym,
            Command = c.Command,
            At = c.At,
            Delivery = c.Delivery,
            Round = round,
            Release = c.Release,
            Contents = c.Contents,
            Message = c.Message,
            Created = c.Created,
            Files = c.Files,
            TotalBytes = c.TotalBytes,
            Private = Sealed<DeliveryDetails>.Close(c.Details, salts[0], FactJson.Default.DeliveryDetails),
        };
        var refusal = c.Refusal.Count > 0 ? c.Refusal : MessageIdReused(state, c);
        if (refusal.Count == 0)
        {
            return Decision.Write(
                new DeliveryStanding(true, false, c.Delivery, round, c.Release, DeliveryFate.Open, []), received);
        }
        var rejected = Rejected(received, refusal, c.Command, c.At, salts[1]);
        return Decision.Write(
            new DeliveryStanding(true, false, c.Delivery, round, c.Release, DeliveryFate.Rejected, refusal),
            received, rejected);
    }

    public static Decision Decide(Delivery state, HandedOver c, Salts salts, long at)
    {
        if (state.Rounds.ElementAtOrDefault(c.Round - 1) is not { Fate: DeliveryFate.Open } open
            || open.Release is not { } release)
        {
            return Decision.Nothing;
        }
        var received = open.Received;
        return c.Outcome switch
        {
            HandOver.Applied => Decision.Write(null, new DeliveryApplied
            {
                Tenant = received.Tenant,
                By = Pseudonym.System,
                Command = received.Command,
                At = at,
                Delivery = received.Delivery,
                Round = c.Round,
                Release = release,
                Revision = c.Revision,
            }),
            HandOver.Superseded => Decision.Write(null, new DeliverySuperseded
            {
                Tenant = received.Tenant,
                By = Pseudonym.System,
                Command = received.Command,
                At = at,
                Delivery = received.Delivery,
                Round = c.Round,
                Release = release,
            }),
            _ => Decision.Write(null, Rejected(received, c.Findings, received.Command, at, salts[0])),
        };
    }

    public static Decision Decide(Delivery state, GetDelivery c, Salts _) => Decision.Answer(
        (c.Round > 0 ? state.Rounds.ElementAtOrDefault(c.Round - 1) : state.Rounds.FindLast(r => r.Fate != DeliveryFate.Rejected) ?? state.Last) is { } asked
            ? Standing(c.Delivery, asked, duplicate: false)
            : new DeliveryStanding(false, false, c.Delivery, 0, null, DeliveryFate.Open, []));

    /// <summary>DDEX: "a MessageSender shall never re-use a MessageId". The same message with other files is a new round.</summary>
    private static IReadOnlyList<Finding> MessageIdReused(Delivery state, SubmitDelivery c) =>
        state.Rounds.FirstOrDefault(r => r.Message != c.Message) is { } other
            ? [Finding.Reject(
                "MESSAGE_ID_REUSED",
                c.Details.FileName,
                c.Details.MessageId,
                $"A message with this id and other content (SHA-256 {other.Message}) was received before; an id names one message for ever.",
                "Send the changed message under a new message id (release.json: raise the revision).")]
            : [];

    private static DeliveryRejected Rejected(
        DeliveryReceived received, IReadOnlyList<Finding> findings, CommandId command, long at, Salt salt) => new()
        {
            Tenant = received.Tenant,
            By = Pseudonym.System,
            Command = command,
            At = at,
            Delivery = received.Delivery,
            Round = received.Round,
            Release = received.Release,
            Rules = FindingLimits.RuleIds(findings),
            Private = Sealed<FindingList>.Close(FindingLimits.Bound(findings), salt, FactJson.Default.FindingList),
        };

    private static DeliveryStanding Standing(EntityId delivery, DeliveryRound round, bool duplicate) =>
        new(true, duplicate, delivery, round.Number, round.Release, round.Fate, round.Findings);
}
