using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// How many bytes may be read by when: a bucket that fills at a steady rate and may be overdrawn by one read, which is
/// then waited for. Over any stretch of time no more passes than rate times time, one burst and one read.
/// </summary>
/// <param name="BytesPerSecond">At least 1.</param>
/// <param name="BalanceBytes">Negative while overdrawn.</param>
/// <param name="AtTicks">When the balance was struck, in ticks of 100 ns of any clock that never goes back.</param>
public readonly record struct TokenBucket(long BytesPerSecond, long BalanceBytes, long AtTicks)
{
    /// <summary>What an idle bucket saves up: a pause is not made up for by a storm of reads.</summary>
    public const int BurstMilliseconds = 250;

    private long BurstBytes => Math.Max(1, BytesPerSecond / 1000 * BurstMilliseconds);

    public static TokenBucket Full(long bytesPerSecond, long nowTicks)
    {
        Invariant.Require(bytesPerSecond > 0, "a bandwidth is positive");
        var empty = new TokenBucket(bytesPerSecond, 0, nowTicks);
        return empty with { BalanceBytes = empty.BurstBytes };
    }

    /// <summary>Takes <paramref name="bytes"/> at once; they may be read after <c>Wait</c>.</summary>
    public (TokenBucket After, TimeSpan Wait) Take(long bytes, long nowTicks)
    {
        var filled = Fill(nowTicks);
        var after = filled with { BalanceBytes = filled.BalanceBytes - bytes };
        return (after, after.BalanceBytes >= 0
            ? TimeSpan.Zero
            : TimeSpan.FromTicks((long)((Int128)(-after.BalanceBytes) * TimeSpan.TicksPerSecond / BytesPerSecond)));
    }

    private TokenBucket Fill(long nowTicks)
    {
        var earned = (Int128)Math.Max(0, nowTicks - AtTicks) * BytesPerSecond / TimeSpan.TicksPerSecond;
        if (BalanceBytes + earned >= BurstBytes)
        {
            return this with { BalanceBytes = BurstBytes, AtTicks = nowTicks };
        }
        // Only the time of whole bytes is used up: often and little must earn as much as seldom and much.
        var used = (long)(earned * TimeSpan.TicksPerSecond / BytesPerSecond);
        return this with { BalanceBytes = BalanceBytes + (long)earned, AtTicks = AtTicks + used };
    }
}

/// <summary>A <see cref="TokenBucket"/> on a clock. Safe for several threads.</summary>
public sealed class BandwidthBudget(TimeProvider time, long? bytesPerSecond)
{
    private readonly Lock _gate = new();
    private TokenBucket? _bucket = bytesPerSecond is { } rate ? TokenBucket.Full(rate, Ticks(time)) : null;

    /// <summary>Reads as fast as the medium gives.</summary>
    public static BandwidthBudget Unlimited { get; } = new(TimeProvider.System, null);

    /// <summary>Returns when <paramref name="bytes"/> may be read. Blocks: for threads that do nothing else.</summary>
    public void Take(long bytes, CancellationToken cancel)
    {
        TimeSpan wait;
        lock (_gate)
        {
            if (_bucket is not { } bucket)
            {
                return;
            }
            (_bucket, wait) = bucket.Take(bytes, Ticks(time));
        }
        if (wait > TimeSpan.Zero)
        {
            Task.Delay(wait, time, cancel).Wait(cancel);
        }
    }

    private static long Ticks(TimeProvider time) => time.GetElapsedTime(0).Ticks;
}
