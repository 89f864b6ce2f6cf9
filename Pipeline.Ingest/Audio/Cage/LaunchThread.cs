using System.Collections.Concurrent;
using System.Diagnostics;

namespace Pipeline.Ingest.Audio;

/// <summary>
/// The one thread that starts decoders. <c>bwrap --die-with-parent</c> asks the kernel for a signal when its parent
/// dies, and the kernel means the thread that forked, not the process (prctl(2), PR_SET_PDEATHSIG): started from the
/// thread pool, a decoder is killed whenever the pool retires that thread. This one lives as long as the node.
/// </summary>
internal static class LaunchThread
{
    private static readonly BlockingCollection<(Process Process, TaskCompletionSource Started)> Waiting = [];

    static LaunchThread() => new Thread(Launch) { IsBackground = true, Name = "decoder launcher" }.Start();

    /// <summary>As <see cref="Process.Start()"/>, with its exceptions.</summary>
    public static Task Start(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Waiting.Add((process, started));
        return started.Task;
    }

    private static void Launch()
    {
        foreach (var (process, started) in Waiting.GetConsumingEnumerable())
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception whatever) when (whatever is not OutOfMemoryException)
            {
                started.SetException(whatever);
            }
        }
    }
}
