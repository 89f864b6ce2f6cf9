namespace Pipeline.Actors.Patrol;

/// <summary>An order and how far it is. Written by the patrol's work, read by its actor at any moment.</summary>
internal sealed class PatrolRun(long number, PatrolOrder order, int megabytesPerSecond)
{
    private long _copiesRead;
    private long _bytesRead;
    private long _copies;
    private long _bytes;
    private volatile string? _end;

    public long Number { get; } = number;

    public PatrolOrder Order { get; } = order;

    /// <summary>0 reads as fast as the media give.</summary>
    public int MegabytesPerSecond { get; } = megabytesPerSecond;

    public bool Running => _end is null;

    public long Copies
    {
        get => Interlocked.Read(ref _copies);
        set => Interlocked.Exchange(ref _copies, value);
    }

    public long Bytes
    {
        get => Interlocked.Read(ref _bytes);
        set => Interlocked.Exchange(ref _bytes, value);
    }

    public void CountCopy() => Interlocked.Increment(ref _copiesRead);

    public void CountBytes(long bytes) => Interlocked.Add(ref _bytesRead, bytes);

    /// <param name="problem">Empty when it is done.</param>
    public void End(string problem) => _end = problem;

    public PatrolStanding Standing(long patrol) => new(
        patrol, Number, Order, Running, Copies, Interlocked.Read(ref _copiesRead), Bytes, Interlocked.Read(ref _bytesRead), _end ?? "");
}
