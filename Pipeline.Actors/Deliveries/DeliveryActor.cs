using Akka.Actor;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Releases;

namespace Pipeline.Actors.Deliveries;

/// <summary>One message id of one sender: receives, recognises repeats, hands over to the release, records the outcome.</summary>
public sealed class DeliveryActor : FactSourcedActor<Delivery>, IWithTimers
{
    /// <summary>How long to wait for the release's answer before asking again.</summary>
    private static readonly TimeSpan HandOverRetry = TimeSpan.FromSeconds(3);

    private readonly Func<IActorRef> _releases;

    public DeliveryActor(string id, Func<IActorRef> releases, TimeProvider time)
        : base($"delivery:{id}", Delivery.Unknown, Delivery.Apply)
    {
        _releases = releases;
        Decide<SubmitDelivery>(DeliveryDecider.Decide);
        Decide<GetDelivery>(DeliveryDecider.Decide);
        Decide<HandedOver>((state, c, salts) =>
            DeliveryDecider.Decide(state, c, salts, time.GetUtcNow().ToUnixTimeMilliseconds()));
        Command<NudgeDelivery>(_ => Continue());
        Command<AskAgain>(_ => Continue());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void Continue()
    {
        var open = State.Rounds.Where(r => r is { Fate: DeliveryFate.Open, Release: not null }).ToList();
        if (open.Count == 0)
        {
            Timers.Cancel(nameof(AskAgain));
            return;
        }
        foreach (var round in open)
        {
            _releases().Tell(SubmitRelease.From(round.Received, round.Release!.Value));
        }
        Timers.StartSingleTimer(nameof(AskAgain), AskAgain.Instance, HandOverRetry);
    }

    private sealed class AskAgain : INoSerializationVerificationNeeded
    {
        public static readonly AskAgain Instance = new();
    }
}
