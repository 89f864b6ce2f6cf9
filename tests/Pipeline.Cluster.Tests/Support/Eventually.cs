using System.Diagnostics;

namespace Pipeline.Cluster.Tests.Support;

/// <summary>Waits for what another process will show some day: the only place in these tests where time passes by itself.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>False when it did not become true in time.</summary>
    public static async Task<bool> TryAsync(Func<Task<bool>> holds, TimeSpan atMost, TimeSpan? look = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(started) > atMost)
            {
                return false;
            }
            await Task.Delay(look ?? Look);
        }
        return true;
    }

    /// <summary>Fails the test with <paramref name="otherwise"/> when it did not become true in time.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> holds, TimeSpan atMost, Func<string> otherwise) =>
        Assert.True(await TryAsync(holds, atMost), otherwise());
}
