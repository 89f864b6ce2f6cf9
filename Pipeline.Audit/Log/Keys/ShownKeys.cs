using Pipeline.Audit.Durable;

namespace Pipeline.Audit.Log;

/// <summary>How the keys at hand stand to those that the log directory shows.</summary>
public abstract record ShownKeys
{
    private ShownKeys()
    {
    }

    /// <summary>They are one origin's, and ours are the newer or the same. The directory may be behind: <see cref="Write"/> mends that.</summary>
    /// <param name="Keys">Ours, with retired keys that only the directory knew.</param>
    public sealed record Fit(LogVkeys Keys) : ShownKeys;

    /// <summary>The directory was written with keys that are not at hand. To sign here would be to sign with a key of the past, or of another log.</summary>
    /// <param name="IsLater">The directory is this log's and was written with later keys than ours.</param>
    /// <param name="Unknown">Keys shown after ours that we do not have.</param>
    public sealed record Contradict(string Why, bool IsLater, IReadOnlyList<NoteVerifierKey> Unknown) : ShownKeys;

    /// <param name="ours">From the keys directory.</param>
    /// <param name="vkey">The directory's file; null when there is none yet.</param>
    /// <param name="vkeys">The directory's file; null when it had only one key.</param>
    public static ShownKeys Compare(LogVkeys ours, byte[]? vkey, byte[]? vkeys)
    {
        if (vkey is null)
        {
            // A list without its key is what a crash left of the first writing, or a stranger's; either way it says nothing.
            return new Fit(ours);
        }
        if (!LogVkeys.TryRead(vkey, vkeys, out var shown, out var file, out var problem))
        {
            return new Contradict($"the log's {file} cannot be read: {problem}", false, []);
        }
        if (shown.Current.Name != ours.Current.Name)
        {
            return new Contradict($"the log's vkey is of {shown.Current.Name}, the key of {ours.Current.Name}", false, []);
        }
        if (shown.Current.Vkey == ours.Next?.Vkey)
        {
            return new Contradict($"the log has gone on to {ours.Next.Vkey}, which these keys still call the next", true, []);
        }
        var all = shown.All;
        var own = all.TakeWhile(k => k.Vkey != ours.Current.Vkey).Count();
        // What stands before our key is past. Where our key does not stand at all, the directory is older than our keys,
        // and all that it shows must be known to us.
        var later = own < all.Count ? all.Skip(own + 1) : all;
        NoteVerifierKey[] unknown = [.. later.Where(k => !ours.Has(k))];
        return unknown.Length == 0 ? new Fit(LogVkeys.Of(ours.Current, ours.Next, all.Take(own < all.Count ? own : 0).Concat(ours.Retired)))
            : own < all.Count ? new Contradict($"the log shows {unknown[0].Vkey}, a later key than these keys have", true, unknown)
            : new Contradict($"the log is signed by another key, {shown.Current.Vkey}", false, []);
    }

    /// <summary>Reads what a log directory shows and compares.</summary>
    public static ShownKeys Look(IDisk disk, string logDirectory, LogVkeys ours)
    {
        try
        {
            return Compare(ours, Read(LogLayout.Vkey), Read(LogLayout.Vkeys));
        }
        catch (InvalidDataException e)
        {
            return new Contradict(e.Message, false, []);
        }

        byte[]? Read(string name) =>
            Path.Combine(logDirectory, name) is var path && disk.FileExists(path) ? DurableFile.ReadAll(disk, path, LogVkeys.MaxBytes) : null;
    }

    /// <summary>Makes the directory show these keys: the list first, so that the key of <c>vkey</c> always stands in it.</summary>
    /// <param name="temporaryPath">A new name in the same file system, for each of the two files.</param>
    public static void Write(IDisk disk, string logDirectory, LogVkeys keys, Func<string> temporaryPath)
    {
        // If we crash here or between the two, a directory is left that is behind its keys: the next run writes it again.
        if (keys.All.Count > 1)
        {
            Put(LogLayout.Vkeys, keys.Format());
        }
        Put(LogLayout.Vkey, LogVkeys.Lines([keys.Current]));

        void Put(string name, byte[] bytes)
        {
            var path = Path.Combine(logDirectory, name);
            if (!disk.FileExists(path) || !DurableFile.ReadAll(disk, path, LogVkeys.MaxBytes).AsSpan().SequenceEqual(bytes))
            {
                DurableFile.Replace(disk, path, bytes, temporaryPath());
            }
            else
            {
                // Whoever wrote it may have died before this.
                disk.SyncDirectory(logDirectory);
            }
        }
    }
}
