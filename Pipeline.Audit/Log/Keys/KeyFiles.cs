using System.Diagnostics.CodeAnalysis;
using System.Text;
using Pipeline.Audit.Durable;

namespace Pipeline.Audit.Log;

/// <summary>
/// The keys of one origin as files: <c>ORIGIN.key</c> signs, <c>ORIGIN.next.key</c> signs beside it while a change is under
/// way, <c>ORIGIN.retired</c> lists the public halves of what signed before. The private half of a retired key is gone.
/// </summary>
/// <param name="directory">Absolute; never part of a data directory, a log or a backup.</param>
public sealed class KeyFiles(IDisk disk, string directory, string origin)
{
    private const int MaxKeyBytes = 4096;

    private string Stem => Path.Combine(directory, origin.Replace('/', '_'));

    public string CurrentPath => Stem + ".key";

    public string NextPath => Stem + ".next.key";

    /// <summary>A key that is to take over at once, until it has.</summary>
    internal string StagedPath => Stem + ".staged.key";

    public string RetiredPath => Stem + ".retired";

    /// <summary>Every file that holds a private key and is there.</summary>
    public IEnumerable<string> Private => new[] { CurrentPath, NextPath, StagedPath }.Where(disk.FileExists);

    public bool Any => disk.FileExists(CurrentPath);

    /// <summary>Reads what signs. The problem never quotes a private key.</summary>
    public bool TryOpen([NotNullWhen(true)] out LogSigner? signer, [NotNullWhen(false)] out string? problem)
    {
        signer = null;
        if (!TryRead(CurrentPath, out var current, out problem))
        {
            return false;
        }
        if (disk.FileExists(NextPath) || disk.FileExists(RetiredPath))
        {
            // Whoever changed a key may have died before this; what the log is to show of a key must not outlive the key.
            disk.SyncDirectory(directory);
        }
        NoteSigner? next = null;
        IReadOnlyList<NoteVerifierKey> retired = [];
        if ((disk.FileExists(NextPath) && !TryRead(NextPath, out next, out problem))
            || (disk.FileExists(RetiredPath) && !TryReadRetired(out retired, out problem)))
        {
            current.Dispose();
            next?.Dispose();
            return false;
        }
        signer = new LogSigner(current, next, retired);
        problem = null;
        return true;
    }

    internal bool TryRead(string path, [NotNullWhen(true)] out NoteSigner? signer, [NotNullWhen(false)] out string? problem)
    {
        // People put line ends behind what they copy.
        if (!NoteSigner.TryParseKeyFile(Encoding.ASCII.GetString(DurableFile.ReadAll(disk, path, MaxKeyBytes)).TrimEnd('\n'), out signer, out problem))
        {
            problem = $"{path}: {problem}";
            return false;
        }
        if (signer.VerifierKey.Name == origin && signer.VerifierKey.Type == NoteKeyType.Ed25519)
        {
            return true;
        }
        signer.Dispose();
        (signer, problem) = (null, $"{path}: it names another log");
        return false;
    }

    /// <summary>A new key under a name that nobody has; who comes second finds the first one's.</summary>
    /// <param name="seed">32 secret bytes.</param>
    internal void Draw(string path, ReadOnlySpan<byte> seed) =>
        DurableFile.WriteOnce(disk, path, Encoding.ASCII.GetBytes(NoteSigner.FormatKeyFile(origin, seed) + "\n"));

    /// <summary>Adds to the list of the past. A key that still signs may stand there: it counts as what it does.</summary>
    internal void Retire(IEnumerable<NoteVerifierKey> keys)
    {
        IReadOnlyList<NoteVerifierKey> before = [];
        if (disk.FileExists(RetiredPath) && !TryReadRetired(out before, out var problem))
        {
            throw new InvalidDataException(problem);
        }
        DurableFile.Replace(disk, RetiredPath, LogVkeys.Lines(before.Concat(keys).DistinctBy(k => k.Vkey, StringComparer.Ordinal)));
    }

    /// <summary>
    /// Puts the key of another file in the place of the one that signs. By copy, so that at every instant one of the two
    /// names has it: a rename may lose its old name before its new one is durable.
    /// </summary>
    internal void Promote(string path)
    {
        DurableFile.Replace(disk, CurrentPath, DurableFile.ReadAll(disk, path, MaxKeyBytes));
        // If we crash here, the same key stands under both names, and counts once.
        Remove(path);
    }

    internal void Remove(string path)
    {
        disk.Unlink(path);
        disk.SyncDirectory(directory);
    }

    /// <summary>What a crash left half-written, or under a second name, beside a private key.</summary>
    internal void RemoveLeftovers()
    {
        foreach (var path in new[] { CurrentPath, NextPath, StagedPath }.Select(p => p + DurableFile.TemporarySuffix).Where(disk.FileExists))
        {
            Remove(path);
        }
    }

    private bool TryReadRetired(out IReadOnlyList<NoteVerifierKey> retired, [NotNullWhen(false)] out string? problem)
    {
        retired = [];
        if (!LogVkeys.TryParseLines(DurableFile.ReadAll(disk, RetiredPath, LogVkeys.MaxBytes), out var read, out problem))
        {
            problem = $"{RetiredPath}: {problem}";
            return false;
        }
        if (read[0].Name != origin)
        {
            problem = $"{RetiredPath}: it lists keys of another log";
            return false;
        }
        retired = read;
        return true;
    }
}
