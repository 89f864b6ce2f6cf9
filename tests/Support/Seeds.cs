namespace Pipeline.Tests.Support;

/// <summary>
/// The seed of a randomised test: rotates with every run, is printed, and is taken from <c>MP_TEST_SEED</c> to repeat
/// a failure.
/// </summary>
public static class Seeds
{
    private static readonly int OfThisRun =
        int.TryParse(Environment.GetEnvironmentVariable("MP_TEST_SEED"), out var given)
            ? given
            : System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>A generator for one test; <paramref name="print"/> is usually <c>output.WriteLine</c>.</summary>
    public static Random ForTest(Action<string> print, int salt = 0)
    {
        print($"MP_TEST_SEED={OfThisRun}");
        return new Random(unchecked(OfThisRun * 31 + salt));
    }

    /// <summary>
    /// Is it this test's turn? Of tests that share a run's time one runs by the seed; the others are skipped and say so, and
    /// <c>MP_TEST_LONG=1</c> runs them all.
    /// </summary>
    /// <param name="which">From 0, below <paramref name="of"/>.</param>
    public static bool IsTurnOf(int which, int of) =>
        Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1" || OfThisRun % of == which;

    /// <summary>What a test says whose turn it is not.</summary>
    public const string NotItsTurn = "it takes turns with another, by the seed; ops/test long runs both";
}
