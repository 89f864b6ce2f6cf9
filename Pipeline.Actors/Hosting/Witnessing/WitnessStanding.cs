namespace Pipeline.Actors.Hosting.Witnessing;

/// <summary>How one witness of the policy stands towards our log.</summary>
/// <param name="Name">Of the policy.</param>
/// <param name="IsIndependent">Somebody else runs it, by the word of the operator's configuration.</param>
/// <param name="Size">The size it cosigned last; null while that is not known.</param>
/// <param name="Problem">Why it did not cosign the last time; empty when it did.</param>
public sealed record WitnessStanding(string Name, bool IsIndependent, long? Size, string Problem);
