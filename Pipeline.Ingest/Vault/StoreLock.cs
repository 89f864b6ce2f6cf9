using Pipeline.Audit.Durable;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// Held by whoever takes a name of a directory tree away or over, among all processes that share it. Without it, two
/// that met one damaged file could each make room for a good one, and the second would remove the first's.
/// </summary>
internal static class StoreLock
{
    /// <summary>Hashing the largest object under the lock takes minutes; who waits longer has met something stuck.</summary>
    public const int PatienceSeconds = 600;

    private const int LookMilliseconds = 20;

    /// <exception cref="IOException">Somebody held it all that time.</exception>
    public static async Task<IDisposable> TakeAsync(IDisk disk, string root, CancellationToken cancel)
    {
        for (var looks = 0; looks < PatienceSeconds * 1000 / LookMilliseconds; looks++)
        {
            if (disk.TryLock(Path.Combine(root, "changing")) is { } held)
            {
                return held;
            }
            await Task.Delay(LookMilliseconds, cancel);
        }
        throw new IOException($"{root}/changing was locked by somebody else for {PatienceSeconds} s");
    }
}
