using Pipeline.Actors.Messages;
using Pipeline.Audit.Evidence;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Projections;

/// <summary>What an operator may set of the census, as <c>"census": { … }</c> in the configuration.</summary>
/// <param name="EverySeconds">From one census to the next; a day.</param>
public sealed record CensusConfig(int EverySeconds = 86_400)
{
    /// <summary>Seldom enough to be no census at all.</summary>
    public const int MaxEverySeconds = 31 * 86_400;

    public TimeSpan Every => TimeSpan.FromSeconds(EverySeconds);

    /// <exception cref="InvalidDataException">A value that cannot be meant.</exception>
    public CensusConfig Checked() => EverySeconds is >= 1 and <= MaxEverySeconds
        ? this
        : throw new InvalidDataException($"census.everySeconds is {EverySeconds}; 1 to {MaxEverySeconds} can be kept");
}

/// <summary>The last census.</summary>
/// <param name="Number">How many there were.</param>
/// <param name="At">When the last was written, ms since 1970 UTC; null before the first.</param>
/// <param name="AsOf">Entries the last speaks of.</param>
public sealed record CensusState(long Number, long? At, long AsOf)
{
    public static readonly CensusState Initial = new(0, null, 0);

    public static CensusState Apply(CensusState state, Fact fact) =>
        fact is Census census ? new CensusState(state.Number + 1, census.At, census.AsOf) : state;
}

/// <summary>The journal was counted up to the row that the log's last entry came from.</summary>
/// <param name="AsOf">Entries of the log at that row.</param>
public sealed record NoteCensus(long AsOf, CensusCount Count, long At) : Akka.Actor.INoSerializationVerificationNeeded;

/// <summary>When a census is due, and what it says. Pure.</summary>
public static class CensusDecider
{
    /// <summary>
    /// Due from the last census, or from the installation's first fact, never from a start; and only when the log has grown
    /// by more than that census itself.
    /// </summary>
    /// <param name="size">Entries of the log.</param>
    /// <param name="firstFact">Time of the first fact, ms since 1970 UTC.</param>
    public static bool IsDue(CensusState state, long size, long firstFact, long now, TimeSpan every) =>
        size > state.AsOf + 1 && now - (state.At ?? firstFact) >= (long)every.TotalMilliseconds;

    public static Decision Decide(CensusState state, NoteCensus note, Salts salts) => note.AsOf <= state.AsOf + 1
        ? Decision.Nothing
        : Decision.Write(null, new Census
        {
            Tenant = TenantId.Local,
            By = Pseudonym.System,
            Command = CommandId.Parse($"census/{state.Number + 1}"),
            At = note.At,
            AsOf = note.AsOf,
            Sources = note.Count.Sources,
            Facts = note.Count.Facts,
            Deliveries = note.Count.Deliveries,
            Releases = note.Count.Releases,
            Uploads = note.Count.Uploads,
            Root = note.Count.Root,
        });
}
