using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Pipeline.Audit.Log;

/// <summary>
/// The strict readings that notes share. The framework's own are lenient (base64 with spaces, numbers with signs), and
/// one value must have one writing: two writings of one checkpoint would be two notes.
/// </summary>
internal static class NoteText
{
    private const int DecimalDigits = 19;

    /// <summary>Valid UTF-8 without a control character other than LF.</summary>
    internal static bool IsText(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes) && !bytes.ContainsAnyInRange((byte)0x00, (byte)0x09) && !bytes.ContainsAnyInRange((byte)0x0B, (byte)0x1F);

    /// <summary>RFC 4648 section 4 with padding, in the one form an encoder writes.</summary>
    internal static bool TryBase64(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 != 0)
        {
            return false;
        }
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, decoded, out var consumed, out var written) != OperationStatus.Done || consumed != text.Length)
        {
            return false;
        }
        Array.Resize(ref decoded, written);
        // Unused bits of the last group and embedded white space decode, but do not come back.
        if (!Encoding.ASCII.GetBytes(Convert.ToBase64String(decoded)).AsSpan().SequenceEqual(text))
        {
            return false;
        }
        bytes = decoded;
        return true;
    }

    /// <summary>ASCII decimal from 0 to 2^63-1 without sign or leading zero.</summary>
    internal static bool TryDecimal(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        return text.Length is >= 1 and <= DecimalDigits
            && (text[0] != '0' || text.Length == 1)
            // The framework's parser passes over zero bytes behind a number.
            && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Takes the next line, without its LF; false when no LF is left.</summary>
    internal static bool TryLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var end = rest.IndexOf((byte)'\n');
        line = end < 0 ? default : rest[..end];
        rest = end < 0 ? rest : rest[(end + 1)..];
        return end >= 0;
    }

    /// <summary>A key name or an origin: not empty, no space of Unicode, no plus sign (C2SP signed-note).</summary>
    internal static bool IsName(string? name) =>
        name is { Length: > 0 } && !name.Any(c => c == '+' || char.IsWhiteSpace(c) || char.IsControl(c)) && IsWellFormed(name);

    private static bool IsWellFormed(string name)
    {
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar)
            {
                return false;
            }
        }
        return true;
    }
}
