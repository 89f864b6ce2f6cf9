using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Pipeline.Actors.Hosting.Witnessing;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// A node's hold on the log: the store, the directory, the keys, and whether it is halted. Any node may read; which one
/// sequences is decided by the epoch in the database alone.
/// </summary>
public sealed class LogKeeping : IDisposable
{
    // Once the tables were there, an error in reading them is an error.
    private volatile bool _made;
    private volatile string? _halted;
    private long _waitedFor;

    private readonly DbDataSource _db;

    private LogKeeping(string origin, string directory, SequencerStore store, LogSigner signer, DbDataSource db, Witnesses witnesses) =>
        (Origin, Directory, Store, Signer, _db, Witnesses) = (origin, directory, store, signer, db, witnesses);

    public string Origin { get; }

    /// <summary>The log directory.</summary>
    public string Directory { get; }

    public SequencerStore Store { get; }

    public LogSigner Signer { get; }

    /// <summary>The public keys that our origin has had.</summary>
    public LogVkeys Keys => Signer.Keys;

    /// <summary>Who is asked to cosign.</summary>
    public Witnesses Witnesses { get; }

    /// <summary>
    /// Why nothing is sequenced, whichever node met it; null when all is well. Reading stays up. Asks the database, because
    /// the node that halted is usually another one.
    /// </summary>
    public string? Halted
    {
        get
        {
            if (_halted is not null || !_made)
            {
                return _halted;
            }
            using var db = _db.OpenConnection();
            return db.ExecuteScalar<string?>("SELECT reason FROM log_halt WHERE id = 1");
        }
    }

    public LogChanges Changes { get; } = new();

    /// <summary>Cause, evidence and the one safe thing to do, for every page and check.</summary>
    public void Halt(string why)
    {
        _halted = why;
        Metrics.LogHalted.Set(1);
        using var db = _db.OpenConnection();
        db.Execute("INSERT INTO log_halt (id, reason) VALUES (1, @why) ON CONFLICT (id) DO UPDATE SET reason = @why", new { why });
        Changes.Signal();
    }

    /// <summary>Whoever passed the start-up check takes the halt away, on every node.</summary>
    public void Resume()
    {
        _halted = null;
        Metrics.LogHalted.Set(0);
        using var db = _db.OpenConnection();
        db.Execute("DELETE FROM log_halt");
    }

    /// <summary>The committed head; null while no sequencer has made the log's tables yet.</summary>
    public LogHead? Head()
    {
        if (_made)
        {
            return Store.ReadHead();
        }
        var head = Store.FindHead();
        _made = head is not null;
        return head;
    }

    /// <summary>Somebody waits for a proof: publish at once instead of once a second.</summary>
    public void WaitsFor(long index)
    {
        Interlocked.Exchange(ref _waitedFor, Math.Max(Interlocked.Read(ref _waitedFor), index + 1));
        Changes.Signal();
    }

    /// <summary>Does anybody wait for something beyond this published size?</summary>
    public bool IsWaitedForBeyond(long publishedSize) => Interlocked.Read(ref _waitedFor) > publishedSize;

    public void Dispose()
    {
        Witnesses.Dispose();
        Signer.Dispose();
        Store.Dispose();
    }

    private static bool IsAddress(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https";

    /// <summary>Finds the keys. Refuses to touch a log that is signed by others, or by later ones.</summary>
    public static LogKeeping Open(NodeOptions options, DataDirectory data, Stores stores, IDisk disk)
    {
        var origin = data.Format.Origin;
        DurableFile.EnsureDirectory(disk, options.Log);
        var signer = LogKeys.OpenOrMake(options.Keys, origin, disk);
        switch (ShownKeys.Look(disk, options.Log, signer.Keys))
        {
            case ShownKeys.Fit(var keys):
                signer.Learn(keys);
                break;
            case ShownKeys.Contradict(var why, var isLater, _):
                signer.Dispose();
                throw new StartupRefusedException(isLater
                    ? $"The keys in {options.Keys} are older than the log in {options.Log}: {why}. Put the newer ones back from your key backup; nothing was written. Runbook: ops/docs/runbooks/rotate-the-log-key.md"
                    : $"The log in {options.Log} is signed by another key than the one in {options.Keys}: {why}. Give --log and --keys that belong together; nothing was written.");
        }
        var store = new SequencerStore(stores.Log, stores.Dialect, RandomNumberGenerator.GetBytes);
        var independent = (options.Config.IndependentWitnesses ?? []).ToHashSet(StringComparer.Ordinal);
        return new LogKeeping(
            origin, options.Log, store, signer, stores.Log,
            new Witnesses(PolicyOf(options, signer.Keys.Current), independent, (old, size) => ProofBuilder.Consistency(old, size, store.ReadNodes)));
    }

    /// <summary>A policy that is not about our log would never be satisfied, and money would wait for ever.</summary>
    private static TrustPolicy? PolicyOf(NodeOptions options, NoteVerifierKey own)
    {
        if (options.PolicyPath is not { } path)
        {
            return null;
        }
        if (!TrustPolicy.TryParse(File.ReadAllBytes(path), out var policy, out var problem))
        {
            throw new StartupRefusedException($"{path}: {problem}. Mend the policy; nothing was written.");
        }
        if (policy.Witnesses.FirstOrDefault(w => w.Url is { } url && !IsAddress(url)) is { } wrong)
        {
            throw new StartupRefusedException($"{path}: witness {wrong.Name} has the address '{wrong.Url}', which is no http or https URL. Mend the policy; nothing was written.");
        }
        return policy.Logs.Any(l => l.Key.Vkey == own.Vkey)
            ? policy
            : throw new StartupRefusedException($"{path} does not name this log: add the line 'log {own.Vkey}'.");
    }
}

/// <summary>Tells whoever waits on this node that the log or the read model moved. A hint: who misses it looks again soon.</summary>
public sealed class LogChanges
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Signal() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Returns at the next signal or after <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancel)
    {
        var next = Volatile.Read(ref _next).Task;
        await Task.WhenAny(next, Task.Delay(atMost, cancel));
        cancel.ThrowIfCancellationRequested();
    }
}
