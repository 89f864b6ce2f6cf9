using System.Diagnostics;

namespace Pipeline.Benchmarks;

/// <summary>The stopwatch of all rows.</summary>
internal static class Timing
{
    public static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The best of a few: what else the machine does only ever adds.</summary>
    public static double BestSeconds(int rounds, Action action) => Enumerable.Range(0, rounds).Select(_ => Seconds(action)).Min();

    public static double MedianMilliseconds(int rounds, Action action) =>
        Enumerable.Range(0, rounds).Select(_ => Seconds(action) * 1000).Order().ElementAt(rounds / 2);
}
