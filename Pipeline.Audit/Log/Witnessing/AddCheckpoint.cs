using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// What a log asks of a witness (C2SP tlog-witness, add-checkpoint): here is my checkpoint, and the proof that what you saw
/// last is a prefix of it.
/// </summary>
/// <param name="OldSize">Size of the checkpoint that the witness cosigned last; 0 when that is not known.</param>
/// <param name="Proof">At most 63 hashes, empty from size 0.</param>
public sealed record AddCheckpoint(long OldSize, IReadOnlyList<Sha256Digest> Proof, SignedNote Note)
{
    /// <summary>Longest request read, in bytes.</summary>
    public const int MaxBytes = SignedNote.MaxNoteBytes + MaxHeadBytes;

    private const int MaxHeadBytes = 10_000;
    private const string OldWord = "old ";

    /// <summary>The bytes of the request.</summary>
    public byte[] Format()
    {
        var head = new StringBuilder(OldWord).Append(OldSize.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var hash in Proof)
        {
            head.Append(Convert.ToBase64String(hash.ToArray())).Append('\n');
        }
        return [.. Encoding.ASCII.GetBytes(head.Append('\n').ToString()), .. Note.Format()];
    }

    /// <summary>Reads a request; whether it is to be granted is <see cref="WitnessRules"/>' matter.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out AddCheckpoint? request, [NotNullWhen(false)] out string? problem)
    {
        request = null;
        var rest = bytes;
        if (bytes.Length > MaxBytes)
        {
            problem = $"a request has at most {MaxBytes} bytes";
            return false;
        }
        if (!NoteText.TryLine(ref rest, out var first) || !first.StartsWith("old "u8) || !NoteText.TryDecimal(first[OldWord.Length..], out var old))
        {
            problem = "the first line is 'old' and a size";
            return false;
        }
        var proof = new List<Sha256Digest>();
        while (true)
        {
            if (!NoteText.TryLine(ref rest, out var line))
            {
                problem = "a blank line stands between proof and checkpoint";
                return false;
            }
            if (line.IsEmpty)
            {
                break;
            }
            if (proof.Count == Proofs.MaxHashes || !NoteText.TryBase64(line, out var hash) || hash.Length != MerkleTree.HashBytes)
            {
                problem = $"a proof has at most {Proofs.MaxHashes} lines, each the base64 of 32 bytes";
                return false;
            }
            proof.Add(new Sha256Digest(hash));
        }
        if (!SignedNote.TryParse(rest, out var note, out problem))
        {
            return false;
        }
        request = new AddCheckpoint(old, proof, note);
        return true;
    }
}
