using System.Globalization;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// SHA-256 of each block of an object, so that a damage has a place. Made only from a read whose whole digest was the
/// object's name. Written as text that a person can read: a header, one digest a line, and the digest of all before.
/// </summary>
/// <param name="Blocks">Of <see cref="BlockBytes"/> each, the last one shorter; none for an empty object.</param>
public sealed record BlockDigests(Sha256Digest Id, long SizeBytes, IReadOnlyList<Sha256Digest> Blocks)
{
    public const int BlockBytes = 1024 * 1024;

    /// <summary>Longest list that is kept: objects up to 64 GiB.</summary>
    public const int MaxBlocks = 64 * 1024;

    /// <summary>Broken blocks that are named; who has more replaces the whole object.</summary>
    public const int MaxNamedBlocks = 100;

    /// <summary>Largest document: header, lines, last line.</summary>
    public const int MaxDocumentBytes = (MaxBlocks + 3) * LineBytes + LineBytes;

    private const string FirstWord = "mp-block-digests-1";
    private const int LineBytes = 2 * Sha256Digest.SizeBytes + 1;

    /// <summary>Blocks of an object of this size.</summary>
    public static long CountOf(long sizeBytes) => (sizeBytes + BlockBytes - 1) / BlockBytes;

    /// <summary>Numbers of the blocks that are not as they should be: other bytes, none, or more than there should be.</summary>
    /// <param name="found">Of the copy as it was read, as far as it could be read.</param>
    public IReadOnlyList<long> BrokenIn(IReadOnlyList<Sha256Digest> found)
    {
        var broken = new List<long>();
        for (var n = 0; n < Math.Max(Blocks.Count, found.Count) && broken.Count < MaxNamedBlocks; n++)
        {
            if (n >= Blocks.Count || n >= found.Count || Blocks[n] != found[n])
            {
                broken.Add(n);
            }
        }
        return broken;
    }

    public byte[] Encode()
    {
        var text = new StringBuilder(Header(Id, SizeBytes), (Blocks.Count + 4) * LineBytes);
        foreach (var block in Blocks)
        {
            text.Append(block.ToString()).Append('\n');
        }
        var body = Encoding.ASCII.GetBytes(text.ToString());
        return [.. body, .. Encoding.ASCII.GetBytes($"{Sha256Digest.Of(body)}\n")];
    }

    /// <summary>Null when the document is not the whole and undamaged list of this object.</summary>
    public static BlockDigests? TryDecode(ReadOnlySpan<byte> document, Sha256Digest id)
    {
        if (document.Length is < LineBytes or > MaxDocumentBytes)
        {
            return null;
        }
        var body = document[..^LineBytes];
        if (!document[^LineBytes..].SequenceEqual(Encoding.ASCII.GetBytes($"{Sha256Digest.Of(body)}\n")))
        {
            return null;
        }
        var end = body.IndexOf((byte)'\n');
        var header = end < 0 ? [] : Encoding.ASCII.GetString(body[..end]).Split(' ');
        if (header is not [FirstWord, var name, var sizeText, _] || name != id.ToString()
            || !long.TryParse(sizeText, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || Header(id, size) != Encoding.ASCII.GetString(body[..(end + 1)]))
        {
            return null;
        }
        var lines = body[(end + 1)..];
        if (CountOf(size) > MaxBlocks || lines.Length != CountOf(size) * LineBytes)
        {
            return null;
        }
        var blocks = new Sha256Digest[CountOf(size)];
        for (var n = 0; n < blocks.Length; n++)
        {
            var line = lines.Slice(n * LineBytes, LineBytes);
            if (line[^1] != '\n' || !Sha256Digest.TryParse(Encoding.ASCII.GetString(line[..^1]), out blocks[n]))
            {
                return null;
            }
        }
        return new BlockDigests(id, size, blocks);
    }

    private static string Header(Sha256Digest id, long sizeBytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{FirstWord} {id} {sizeBytes} {BlockBytes}\n");
}
