using System.Collections.Concurrent;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// Puts one object into all stores and answers as soon as the policy is met; what is still under way then goes on on the
/// side, and what fails there is the patrol's to mend. A store that hangs is given up after its patience.
/// </summary>
internal sealed class CopyWriting(
    IReadOnlyList<IObjectStore> stores, CopyPolicy policy, CopyLimits limits, TimeProvider time, Action<CopyTrouble> onTrouble)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _onTheSide = new();

    /// <summary>Per store the moment until which it is not asked.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _silentUntil = new(StringComparer.Ordinal);

    private sealed record Outcome(string Store, bool Proven, Exception? Error);

    /// <param name="path">A local durable file; the first store may link it.</param>
    /// <exception cref="CopiesUnprovenException">Fewer domains than required have proven their copy.</exception>
    public async Task<Custody> WriteAsync(string path, Sha256Digest id, long sizeBytes, CancellationToken cancel)
    {
        // Not bound to the caller's token: what it no longer waits for must outlive its request.
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var waiting = new List<Task<Outcome>>();
        var proven = new List<string>();
        var error = default(Exception);
        try
        {
            using var cancelled = cancel.Register(stop.Cancel);
            if (stores[0] is FileStore files)
            {
                Note(await PutAsync(files, path, id, sizeBytes, stop.Token));
                // The others copy from there: the caller may remove its own file once it has its answer.
                path = proven.Count > 0 ? files.PathOf(id) : path;
                waiting.AddRange(stores.Skip(1).Select(s => PutAsync(s, path, id, sizeBytes, stop.Token)));
            }
            else
            {
                waiting.AddRange(stores.Select(s => PutAsync(s, path, id, sizeBytes, stop.Token)));
            }
            while (waiting.Count > 0 && (!policy.IsEnough(proven) || waiting.Exists(w => w.IsCompleted)))
            {
                var done = await Task.WhenAny(waiting);
                waiting.Remove(done);
                Note(await done);
            }
            cancel.ThrowIfCancellationRequested();
            var custody = policy.Judge(id, sizeBytes, proven);
            return custody.Domains >= policy.Required
                ? custody
                : throw new CopiesUnprovenException(id, custody.Domains, policy.Required, error);
        }
        finally
        {
            LeaveToThemselves(waiting, stop);
        }

        void Note(Outcome outcome)
        {
            if (outcome.Proven)
            {
                proven.Add(outcome.Store);
            }
            error ??= outcome.Error;
        }
    }

    /// <summary>Gives what is under way on the side a moment, then gives it up: the patrol finds what is missing.</summary>
    public async ValueTask DisposeAsync()
    {
        var rest = Task.WhenAll(_onTheSide.Keys);
        _stopping.CancelAfter(TimeSpan.FromSeconds(limits.StopPatienceSeconds));
        await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private void LeaveToThemselves(List<Task<Outcome>> waiting, CancellationTokenSource stop)
    {
        if (waiting.Count == 0)
        {
            stop.Dispose();
            return;
        }
        if (_onTheSide.Count >= limits.MaxCopiesOnTheSide)
        {
            stop.Cancel();
        }
        var rest = Task.WhenAll(waiting);
        _onTheSide.TryAdd(rest, true);
        _ = rest.ContinueWith(
            done =>
            {
                _onTheSide.TryRemove(done, out _);
                stop.Dispose();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task<Outcome> PutAsync(
        IObjectStore store, string path, Sha256Digest id, long sizeBytes, CancellationToken cancel)
    {
        if (_silentUntil.TryGetValue(store.Name, out var until) && time.GetUtcNow() < until)
        {
            return Failed(new IOException($"{store.Name} did not answer in time a moment ago and is not asked now"));
        }
        using var patience = new CancellationTokenSource(limits.PatienceFor(sizeBytes), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            var proven = await ReplacingAsync(store, path, id, sizeBytes, either.Token).WaitAsync(either.Token);
            _silentUntil.TryRemove(store.Name, out _);
            return new Outcome(store.Name, proven, null);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            _silentUntil[store.Name] = time.GetUtcNow().AddSeconds(limits.SilenceSeconds);
            return Failed(new IOException($"{store.Name} did not take {sizeBytes} bytes within {limits.PatienceFor(sizeBytes).TotalSeconds:0} s"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failed(e);
        }

        Outcome Failed(Exception error)
        {
            onTrouble(new CopyTrouble.NotTaken(id, store.Name, error.Message));
            return new Outcome(store.Name, false, error);
        }
    }

    /// <summary>A damaged copy met here gives way: the good one is in our hand.</summary>
    private async Task<bool> ReplacingAsync(
        IObjectStore store, string path, Sha256Digest id, long sizeBytes, CancellationToken cancel)
    {
        try
        {
            return await store.PutAsync(id, path, sizeBytes, cancel);
        }
        catch (Exception e) when (e is ObjectDamagedException or ObjectUnreadableException && store.Access is StoreAccess.ReadWrite)
        {
            if (await store.ReplaceAsync(id, path, sizeBytes, cancel) is { } kept)
            {
                onTrouble(new CopyTrouble.Replaced(id, store.Name, kept));
            }
            return true;
        }
    }
}
