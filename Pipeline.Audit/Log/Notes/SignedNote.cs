using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>One signature line of a note.</summary>
/// <param name="KeyName">Whose key.</param>
/// <param name="KeyId">Which key of that name.</param>
/// <param name="Signature">The bytes behind the key id.</param>
public sealed record NoteSignature(string KeyName, uint KeyId, byte[] Signature)
{
    /// <summary>The line with its LF: an em dash, the name, base64 of key id and signature.</summary>
    public string Line
    {
        get
        {
            var bytes = new byte[sizeof(uint) + Signature.Length];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
            Signature.CopyTo(bytes, sizeof(uint));
            return $"\u2014 {KeyName} {Convert.ToBase64String(bytes)}\n";
        }
    }
}

/// <summary>What the known keys say of a note.</summary>
public abstract record NoteVerdict
{
    private NoteVerdict()
    {
    }

    /// <summary>At least one known key signed, and every known key that stands there is right.</summary>
    public sealed record Verified(IReadOnlyList<NoteVerifierKey> By) : NoteVerdict;

    /// <summary>Not to be believed.</summary>
    public sealed record Rejected(string Why) : NoteVerdict;
}

/// <summary>
/// A text with signatures (C2SP signed-note): the text, a blank line, signature lines. Read on bytes, strictly: whatever
/// is accepted here formats back to the same bytes.
/// </summary>
public sealed class SignedNote
{
    /// <summary>Longest note read, in bytes.</summary>
    public const int MaxNoteBytes = 1_000_000;

    /// <summary>Most signature lines read.</summary>
    public const int MaxSignatureLines = 64;

    private static ReadOnlySpan<byte> Dash => "\u2014 "u8;

    private readonly byte[] _text;

    private SignedNote(byte[] text, IReadOnlyList<NoteSignature> signatures) => (_text, Signatures) = (text, signatures);

    /// <summary>The signed text, with its last LF.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>In the order of the lines; unknown ones too.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>A note from its text and at least one signature.</summary>
    public static SignedNote Of(ReadOnlySpan<byte> text, params IReadOnlyList<NoteSignature> signatures)
    {
        Invariant.Require(text.Length > 0 && text[^1] == '\n' && NoteText.IsText(text), "a note's text is UTF-8 lines");
        Invariant.Require(signatures.Count is >= 1 and <= MaxSignatureLines, "a note has 1 to 64 signatures");
        return new SignedNote(text.ToArray(), signatures);
    }

    /// <summary>The same note with one more signature, e.g. a witness's.</summary>
    public SignedNote With(NoteSignature signature) => Of(_text, [.. Signatures, signature]);

    /// <summary>Reads a note. What it says is to be believed only after <see cref="Verify"/>.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedNote? note, [NotNullWhen(false)] out string? problem)
    {
        note = null;
        if (bytes.Length > MaxNoteBytes)
        {
            problem = $"a note has at most {MaxNoteBytes} bytes";
            return false;
        }
        if (!NoteText.IsText(bytes))
        {
            problem = "a note is UTF-8 without control characters";
            return false;
        }
        // The text itself may contain blank lines; only the last one separates.
        var blank = bytes.LastIndexOf("\n\n"u8);
        if (blank < 0 || bytes[^1] != '\n')
        {
            problem = "a note is a text, a blank line and signature lines, each ending in a line feed";
            return false;
        }
        var signatures = new List<NoteSignature>();
        var rest = bytes[(blank + 2)..];
        while (NoteText.TryLine(ref rest, out var line))
        {
            if (signatures.Count == MaxSignatureLines || !TryParseLine(line, out var signature))
            {
                problem = signatures.Count == MaxSignatureLines
                    ? $"a note has at most {MaxSignatureLines} signature lines"
                    : $"signature line {signatures.Count + 1} is not an em dash, a name and base64";
                return false;
            }
            signatures.Add(signature);
        }
        problem = signatures.Count == 0 ? "a note has at least one signature line" : null;
        note = problem is null ? new SignedNote(bytes[..(blank + 1)].ToArray(), signatures) : null;
        return note is not null;
    }

    private static bool TryParseLine(ReadOnlySpan<byte> line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        if (!line.StartsWith(Dash))
        {
            return false;
        }
        var rest = line[Dash.Length..];
        var space = rest.IndexOf((byte)' ');
        if (space <= 0 || !NoteText.TryBase64(rest[(space + 1)..], out var bytes) || bytes.Length <= sizeof(uint))
        {
            return false;
        }
        var name = Encoding.UTF8.GetString(rest[..space]);
        if (!NoteText.IsName(name))
        {
            return false;
        }
        signature = new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[sizeof(uint)..]);
        return true;
    }

    /// <summary>
    /// Believed when a known key signed it. A line of a known key that does not fit rejects the whole note; lines of
    /// unknown keys are ignored, as the format demands.
    /// </summary>
    public NoteVerdict Verify(params IReadOnlyList<NoteVerifierKey> known)
    {
        var by = new List<NoteVerifierKey>();
        foreach (var signature in Signatures)
        {
            var key = known.FirstOrDefault(k => k.KeyId == signature.KeyId && k.Name == signature.KeyName);
            if (key is null)
            {
                continue;
            }
            if (!key.Verify(_text, signature.Signature))
            {
                return new NoteVerdict.Rejected($"the signature of {key.Name}+{key.KeyId:x8} does not fit the text");
            }
            if (!by.Contains(key))
            {
                by.Add(key);
            }
        }
        return by.Count > 0 ? new NoteVerdict.Verified(by) : new NoteVerdict.Rejected("no known key has signed it");
    }

    /// <summary>The bytes of the note.</summary>
    public byte[] Format() =>
        [.. _text, (byte)'\n', .. Encoding.UTF8.GetBytes(string.Concat(Signatures.Select(s => s.Line)))];
}
