using System.Text;

namespace Pipeline.Ingest.Export;

/// <summary>
/// A tag file line by line: LF, CR or CRLF end a line (RFC 8493, section 2.1.3), the encoding is the declared one and is
/// held to, and no line is longer than <see cref="MaxLineCharacters"/>.
/// </summary>
internal sealed class TagReader : IDisposable
{
    /// <summary>A path of 4,096 bytes, each percent-encoded, with a checksum and room.</summary>
    public const int MaxLineCharacters = 16 * 1024;

    private const char ByteOrderMark = '\uFEFF';

    private readonly StreamReader _reader;
    private readonly StringBuilder _line = new();
    private readonly string _name;
    private readonly BagFindings _findings;
    private bool _ended;

    public TagReader(string name, Stream source, Encoding encoding, BagFindings findings)
    {
        (_name, _findings) = (name, findings);
        _reader = new StreamReader(source, TagEncoding.For(encoding, source), detectEncodingFromByteOrderMarks: false);
        try
        {
            if (_reader.Peek() == ByteOrderMark)
            {
                _reader.Read();
                // In plain UTF-16 and UTF-32 the mark says which; anywhere else it has nothing to say.
                HasByteOrderMark = encoding.WebName.ToLowerInvariant() is not ("utf-16" or "utf-32");
            }
        }
        catch (DecoderFallbackException)
        {
            Undecodable();
        }
    }

    /// <summary>The file began with a byte order mark that its encoding does not ask for; it was skipped.</summary>
    public bool HasByteOrderMark { get; }

    /// <summary>Number of the line read last, from 1.</summary>
    public int LineNumber { get; private set; }

    /// <summary>False at the end, and after a finding that ends the reading.</summary>
    public bool TryRead(out string line)
    {
        line = "";
        if (_ended)
        {
            return false;
        }
        try
        {
            return TryReadLine(out line);
        }
        catch (DecoderFallbackException)
        {
            Undecodable();
            return false;
        }
    }

    public void Dispose() => _reader.Dispose();

    private bool TryReadLine(out string line)
    {
        _line.Clear();
        line = "";
        if (_reader.Peek() < 0)
        {
            return false;
        }
        LineNumber++;
        for (int next; (next = _reader.Read()) >= 0 && next != '\n';)
        {
            if (next == '\r')
            {
                if (_reader.Peek() == '\n')
                {
                    _reader.Read();
                }
                break;
            }
            if (_line.Length == MaxLineCharacters)
            {
                _ended = true;
                _findings.Reject(
                    "BAG_LINE_TOO_LONG", $"{_name}:{LineNumber}", null, $"The line has more than {MaxLineCharacters} characters; nothing behind it was read.",
                    "Ask the bag's maker: no path is that long.");
                return false;
            }
            _line.Append((char)next);
        }
        line = _line.ToString();
        return true;
    }

    private void Undecodable()
    {
        _ended = true;
        _findings.Reject(
            "BAG_TAG_ENCODING", $"{_name}:{LineNumber + 1}", null, $"The file is not {_reader.CurrentEncoding.WebName} from about this line on, though bagit.txt says it is.",
            "Ask the bag's maker for a bag whose tag files have the declared encoding.");
    }
}

/// <summary>Encodings of tag files: strict, and for UTF-16 without an order the one the bytes show.</summary>
internal static class TagEncoding
{
    /// <summary>What bags are made in today.</summary>
    public static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>By IANA name; null for one that this machine does not know (UTF-7 among them, which is unsafe).</summary>
    public static Encoding? Find(string name)
    {
        if (name.Equals("UTF-8", StringComparison.OrdinalIgnoreCase))
        {
            return Utf8;
        }
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>
    /// For plain <c>UTF-16</c> the order that the first two bytes show: a mark, or, because every tag file begins with an
    /// ASCII character, which of the two is zero (RFC 2781, section 4.3 leaves no better guess). Others as they are.
    /// </summary>
    /// <param name="source">Can seek; stands where it stood afterwards.</param>
    public static Encoding For(Encoding declared, Stream source)
    {
        if (!declared.WebName.Equals("utf-16", StringComparison.OrdinalIgnoreCase))
        {
            return declared;
        }
        var at = source.Position;
        Span<byte> first = stackalloc byte[2];
        var read = source.ReadAtLeast(first, 2, throwOnEndOfStream: false);
        source.Position = at;
        var bigEndian = read == 2 && first is [0xFE, 0xFF] or [0, _];
        return new UnicodeEncoding(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true);
    }
}
