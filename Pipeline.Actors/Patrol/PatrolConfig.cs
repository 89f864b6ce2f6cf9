using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>What an operator may set of the patrol, as <c>"patrol": { … }</c> in the configuration.</summary>
/// <param name="MegabytesPerSecond">Budget of the patrol in 10^6 bytes a second; orders given by hand have their own.</param>
/// <param name="EveryDays">Days from the beginning of one round to that of the next.</param>
/// <param name="UnclaimedAfterDays">Days for which nothing may own an object before it moves to <c>unclaimed/</c>.</param>
public sealed record PatrolConfig(int MegabytesPerSecond = 20, int EveryDays = 30, int UnclaimedAfterDays = 7)
{
    /// <summary>A copy that is read less than once in ten years is not patrolled.</summary>
    public const int MaxEveryDays = 3650;

    /// <summary>A retry of a delivery may come days after its bytes.</summary>
    public const int MinUnclaimedAfterDays = 1;

    /// <exception cref="InvalidDataException">A value that cannot be meant.</exception>
    public PatrolConfig Checked() =>
        MegabytesPerSecond is < FixityLimits.MinMegabytesPerSecond or > FixityLimits.MaxMegabytesPerSecond
            ? throw new InvalidDataException($"patrol.megabytesPerSecond is {MegabytesPerSecond}; {FixityLimits.MinMegabytesPerSecond} to {FixityLimits.MaxMegabytesPerSecond} can be kept")
        : EveryDays is < 1 or > MaxEveryDays
            ? throw new InvalidDataException($"patrol.everyDays is {EveryDays}; 1 to {MaxEveryDays} can be kept")
        : UnclaimedAfterDays is < MinUnclaimedAfterDays or > MaxEveryDays
            ? throw new InvalidDataException($"patrol.unclaimedAfterDays is {UnclaimedAfterDays}; at least {MinUnclaimedAfterDays}, since senders come back")
        : this;
}
