using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// The public keys that one origin has had, in the order in which they came: retired ones, the one that a newcomer is to
/// trust, and while a change is under way the one that follows it. What was signed under any of them stays the origin's.
/// </summary>
public sealed class LogVkeys
{
    /// <summary>Most keys of one origin that are read; a log of a year changes its key a few times.</summary>
    public const int MaxKeys = 64;

    /// <summary>Longest list read, in bytes.</summary>
    public const int MaxBytes = MaxKeys * (NoteVerifierKey.MaxVkeyCharacters + 1);

    private LogVkeys(IReadOnlyList<NoteVerifierKey> retired, NoteVerifierKey current, NoteVerifierKey? next) =>
        (Retired, Current, Next) = (retired, current, next);

    /// <summary>Sign no more, oldest first.</summary>
    public IReadOnlyList<NoteVerifierKey> Retired { get; }

    /// <summary>Signs, and stands alone in the file <c>vkey</c>.</summary>
    public NoteVerifierKey Current { get; }

    /// <summary>Signs beside <see cref="Current"/> until it takes its place; null when no change is under way.</summary>
    public NoteVerifierKey? Next { get; }

    /// <summary>All of them, oldest first: the order of the file <c>vkeys</c>.</summary>
    public IReadOnlyList<NoteVerifierKey> All => [.. Retired, Current, .. Next is null ? Array.Empty<NoteVerifierKey>() : [Next]];

    /// <param name="retired">A key that is current or next is left out: it signs, whatever a list says.</param>
    public static LogVkeys Of(NoteVerifierKey current, NoteVerifierKey? next = null, params IEnumerable<NoteVerifierKey> retired)
    {
        var follows = next?.Vkey == current.Vkey ? null : next;
        List<NoteVerifierKey> past =
            [.. retired.Where(k => k.Vkey != current.Vkey && k.Vkey != follows?.Vkey).DistinctBy(k => k.Vkey, StringComparer.Ordinal)];
        Invariant.Require(
            past.Append(follows ?? current).All(k => k.Name == current.Name && k.Type == NoteKeyType.Ed25519) && current.Type == NoteKeyType.Ed25519,
            "the keys of a log are of its origin and of type 1");
        return new LogVkeys(past, current, follows);
    }

    /// <summary>Is this one of them?</summary>
    public bool Has(NoteVerifierKey key) => All.Any(k => k.Vkey == key.Vkey);

    /// <summary>The file <c>vkeys</c>: one vkey a line, oldest first. The file <c>vkey</c> says which of them is current.</summary>
    public byte[] Format() => Lines(All);

    /// <summary>Keys as lines, each with its line feed.</summary>
    public static byte[] Lines(IEnumerable<NoteVerifierKey> keys) => Encoding.UTF8.GetBytes(string.Concat(keys.Select(k => k.Vkey + "\n")));

    /// <summary>Reads the keys of one log, one a line, each once. The last line may lack its line feed: people edit such files.</summary>
    public static bool TryParseLines(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out IReadOnlyList<NoteVerifierKey>? keys, [NotNullWhen(false)] out string? problem)
    {
        keys = null;
        var read = new List<NoteVerifierKey>();
        problem = bytes.Length > MaxBytes ? $"has more than {MaxBytes} bytes" : bytes.IsEmpty ? "is empty" : null;
        if (problem is null)
        {
            var text = bytes[^1] == '\n' ? bytes[..^1] : bytes;
            foreach (var line in Encoding.UTF8.GetString(text).Split('\n'))
            {
                problem = !NoteVerifierKey.TryParse(line, out var key, out var wrong) ? wrong
                    : key.Type != NoteKeyType.Ed25519 ? $"{key.Name} is the key of a cosigner, not of a log"
                    : read.Count == MaxKeys ? $"more than {MaxKeys} keys"
                    : read.Count > 0 && read[0].Name != key.Name ? $"the keys are of two logs, {read[0].Name} and {key.Name}"
                    : read.Exists(k => k.Vkey == key.Vkey) ? "the same key stands there twice"
                    : null;
                if (problem is not null)
                {
                    problem = string.Create(CultureInfo.InvariantCulture, $"line {read.Count + 1}: {problem}");
                    break;
                }
                read.Add(key!);
            }
        }
        keys = problem is null ? read : null;
        return keys is not null;
    }

    /// <summary>Reads what a log shows: its <c>vkey</c>, and its <c>vkeys</c> where it has had more than one.</summary>
    /// <param name="vkey">Bytes of the file.</param>
    /// <param name="vkeys">Bytes of the file; null when there is none.</param>
    /// <param name="file">Which of the two <paramref name="problem"/> is about.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> vkey, byte[]? vkeys, [NotNullWhen(true)] out LogVkeys? keys, out string file, [NotNullWhen(false)] out string? problem)
    {
        (keys, file) = (null, LogLayout.Vkey);
        if (!TryParseLines(vkey, out var alone, out problem))
        {
            return false;
        }
        if (alone.Count != 1)
        {
            problem = "has more than one line";
            return false;
        }
        var current = alone[0];
        if (vkeys is null)
        {
            keys = Of(current);
            return true;
        }
        file = LogLayout.Vkeys;
        if (!TryParseLines(vkeys, out var all, out problem))
        {
            return false;
        }
        var at = all.TakeWhile(k => k.Vkey != current.Vkey).Count();
        problem = at == all.Count ? "does not list the key of the file vkey"
            : at < all.Count - 2 ? "lists more than one key after that of the file vkey"
            : null;
        keys = problem is null ? Of(current, at + 1 < all.Count ? all[at + 1] : null, all.Take(at)) : null;
        return keys is not null;
    }
}
