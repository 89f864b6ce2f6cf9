using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>Gives back what the model has no word for, byte for byte, out of the message that was kept.</summary>
public static class UnreadElements
{
    /// <summary>The element with everything in it, from <c>&lt;</c> to <c>&gt;</c>.</summary>
    /// <param name="message">The message that <paramref name="element"/> was read from; it was well-formed then.</param>
    /// <exception cref="InvariantBrokenException">It is another message.</exception>
    public static ReadOnlyMemory<byte> Xml(ReadOnlyMemory<byte> message, UnreadElement element)
    {
        var start = Offset(message.Span, element.Place.Line, element.Place.Column) - 1;
        var end = start < 0 ? -1 : End(message.Span, start);
        Invariant.Require(
            end > 0 && message.Span[(start + 1)..].StartsWith(Encoding.UTF8.GetBytes(element.Name)),
            "an unread element stands where it was read");
        return message[start..end];
    }

    private static int Offset(ReadOnlySpan<byte> message, int line, int column)
    {
        var at = message.StartsWith("\uFEFF"u8) ? 3 : 0;
        for (var passed = 1; passed < line; passed++)
        {
            var found = message[at..].IndexOfAny((byte)'\n', (byte)'\r');
            if (found < 0)
            {
                return -1;
            }
            at += found + (message[(at + found)..].StartsWith("\r\n"u8) ? 2 : 1);
        }
        for (var left = column - 1; left > 0 && at < message.Length; left--)
        {
            _ = Rune.DecodeFromUtf8(message[at..], out var rune, out var bytes);
            at += bytes;
            left -= rune.Utf16SequenceLength - 1;
        }
        return at;
    }

    /// <summary>The offset behind the element that begins at <paramref name="at"/>; -1 when it has no end.</summary>
    private static int End(ReadOnlySpan<byte> message, int at)
    {
        var open = 0;
        while (at >= 0 && at < message.Length)
        {
            var rest = message[at..];
            if (rest.StartsWith("<!--"u8))
            {
                at = After(message, at, "-->"u8);
            }
            else if (rest.StartsWith("<![CDATA["u8))
            {
                at = After(message, at, "]]>"u8);
            }
            else if (rest.StartsWith("<?"u8))
            {
                at = After(message, at, "?>"u8);
            }
            else
            {
                var close = TagEnd(message, at);
                if (close < 0)
                {
                    return -1;
                }
                open += message[at + 1] == '/' ? -1 : message[close - 1] == '/' ? 0 : 1;
                at = close + 1;
                if (open == 0)
                {
                    return at;
                }
            }
            var next = at < 0 ? -1 : message[at..].IndexOf((byte)'<');
            at = next < 0 ? -1 : at + next;
        }
        return -1;
    }

    /// <summary>The <c>&gt;</c> of the tag at <paramref name="at"/>; one inside an attribute's value is text.</summary>
    private static int TagEnd(ReadOnlySpan<byte> message, int at)
    {
        for (byte quote = 0; at < message.Length; at++)
        {
            var c = message[at];
            if (quote != 0)
            {
                quote = c == quote ? (byte)0 : quote;
            }
            else if (c is (byte)'"' or (byte)'\'')
            {
                quote = c;
            }
            else if (c == '>')
            {
                return at;
            }
        }
        return -1;
    }

    private static int After(ReadOnlySpan<byte> message, int at, ReadOnlySpan<byte> end) =>
        message[at..].IndexOf(end) is var found and >= 0 ? at + found + end.Length : -1;
}
