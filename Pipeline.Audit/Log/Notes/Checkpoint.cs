using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// What a log commits to (C2SP tlog-checkpoint): three lines, origin, size, base64 root. Extension lines are refused: we
/// write none, and what varies at equal size keeps witnesses' signatures from meeting.
/// </summary>
/// <param name="Origin">The log's name, equal to the name of its key.</param>
/// <param name="Size">Entries, from 0.</param>
/// <param name="Root">Of the tree of that size.</param>
public sealed record Checkpoint(string Origin, long Size, Sha256Digest Root)
{
    private const int MaxBodyBytes = 2000;

    /// <summary>Is this text usable as an origin: not empty, no space, no plus sign?</summary>
    public static bool IsOrigin(string? origin) => NoteText.IsName(origin);

    /// <summary>The text that is signed.</summary>
    public byte[] Body()
    {
        Invariant.Require(IsOrigin(Origin) && Size >= 0, "a checkpoint has an origin and a size");
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.ToArray())}\n"));
    }

    /// <summary>The checkpoint as a note signed by its log's key.</summary>
    public SignedNote Sign(NoteSigner signer)
    {
        Invariant.Require(signer.VerifierKey.Name == Origin, "a log signs with the key of its origin");
        var body = Body();
        return SignedNote.Of(body, signer.Sign(body));
    }

    /// <summary>Reads a note's text.</summary>
    public static bool TryParseBody(
        ReadOnlySpan<byte> body, [NotNullWhen(true)] out Checkpoint? checkpoint, [NotNullWhen(false)] out string? problem)
    {
        checkpoint = null;
        var rest = body;
        if (body.Length > MaxBodyBytes || !NoteText.IsText(body)
            || !NoteText.TryLine(ref rest, out var origin) || !NoteText.TryLine(ref rest, out var size)
            || !NoteText.TryLine(ref rest, out var root) || rest.Length != 0)
        {
            problem = "a checkpoint is three lines: origin, size, root";
            return false;
        }
        var name = Encoding.UTF8.GetString(origin);
        if (!IsOrigin(name))
        {
            problem = "a checkpoint's origin is not empty and has neither space nor plus sign";
            return false;
        }
        if (!NoteText.TryDecimal(size, out var leaves))
        {
            problem = "a checkpoint's size is a decimal number without sign or leading zero";
            return false;
        }
        if (!NoteText.TryBase64(root, out var hash) || hash.Length != MerkleTree.HashBytes)
        {
            problem = "a checkpoint's root is the base64 of 32 bytes";
            return false;
        }
        checkpoint = new Checkpoint(name, leaves, new Sha256Digest(hash));
        problem = leaves == 0 && checkpoint.Root != MerkleTree.EmptyRoot ? "a log of size 0 has the root of the empty tree" : null;
        checkpoint = problem is null ? checkpoint : null;
        return checkpoint is not null;
    }

    /// <summary>
    /// Reads a signed checkpoint and believes it only under the log's own key, whose name is the origin. Witnesses' lines
    /// are neither needed nor checked here.
    /// </summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> note, NoteVerifierKey logKey,
        [NotNullWhen(true)] out Checkpoint? checkpoint, [NotNullWhen(false)] out string? problem) =>
        TryOpen(note, [logKey], out checkpoint, out _, out problem);

    /// <summary>As above, under any of the keys that the log's origin has had.</summary>
    /// <param name="logKeys">At least one, all of one origin. A line of any of them that does not fit rejects the note.</param>
    /// <param name="by">Those that signed, in the order of <paramref name="logKeys"/>.</param>
    public static bool TryOpen(
        ReadOnlySpan<byte> note, IReadOnlyList<NoteVerifierKey> logKeys,
        [NotNullWhen(true)] out Checkpoint? checkpoint, out IReadOnlyList<NoteVerifierKey> by, [NotNullWhen(false)] out string? problem)
    {
        (checkpoint, by) = (null, []);
        if (logKeys.FirstOrDefault(k => k.Type != NoteKeyType.Ed25519) is { } cosigner)
        {
            problem = $"{cosigner.Name} is the key of a cosigner, not of a log";
            return false;
        }
        if (!SignedNote.TryParse(note, out var parsed, out problem))
        {
            return false;
        }
        var verdict = parsed.Verify(logKeys);
        if (verdict is NoteVerdict.Rejected rejected)
        {
            problem = rejected.Why;
            return false;
        }
        if (!TryParseBody(parsed.Text, out checkpoint, out problem))
        {
            return false;
        }
        if (checkpoint.Origin != logKeys[0].Name)
        {
            problem = $"the checkpoint is of {checkpoint.Origin}, the key of {logKeys[0].Name}";
            checkpoint = null;
            return false;
        }
        by = [.. logKeys.Where(((NoteVerdict.Verified)verdict).By.Contains)];
        return true;
    }
}
