using Akka.Actor;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Uploads;

/// <summary>
/// One request's right to one upload's files, given by its actor on the same node. Whoever has it writes; when another
/// request wants the upload, the token ends the holder's wait for bytes: soon when none come, a little later when they do.
/// </summary>
public sealed class UploadLease : IDisposable, INoSerializationVerificationNeeded
{
    /// <summary>Without a byte for this long, the sender is taken for gone.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(200);

    /// <summary>After this time the newer request goes first, whatever the older one does.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private const int Given = 0;
    private const int Taken = 1;
    private const int Revoked = 2;

    private readonly CancellationTokenSource _wanted = new();
    private readonly TimeProvider _time;
    private long _lastProgress;
    private int _preempting;
    private int _fate = Given;

    public UploadLease(SpooledUpload spooled, IActorRef owner, TimeProvider time)
    {
        (Spooled, Owner, _time) = (spooled, owner, time);
        _lastProgress = time.GetTimestamp();
        Wanted = _wanted.Token;
    }

    /// <summary>Only the holder touches it.</summary>
    public SpooledUpload Spooled { get; }

    /// <summary>Told when the holder is done.</summary>
    public IActorRef Owner { get; }

    /// <summary>Cancelled when the holder should keep what it has and let go.</summary>
    public CancellationToken Wanted { get; }

    /// <summary>Called once by whoever received it; false when the actor has given up waiting for that.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _fate, Taken, Given) == Given;

    /// <summary>By the actor: true when nobody took it, and from now on nobody can.</summary>
    public bool TryRevoke() => Interlocked.CompareExchange(ref _fate, Revoked, Given) == Given;

    /// <summary>The holder received bytes.</summary>
    public void Progressed() => Volatile.Write(ref _lastProgress, _time.GetTimestamp());

    /// <summary>Somebody else waits for the upload.</summary>
    public void Preempt()
    {
        if (Interlocked.Exchange(ref _preempting, 1) == 0)
        {
            _ = PreemptAsync();
        }
    }

    /// <summary>By the actor, once the holder has let go.</summary>
    public void Dispose() => _wanted.Dispose();

    private async Task PreemptAsync()
    {
        var since = _time.GetTimestamp();
        try
        {
            while (_time.GetElapsedTime(since) < Patience && _time.GetElapsedTime(Volatile.Read(ref _lastProgress)) < Silence)
            {
                await Task.Delay(Look, _time);
            }
            await _wanted.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The holder let go by itself meanwhile.
        }
    }
}
