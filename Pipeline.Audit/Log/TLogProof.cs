using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>What a proof is worth.</summary>
public abstract record ProofVerdict
{
    private ProofVerdict()
    {
    }

    /// <summary>The entry stands in the log that this checkpoint describes.</summary>
    public sealed record Proven(Checkpoint Checkpoint) : ProofVerdict
    {
        /// <summary>Who of the policy's witnesses cosigned the checkpoint; empty when no policy was asked.</summary>
        public IReadOnlyList<string> Witnesses { get; init; } = [];
    }

    /// <summary>It is not shown that it does.</summary>
    public sealed record NotProven(string Why) : ProofVerdict;
}

/// <summary>
/// The offline proof file <c>c2sp.org/tlog-proof@v1</c>: where an entry stands, the hashes from its sibling upward, and the
/// signed checkpoint verbatim. The entry itself travels beside it.
/// </summary>
/// <param name="Index">The entry's index.</param>
/// <param name="Hashes">At most 63.</param>
/// <param name="Checkpoint">The signed note, witnesses' lines and all.</param>
/// <param name="Extra">Bytes of the application that nothing authenticates; null when there are none.</param>
public sealed record TLogProof(long Index, IReadOnlyList<Sha256Digest> Hashes, SignedNote Checkpoint, byte[]? Extra = null)
{
    /// <summary>Longest file read, in bytes: a note and the hashes above it.</summary>
    public const int MaxFileBytes = SignedNote.MaxNoteBytes + MaxHeadBytes;

    private const int MaxHeadBytes = 100_000;
    private const string Header = "c2sp.org/tlog-proof@v1";

    /// <summary>The bytes of the file.</summary>
    public byte[] Format()
    {
        var text = new StringBuilder(Header).Append('\n');
        if (Extra is not null)
        {
            text.Append("extra ").Append(Convert.ToBase64String(Extra)).Append('\n');
        }
        text.Append(CultureInfo.InvariantCulture, $"index {Index}\n");
        foreach (var hash in Hashes)
        {
            text.Append(Convert.ToBase64String(hash.ToArray())).Append('\n');
        }
        return [.. Encoding.ASCII.GetBytes(text.Append('\n').ToString()), .. Checkpoint.Format()];
    }

    /// <summary>Reads a proof file; whatever is accepted formats back to the same bytes.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> file, [NotNullWhen(true)] out TLogProof? proof, [NotNullWhen(false)] out string? problem)
    {
        proof = null;
        var rest = file;
        if (file.Length > MaxFileBytes || !NoteText.TryLine(ref rest, out var line) || !line.SequenceEqual("c2sp.org/tlog-proof@v1"u8)
            || !NoteText.TryLine(ref rest, out line))
        {
            problem = $"a proof begins with the line {Header}";
            return false;
        }
        byte[]? extra = null;
        if (line.StartsWith("extra "u8)
            && (line.Length > MaxHeadBytes || !NoteText.TryBase64(line[6..], out extra) || !NoteText.TryLine(ref rest, out line)))
        {
            problem = "a proof's extra line is base64";
            return false;
        }
        if (!line.StartsWith("index "u8) || !NoteText.TryDecimal(line[6..], out var index))
        {
            problem = "a proof says 'index' and a decimal number";
            return false;
        }
        var hashes = new List<Sha256Digest>();
        while (NoteText.TryLine(ref rest, out line) && line.Length > 0)
        {
            if (hashes.Count == Proofs.MaxHashes || !NoteText.TryBase64(line, out var hash) || hash.Length != MerkleTree.HashBytes)
            {
                problem = "a proof has at most 63 hashes, each the base64 of 32 bytes";
                return false;
            }
            hashes.Add(new Sha256Digest(hash));
        }
        if (!SignedNote.TryParse(rest, out var note, out problem))
        {
            return false;
        }
        proof = new TLogProof(index, hashes, note, extra);
        return true;
    }

    /// <summary>Does a log of the policy hold <paramref name="entry"/>, under a checkpoint that its quorum cosigned?</summary>
    public ProofVerdict Verify(ReadOnlySpan<byte> entry, TrustPolicy policy) => policy.Judge(Checkpoint.Format()) switch
    {
        PolicyVerdict.Trusted trusted => Verify(entry, trusted.LogKey) is ProofVerdict.Proven proven
            ? proven with { Witnesses = trusted.Witnesses }
            : Verify(entry, trusted.LogKey),
        PolicyVerdict.Unwitnessed { Why: var why } => new ProofVerdict.NotProven(why),
        PolicyVerdict.Rejected(var why) => new ProofVerdict.NotProven(why),
        _ => throw new InvariantBrokenException("a policy trusts, misses witnesses or rejects"),
    };

    /// <summary>Does the log of <paramref name="logKey"/> hold <paramref name="entry"/>? Witnesses are a policy's matter, not this one's.</summary>
    public ProofVerdict Verify(ReadOnlySpan<byte> entry, NoteVerifierKey logKey) => Verify(entry, [logKey]);

    /// <summary>As above, under any of a log's keys.</summary>
    public ProofVerdict Verify(ReadOnlySpan<byte> entry, IReadOnlyList<NoteVerifierKey> logKeys)
    {
        if (!Log.Checkpoint.TryOpen(Checkpoint.Format(), logKeys, out var checkpoint, out _, out var problem))
        {
            return new ProofVerdict.NotProven(problem);
        }
        return Proofs.VerifyInclusion(Index, checkpoint.Size, MerkleTree.LeafHash(entry), Hashes, checkpoint.Root)
            ? new ProofVerdict.Proven(checkpoint)
            : new ProofVerdict.NotProven($"the entry is not number {Index} of the log of size {checkpoint.Size}");
    }
}
