using Pipeline.Audit.Durable;

namespace Pipeline.Audit.Log;

/// <summary>How a change of key ended.</summary>
public abstract record KeyChanged
{
    private KeyChanged()
    {
    }

    /// <summary>It stands, now or already.</summary>
    public sealed record Stands(string Says, LogVkeys Keys) : KeyChanged;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(string Why) : KeyChanged;
}

/// <summary>
/// Changes the key of a log whose node is stopped. The keys directory decides; what the log directory shows is derived from
/// it, here and again by every publisher. After a crash anywhere the same command ends the same, and until then a node
/// signs with the key that has signed so far.
/// </summary>
/// <param name="logDirectory">Absolute; need not be there yet.</param>
/// <param name="draw">That many bytes from the operating system's generator.</param>
public sealed class KeyRotation(IDisk disk, KeyFiles files, string logDirectory, Func<int, byte[]> draw)
{
    private int _temporaries;

    /// <exception cref="InvalidDataException">A key file cannot be read; the message names it.</exception>
    /// <exception cref="IOException">The disk failed; give the same command again.</exception>
    public KeyChanged Run(KeyChange change)
    {
        using var signer = Open();
        var ours = signer.Keys;
        IReadOnlyList<NoteVerifierKey> lost = [];
        switch (ShownKeys.Look(disk, logDirectory, ours))
        {
            case ShownKeys.Fit fit:
                ours = fit.Keys;
                break;
            // A next key that never came to sign alone can be given up; nobody but the log's own list named it.
            case ShownKeys.Contradict { Unknown: [var only] } when change != KeyChange.Finish && IsNext(only):
                lost = [only];
                break;
            // The keys directory was put back from before the end of this very change.
            case ShownKeys.Contradict when change == KeyChange.Finish && ours.Next is { } next && IsShown(next):
                break;
            case ShownKeys.Contradict(var why, _, _):
                return new KeyChanged.Refused($"{why}. Put the keys that belong to this log back from their backup.");
        }
        var step = KeyStep.Decide(change, new KeysAsFound(ours, HasSigned(ours.Current), ours.Next is { } follows && HasSigned(follows)));
        switch (step)
        {
            case KeyStep.Refuse(var why):
                return new KeyChanged.Refused(why);
            case KeyStep.DrawNext:
                RetireLost();
                // If we crash here, there is a next key that the log does not show yet: the next run or the node shows it.
                files.Draw(files.NextPath, draw(NoteSigner.SeedBytes));
                break;
            case KeyStep.TakeNext:
                Take(files.NextPath, ours);
                break;
            case KeyStep.DrawAndTake:
                RetireLost();
                Stage(ours.Current);
                Take(files.StagedPath, ours);
                break;
        }
        Tidy();
        using var after = Open();
        if (ShownKeys.Look(disk, logDirectory, after.Keys) is not ShownKeys.Fit now)
        {
            throw new InvalidDataException("the keys and what the log shows of them do not fit after the change");
        }
        if (disk.DirectoryExists(logDirectory))
        {
            ShownKeys.Write(disk, logDirectory, now.Keys, () => Path.Combine(logDirectory, $".keys-{_temporaries++}"));
        }
        return new KeyChanged.Stands(step is KeyStep.Done(var says) ? says : Says(now.Keys, change), now.Keys);

        void RetireLost()
        {
            if (lost.Count > 0)
            {
                files.Retire(lost);
            }
        }
    }

    private static string Says(LogVkeys keys, KeyChange change) => change switch
    {
        KeyChange.Begin => $"{keys.Next!.Vkey} is the next key. From the next start on checkpoints carry two lines.",
        KeyChange.Finish => $"{keys.Current.Vkey} is the one key; the private half of the one before it is gone.",
        _ => $"{keys.Current.Vkey} is the one key; the private half of the one before it is gone. The first checkpoint under it comes with the next start.",
    };

    private LogSigner Open() => files.TryOpen(out var signer, out var problem) ? signer : throw new InvalidDataException(problem);

    /// <summary>The past first: a key that no longer signs and stands nowhere could not be checked any more.</summary>
    private void Take(string path, LogVkeys before)
    {
        files.Retire([.. before.Retired, before.Current]);
        // If we crash here, the key is listed as retired and still signs: it counts as what it does.
        files.Promote(path);
    }

    /// <summary>A key that an earlier run staged is taken up, unless it is the one that took over already.</summary>
    private void Stage(NoteVerifierKey current)
    {
        if (disk.FileExists(files.StagedPath) && StagedKey() is { } staged && staged.Vkey == current.Vkey)
        {
            files.Remove(files.StagedPath);
        }
        if (!disk.FileExists(files.StagedPath))
        {
            files.Draw(files.StagedPath, draw(NoteSigner.SeedBytes));
        }
    }

    /// <summary>Removes every second name that a crash left to a private key.</summary>
    private void Tidy()
    {
        files.RemoveLeftovers();
        using var signer = Open();
        foreach (var path in new[] { files.NextPath, files.StagedPath }.Where(disk.FileExists))
        {
            if (Read(path).Vkey == signer.Keys.Current.Vkey)
            {
                files.Remove(path);
            }
        }
    }

    private NoteVerifierKey StagedKey() => Read(files.StagedPath);

    private NoteVerifierKey Read(string path)
    {
        if (!files.TryRead(path, out var signer, out var problem))
        {
            throw new InvalidDataException(problem);
        }
        using (signer)
        {
            return signer.VerifierKey;
        }
    }

    private LogVkeys? Shown()
    {
        byte[]? Bytes(string name) =>
            Path.Combine(logDirectory, name) is var path && disk.FileExists(path) ? DurableFile.ReadAll(disk, path, LogVkeys.MaxBytes) : null;
        return Bytes(LogLayout.Vkey) is { } vkey && LogVkeys.TryRead(vkey, Bytes(LogLayout.Vkeys), out var keys, out _, out _) ? keys : null;
    }

    private bool IsNext(NoteVerifierKey key) => Shown()?.Next?.Vkey == key.Vkey;

    private bool IsShown(NoteVerifierKey key) => Shown()?.Current.Vkey == key.Vkey;

    private bool HasSigned(NoteVerifierKey key)
    {
        var path = Path.Combine(logDirectory, LogLayout.Checkpoint);
        return disk.FileExists(path) && Checkpoint.TryOpen(DurableFile.ReadAll(disk, path, SignedNote.MaxNoteBytes), key, out _, out _);
    }
}
