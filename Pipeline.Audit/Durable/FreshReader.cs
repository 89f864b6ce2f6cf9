using Microsoft.Win32.SafeHandles;

namespace Pipeline.Audit.Durable;

/// <summary>Reads a file past the page cache, and leaves nothing of it there.</summary>
internal sealed class FreshReader(int descriptor)
    : FileStream(new SafeFileHandle(Forget(descriptor), ownsHandle: true), FileAccess.Read, bufferSize: 0)
{
    private int _descriptor = descriptor;

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _descriptor, -1) is >= 0 and var open)
        {
            Forget(open);
        }
        base.Dispose(disposing);
    }

    /// <summary>Advice, so no error matters: a file system without a cache of this kind reads from its medium anyway.</summary>
    private static nint Forget(int descriptor)
    {
        _ = PosixCalls.Advise(descriptor, 0, 0, PosixCalls.AdviseNotNeeded);
        _ = PosixCalls.Advise(descriptor, 0, 0, PosixCalls.AdviseSequential);
        return descriptor;
    }
}
