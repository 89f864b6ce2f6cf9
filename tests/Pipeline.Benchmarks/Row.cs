using System.Globalization;
using System.Text.Json;

namespace Pipeline.Benchmarks;

/// <summary>One metric: what we reach, what the limit or the peer reaches in the same run, and what we want.</summary>
/// <param name="Ours">In <paramref name="Unit"/>.</param>
/// <param name="Theirs">The same, of the limit or peer that the name states.</param>
/// <param name="Goal">What <paramref name="Ours"/> must reach: at least it when more is better, else at most.</param>
internal sealed record Row(string Name, string Unit, double Ours, double Theirs, double Goal, bool MoreIsBetter)
{
    public bool Met => MoreIsBetter ? Ours >= Goal : Ours <= Goal;

    /// <summary>How near the limit we are: 1 is as good, below is worse.</summary>
    private double Ratio => MoreIsBetter ? Ours / Theirs : Theirs / Ours;

    public string Format(bool json) => json
        ? JsonSerializer.Serialize(new
        {
            name = Name,
            unit = Unit,
            ours = Math.Round(Ours, 3),
            theirs = Math.Round(Theirs, 3),
            ratio = Math.Round(Ratio, 3),
            goal = Goal,
            met = Met,
        })
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{Name,-72} {Ours,12:N2} {Theirs,12:N2} {Ratio,7:N2} {(MoreIsBetter ? ">=" : "<=")} {Goal,10:N2} {Unit,-9} {(Met ? "met" : "MISSED")}");

    public static string Heading { get; } =
        string.Create(CultureInfo.InvariantCulture, $"{"name",-72} {"ours",12} {"theirs",12} {"ratio",7} {"goal",13} unit");
}
