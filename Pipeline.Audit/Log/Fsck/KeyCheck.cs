namespace Pipeline.Audit.Log;

/// <summary>
/// Which keys a log's checkpoint is held against: those that the caller trusts, or for want of any the log's own. A log's
/// own list of keys is never a reason to trust one of them; it tells which key to ask for.
/// </summary>
internal sealed class KeyCheck(FsckFindings findings, Func<string, int, byte[]?> read)
{
    /// <summary>What the log shows of its keys; null when that cannot be read.</summary>
    internal LogVkeys? Own { get; private set; }

    /// <summary>Keys that the checkpoint must be signed by, one of them at least; empty when there is none.</summary>
    internal IReadOnlyList<NoteVerifierKey> Trusted { get; private set; } = [];

    /// <summary>Under which a checkpoint is known that the caller kept: whatever signed it then.</summary>
    internal IReadOnlyList<NoteVerifierKey> Known =>
        [.. Trusted.Concat(Own?.All.Where(k => Trusted.Any(t => t.Name == k.Name)) ?? []).DistinctBy(k => k.Vkey, StringComparer.Ordinal)];

    internal void Run(FsckOptions options)
    {
        Own = ReadOwn();
        Trusted = options.LogKeys.Count > 0 ? options.LogKeys : OfPolicy(options.Policy);
        if (Trusted.Count == 0)
        {
            findings.NotChecked.Add("Whose log it is: the key was taken from the log's own vkey file; compare it with one you have from elsewhere.");
            Trusted = Own?.All ?? [];
            return;
        }
        if (Own is not null && !Own.All.Any(own => Trusted.Any(t => t.Vkey == own.Vkey)))
        {
            findings.Defect(LogLayout.Vkey, "is not the key that was given");
        }
    }

    /// <summary>Says by whom a believed checkpoint is signed, and what a change of key means for the reader.</summary>
    internal void SaySignedBy(long size, IReadOnlyList<NoteVerifierKey> by)
    {
        findings.Checked.Add($"The checkpoint of size {size} is signed by {string.Join(" and ", by.Select(k => k.Vkey))}.");
        if (Own is not { } own)
        {
            return;
        }
        if (own.All.Count > 1)
        {
            findings.Checked.Add($"The log has had {own.All.Count} keys, {own.Retired.Count} of them retired; vkeys lists them and vkey is one of them.");
        }
        if (by.All(k => own.Retired.Any(r => r.Vkey == k.Vkey)))
        {
            findings.Note($"the checkpoint carries only the line of a key that is retired; the next one will need {own.Current.Vkey}");
        }
        else if (!Trusted.Any(t => t.Vkey == own.Current.Vkey))
        {
            findings.Note($"the log's current key is {own.Current.Vkey}, which was not given: checkpoints will soon carry its line alone");
        }
        else if (own.Next is { } next && !Trusted.Any(t => t.Vkey == next.Vkey))
        {
            findings.Note($"a change of key is under way: {next.Vkey} is the next, get it from a source you trust before the change ends");
        }
    }

    /// <summary>Why a checkpoint is not believed: with the key that would be needed, where the log's own list tells it.</summary>
    internal string Explain(string problem, ReadOnlySpan<byte> note)
    {
        if (Own is not { } own || !Trusted.Any(own.Has) || !Checkpoint.TryOpen(note, own.All, out _, out var by, out _)
            || by.Any(k => Trusted.Any(t => t.Vkey == k.Vkey)))
        {
            return problem;
        }
        var needed = by.FirstOrDefault(k => k.Vkey == own.Current.Vkey) ?? by[^1];
        return $"is signed by {needed.Vkey} and not by the key that was given, which {LogLayout.Vkeys} lists beside it: the log has changed its key. Get that key from a source you trust and give it";
    }

    private LogVkeys? ReadOwn()
    {
        var vkey = read(LogLayout.Vkey, LogVkeys.MaxBytes);
        var vkeys = read(LogLayout.Vkeys, LogVkeys.MaxBytes);
        if (vkey is null)
        {
            findings.Defect(LogLayout.Vkey, "is missing");
            return null;
        }
        if (LogVkeys.TryRead(vkey, vkeys, out var keys, out var file, out var problem))
        {
            return keys;
        }
        findings.Defect(file, problem);
        // The one key is still good to look at the rest with.
        return file == LogLayout.Vkeys && LogVkeys.TryRead(vkey, null, out var alone, out _, out _) ? alone : null;
    }

    /// <summary>The policy's keys for this log: those of its own origin, where the policy names it.</summary>
    private IReadOnlyList<NoteVerifierKey> OfPolicy(TrustPolicy? policy) =>
        policy is null ? []
        : Own is not null && policy.KeysOf(Own.Current.Name) is { Count: > 0 } named ? named
        : policy.Logs is [var first, ..] ? [first.Key]
        : [];
}
