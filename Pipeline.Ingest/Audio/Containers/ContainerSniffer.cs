using System.Buffers.Binary;

namespace Pipeline.Ingest.Audio;

/// <summary>What the first bytes of a file are.</summary>
/// <param name="Container">Null when it is none we know.</param>
/// <param name="Foreign">What it is instead, in words, when we recognise that: <c>HTML</c>, <c>a zip archive</c>, …</param>
/// <param name="StartByte">Where the container begins: after an ID3v2 tag, otherwise 0.</param>
public sealed record Sniffed(Container? Container, string? Foreign, long StartByte);

/// <summary>Recognises containers by their bytes. Pure and total: any bytes give an answer.</summary>
public static class ContainerSniffer
{
    /// <summary>As many bytes of the start as a verdict ever needs (an ID3v2 tag may push it: see <see cref="Id3v2Bytes"/>).</summary>
    public const int PrefixBytes = 4096;

    /// <summary>The answer for markup of any kind.</summary>
    public const string Markup = "HTML or XML";

    /// <summary>Recognises the start of a file. <paramref name="prefix"/> may be shorter than <see cref="PrefixBytes"/>.</summary>
    public static Sniffed Sniff(ReadOnlySpan<byte> prefix) =>
        Magic(prefix) is { } container ? new Sniffed(container, null, 0) : new Sniffed(null, ForeignMagic(prefix), 0);

    /// <summary>As above for a file, looking past an ID3v2 tag at its start for MP3 and FLAC.</summary>
    public static Sniffed SniffFile(MediaBytes file)
    {
        var buffer = new byte[PrefixBytes];
        var prefix = file.At(0, buffer);
        if (Id3v2Bytes(prefix) is not (> 0 and var tag))
        {
            return Sniff(prefix);
        }
        var after = file.At(tag, buffer);
        if (after.StartsWith("fLaC"u8))
        {
            return new Sniffed(Container.Flac, null, tag);
        }
        // Some writers count the padding of the tag wrongly; the first frame then begins a little later.
        for (var skip = 0; skip < after.Length; skip++)
        {
            if (MpegFrame.TryRead(after[skip..], out _))
            {
                return new Sniffed(Container.Mp3, null, tag + skip);
            }
        }
        return new Sniffed(null, null, 0);
    }

    /// <summary>Length of an ID3v2 tag at the start (ID3v2.4 section 3.1), 0 when there is none.</summary>
    public static long Id3v2Bytes(ReadOnlySpan<byte> prefix)
    {
        if (prefix.Length < 10 || !prefix.StartsWith("ID3"u8) || prefix[3] == 0xFF || ((prefix[6] | prefix[7] | prefix[8] | prefix[9]) & 0x80) != 0)
        {
            return 0;
        }
        var body = (prefix[6] << 21) | (prefix[7] << 14) | (prefix[8] << 7) | prefix[9];
        return 10L + body + ((prefix[5] & 0x10) != 0 ? 10 : 0);
    }

    private static Container? Magic(ReadOnlySpan<byte> b)
    {
        if (b.Length >= 12 && b[8..12].SequenceEqual("WAVE"u8))
        {
            return b.StartsWith("RIFF"u8) ? Container.Wav
                : b.StartsWith("RF64"u8) ? Container.Rf64
                : b.StartsWith("BW64"u8) ? Container.Bw64 : null;
        }
        if (b.Length >= 12 && b.StartsWith("FORM"u8))
        {
            return b[8..12].SequenceEqual("AIFF"u8) ? Container.Aiff : b[8..12].SequenceEqual("AIFC"u8) ? Container.Aifc : null;
        }
        if (b.Length >= 12 && b[4..8].SequenceEqual("ftyp"u8))
        {
            return Container.Mp4;
        }
        return b.StartsWith(W64Walker.RiffGuid) ? Container.W64
            : b.StartsWith("fLaC"u8) ? Container.Flac
            : b.StartsWith("OggS"u8) ? Container.Ogg
            : b.StartsWith("caff"u8) ? Container.Caf
            : b.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? Container.Jpeg
            : b.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]) ? Container.Png
            : MpegFrame.TryRead(b, out _) ? Container.Mp3 : null;
    }

    /// <summary>Formats that have no business in a release, for findings that say what was sent instead.</summary>
    public static string? ForeignMagic(ReadOnlySpan<byte> b)
    {
        if (b.StartsWith("\u007fELF"u8))
        {
            return "an ELF program";
        }
        if (b.StartsWith("MZ"u8))
        {
            return "a Windows program";
        }
        if (b.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(b) is 0x504B0304 or 0x504B0506 or 0x504B0708)
        {
            return "a zip archive";
        }
        if (b.StartsWith("%PDF"u8))
        {
            return "a PDF document";
        }
        if (b.StartsWith("#EXTM3U"u8))
        {
            return "an HLS playlist";
        }
        if (b.StartsWith("ffconcat"u8))
        {
            return "an ffconcat script";
        }
        return b.StartsWith("#!"u8) ? "a script"
            : b.StartsWith("Rar!"u8) ? "a RAR archive"
            : b.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? "a gzip archive"
            : b.StartsWith((ReadOnlySpan<byte>)[(byte)'7', (byte)'z', 0xBC, 0xAF]) ? "a 7z archive"
            : LooksLikeMarkup(b) ? Markup : null;
    }

    private static bool LooksLikeMarkup(ReadOnlySpan<byte> b)
    {
        var text = b.TrimStart((ReadOnlySpan<byte>)[0x20, 0x09, 0x0D, 0x0A, 0xEF, 0xBB, 0xBF]);
        Span<byte> lower = stackalloc byte[14];
        var start = text[..Math.Min(text.Length, lower.Length)];
        System.Text.Ascii.ToLower(start, lower, out var written);
        lower = lower[..written];
        return lower.StartsWith("<html"u8) || lower.StartsWith("<!doctype"u8) || lower.StartsWith("<script"u8)
            || lower.StartsWith("<svg"u8) || lower.StartsWith("<?xml"u8);
    }
}
