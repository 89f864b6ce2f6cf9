using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Pipeline.Actors.Hosting.Witnessing;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// A node's hold on the log: the store, the directory, the key, and whether it is halted. Any node may read; which one
/// sequences is decided by the epoch in the database alone.
/// </summary>
public sealed class LogKeeping : IDisposable
{
    // Once the tables were there, an error in reading them is an error.
    private volatile bool _made;
    private volatile string? _halted;
    private long _waitedFor;

    private readonly DbDataSource _db;

    private LogKeeping(string origin, string directory, SequencerStore store, NoteSigner signer, DbDataSource db, Witnesses witnesses) =>
        (Origin, Directory, Store, Signer, _db, Witnesses) = (origin, directory, store, signer, db, witnesses);

    public string Origin { get; }

    /// <summary>The log directory.</summary>
    public string Directory { get; }

    public SequencerStore Store { get; }

    public NoteSigner Signer { get; }

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

    /// <summary>Finds the key. Refuses to touch a log that is signed by another one.</summary>
    public static LogKeeping Open(NodeOptions options, DataDirectory data, Stores stores, IDisk disk)
    {
        var origin = data.Format.Origin;
        DurableFile.EnsureDirectory(disk, options.Log);
        var signer = LogKeys.OpenOrMake(options.Keys, origin, disk);
        var vkey = Path.Combine(options.Log, LogLayout.Vkey);
        if (File.Exists(vkey) && File.ReadAllText(vkey).TrimEnd('\n') != signer.VerifierKey.Vkey)
        {
            signer.Dispose();
            throw new StartupRefusedException(
                $"The log in {options.Log} is signed by another key than the one in {options.Keys}. Give --log and --keys that belong together; nothing was written.");
        }
        var store = new SequencerStore(stores.Log, stores.Dialect, RandomNumberGenerator.GetBytes);
        var independent = (options.Config.IndependentWitnesses ?? []).ToHashSet(StringComparer.Ordinal);
        return new LogKeeping(
            origin, options.Log, store, signer, stores.Log,
            new Witnesses(PolicyOf(options, signer.VerifierKey), independent, (old, size) => ProofBuilder.Consistency(old, size, store.ReadNodes)));
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

/// <summary>The log's key: one file a log, named by its origin, readable by its owner alone, outside the data directory.</summary>
public static class LogKeys
{
    private const int MaxKeyBytes = 4096;

    public static string PathOf(string keys, string origin) =>
        Path.Combine(keys, origin.Replace('/', '_') + ".key");

    /// <exception cref="StartupRefusedException">The file is no key of this origin.</exception>
    public static NoteSigner OpenOrMake(string keys, string origin, IDisk disk)
    {
        var path = PathOf(keys, origin);
        if (!disk.FileExists(path))
        {
            DurableFile.EnsureDirectory(disk, keys);
            File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var text = NoteSigner.FormatKeyFile(origin, RandomNumberGenerator.GetBytes(NoteSigner.SeedBytes)) + "\n";
            // Two nodes may start at once: the first to link its key wins, the other reads it. If we crash here, the key
            // signed nothing yet.
            var temporary = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
            DurableFile.WriteOnce(disk, path, System.Text.Encoding.ASCII.GetBytes(text), temporary);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return Open(keys, origin, disk);
    }

    /// <summary>The key that is there; makes none.</summary>
    /// <exception cref="StartupRefusedException">There is none, or it is no key of this origin.</exception>
    public static NoteSigner Open(string keys, string origin, IDisk disk)
    {
        var path = PathOf(keys, origin);
        if (!disk.FileExists(path))
        {
            throw new StartupRefusedException($"The log's key {path} is missing. Put it back from your key backup, or say with --keys where it is; nothing was changed.");
        }
        var found = System.Text.Encoding.ASCII.GetString(DurableFile.ReadAll(disk, path, MaxKeyBytes)).TrimEnd('\n');
        return NoteSigner.TryParseKeyFile(found, out var signer, out var problem) && signer.VerifierKey.Name == origin
            ? signer
            : throw new StartupRefusedException($"{path} is not the key of {origin}: {problem ?? "it names another log"}. Restore it from your key backup.");
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
