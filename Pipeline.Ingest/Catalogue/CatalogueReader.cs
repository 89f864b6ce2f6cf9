using System.Text.Unicode;
using Pipeline.Ingest.Catalogue.Ern;
using Pipeline.Ingest.Catalogue.Manifest;

namespace Pipeline.Ingest.Catalogue;

/// <summary>
/// Reads a message of any kind we know. What it is follows from its content: a JSON object is <c>release.json</c>, XML is
/// told by the namespace of its root. Any bytes at all give an answer, within <see cref="CatalogueLimits"/>.
/// </summary>
public static class CatalogueReader
{
    private const int CopyBufferBytes = 64 * 1024;

    /// <param name="fileName">As delivered; for messages only.</param>
    /// <param name="message">The whole message. Whoever receives it stops at <see cref="CatalogueLimits.MaxMessageBytes"/>.</param>
    public static ReadMessage Read(string fileName, ReadOnlyMemory<byte> message)
    {
        if (message.Length > CatalogueLimits.MaxMessageBytes)
        {
            return TooLarge(fileName, message.Length);
        }
        if (!Utf8.IsValid(message.Span))
        {
            return Unreadable(fileName, "It is not UTF-8.");
        }
        return FirstCharacter(message.Span) switch
        {
            '{' => ManifestReader.Read(WithoutMark(message)),
            '<' => ErnReader.Read(message),
            _ => Unreadable(fileName, "It begins neither like XML nor like a JSON object."),
        };
    }

    /// <summary>The whole of a message; null when it is longer than we read, and then no more of it was read.</summary>
    public static ReadOnlyMemory<byte>? BytesOf(Stream message)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[CopyBufferBytes];
        for (int read; (read = message.Read(buffer)) > 0;)
        {
            if (bytes.Length + read > CatalogueLimits.MaxMessageBytes)
            {
                return null;
            }
            bytes.Write(buffer, 0, read);
        }
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <inheritdoc cref="MessageSearch.Find"/>
    public static MessageSearch FindMessage(
        IReadOnlyList<string> relativePaths, Func<string, ReadOnlyMemory<byte>> prefix) =>
        MessageSearch.Find(relativePaths, prefix);

    /// <summary>The answer for a message that was not read to its end because of its size.</summary>
    public static ReadMessage TooLarge(string fileName, long sizeBytes) => ReadMessage.Refuse(Rules.MessageTooLarge.Broken(
        fileName, sizeBytes.ToString(System.Globalization.CultureInfo.InvariantCulture),
        $"The message is longer than {CatalogueLimits.MaxMessageBytes} bytes.",
        "Audio and images belong into files of their own, beside the message."));

    /// <summary>The first character that is not white space, behind a byte order mark if there is one; 0 when there is none.</summary>
    internal static char FirstCharacter(ReadOnlySpan<byte> message)
    {
        var text = message.StartsWith(ByteOrderMark) ? message[ByteOrderMark.Length..] : message;
        text = text.TrimStart(" \t\r\n"u8);
        return text.IsEmpty ? '\0' : (char)text[0];
    }

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> message) =>
        message.Span.StartsWith(ByteOrderMark) ? message[ByteOrderMark.Length..] : message;

    private static ReadMessage Unreadable(string fileName, string why) => ReadMessage.Refuse(Rules.MessageUnreadable.Broken(
        fileName, null, $"This is no message we can read. {why}",
        "Send release.json or an ERN message in UTF-8, and check that the transfer did not damage it."));
}
