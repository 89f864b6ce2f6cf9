using System.Globalization;
using System.Text;

namespace Pipeline.Audit.Log;

/// <summary>What a witness answers.</summary>
public abstract record WitnessDecision
{
    private WitnessDecision()
    {
    }

    /// <summary>Cosign this, after it was stored.</summary>
    public sealed record Cosign(Checkpoint Checkpoint) : WitnessDecision;

    /// <summary>No, with this status.</summary>
    /// <param name="Status">400 malformed, 403 not signed, 404 unknown log, 409 another size was cosigned last, 422 not consistent.</param>
    /// <param name="Size">The size cosigned last, in the answer of a 409.</param>
    /// <param name="IsEvidence">The log's own key signed what cannot be: both notes are kept.</param>
    public sealed record Refuse(int Status, string Why, long? Size = null, bool IsEvidence = false) : WitnessDecision;
}

/// <summary>
/// The witness's rules (C2SP tlog-witness): it remembers one checkpoint a log and cosigns only what that one is a prefix of.
/// Pure: storing and signing are the caller's, in one transaction.
/// </summary>
public static class WitnessRules
{
    /// <param name="logKeys">The keys the witness trusts; a key's name is the origin it may sign for.</param>
    /// <param name="last">What was cosigned last for the request's origin; null when nothing was.</param>
    public static WitnessDecision Decide(AddCheckpoint request, IReadOnlyList<NoteVerifierKey> logKeys, Checkpoint? last)
    {
        if (!Checkpoint.TryParseBody(request.Note.Text, out var asked, out var problem))
        {
            return new WitnessDecision.Refuse(400, problem);
        }
        NoteVerifierKey[] keys = [.. logKeys.Where(k => k.Name == asked.Origin)];
        if (keys.Length == 0)
        {
            return new WitnessDecision.Refuse(404, $"{asked.Origin} is no log of this witness");
        }
        if (request.Note.Verify(keys) is NoteVerdict.Rejected unsigned)
        {
            return new WitnessDecision.Refuse(403, unsigned.Why);
        }
        if (request.OldSize > asked.Size)
        {
            return new WitnessDecision.Refuse(400, $"old size {Text(request.OldSize)} is beyond the checkpoint's {Text(asked.Size)}");
        }
        var seen = last?.Size ?? 0;
        if (request.OldSize != seen)
        {
            return new WitnessDecision.Refuse(409, $"size {Text(seen)} was cosigned last", seen);
        }
        if (asked.Size == seen && last is not null)
        {
            return asked.Root != last.Root
                ? new WitnessDecision.Refuse(422, $"another root was cosigned for size {Text(seen)}: two histories exist", IsEvidence: true)
                : request.Proof.Count > 0
                    ? new WitnessDecision.Refuse(422, "between equal sizes there is nothing to prove")
                    : new WitnessDecision.Cosign(asked);
        }
        if (seen == 0)
        {
            return request.Proof.Count > 0
                ? new WitnessDecision.Refuse(422, "from size 0 there is nothing to prove")
                : new WitnessDecision.Cosign(asked);
        }
        // A wrong proof is a mistake or a lie; with both notes at hand somebody can find out which.
        return Proofs.VerifyConsistency(seen, asked.Size, last!.Root, asked.Root, request.Proof)
            ? new WitnessDecision.Cosign(asked)
            : new WitnessDecision.Refuse(422, $"size {Text(seen)} is not shown to be a prefix of size {Text(asked.Size)}", IsEvidence: true);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a log learned from a witness's answer.</summary>
public abstract record WitnessAnswer
{
    private WitnessAnswer()
    {
    }

    /// <summary>It cosigned: the line to add, checked.</summary>
    public sealed record Cosigned(NoteSignature Line) : WitnessAnswer;

    /// <summary>It saw another size last: ask again with a proof from there.</summary>
    public sealed record SawSize(long Size) : WitnessAnswer;

    /// <summary>It saw another history under our key, or says so.</summary>
    public sealed record SuspectsFork(string Why) : WitnessAnswer;

    /// <summary>Nothing to be had this time.</summary>
    public sealed record Unusable(string Why) : WitnessAnswer;

    /// <summary>The content type of a 409 that says a size.</summary>
    public const string SizeContentType = "text/x.tlog.size";

    /// <summary>Longest answer read.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <param name="oldSize">What was asked with.</param>
    /// <param name="size">Of the checkpoint that was sent.</param>
    public static WitnessAnswer Read(int status, string? contentType, ReadOnlySpan<byte> body, NoteVerifierKey witness, SignedNote sent, long oldSize, long size)
    {
        if (body.Length > MaxBytes)
        {
            return new Unusable("its answer is too long");
        }
        switch (status)
        {
            case 200:
                // Lines of keys that are not this witness's are not moved.
                var text = Encoding.UTF8.GetString(body);
                return SignedNote.TryParse([.. sent.Text, (byte)'\n', .. body], out var note, out var problem)
                    && note.Verify(witness) is NoteVerdict.Verified
                        ? new Cosigned(note.Signatures.First(s => s.KeyId == witness.KeyId && s.KeyName == witness.Name))
                        : new Unusable($"its answer is no cosignature of its key: {problem ?? text[..Math.Min(text.Length, 100)].TrimEnd('\n')}");
            case 409 when contentType?.Split(';')[0].Trim() == SizeContentType:
                return body.Length > 1 && body[^1] == '\n' && NoteText.TryDecimal(body[..^1], out var seen)
                    ? new SawSize(seen)
                    : new Unusable("it states a size that is none");
            case 409:
                return new SuspectsFork("it answers 409 without a size: another root at a size it has seen");
            case 422 when oldSize == size:
                return new SuspectsFork($"it has seen another root at size {size.ToString(CultureInfo.InvariantCulture)}");
            case 422:
                return new SuspectsFork($"it does not take the proof from {oldSize.ToString(CultureInfo.InvariantCulture)} to {size.ToString(CultureInfo.InvariantCulture)}");
            default:
                return new Unusable($"it answers {status.ToString(CultureInfo.InvariantCulture)}");
        }
    }
}
