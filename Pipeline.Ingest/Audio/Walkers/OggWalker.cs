namespace Pipeline.Ingest.Audio;

/// <summary>Ogg pages (RFC 3533 section 6): one after the other to the end of the file, the last one whole.</summary>
public static class OggWalker
{
    /// <summary>Pages looked at; four hours have about 100,000.</summary>
    public const int MaxPages = 2_000_000;

    private const int HeadBytes = 27;

    public static Structure Walk(MediaBytes file, string place)
    {
        Span<byte> page = stackalloc byte[HeadBytes + 255];
        var at = 0L;
        for (var pages = 0; at < file.LengthBytes; pages++)
        {
            var bytes = file.At(at, page);
            if (pages == MaxPages || !bytes.StartsWith("OggS"u8))
            {
                return Structure.Only([.. AfterEnd.Look(file, at, place)]);
            }
            if (bytes.Length < HeadBytes || bytes.Length < HeadBytes + bytes[26])
            {
                return Structure.Only(StructureRules.Truncated(place, at + HeadBytes, file.LengthBytes));
            }
            var size = HeadBytes + bytes[26];
            foreach (var segment in bytes.Slice(HeadBytes, bytes[26]))
            {
                size += segment;
            }
            if (at + size > file.LengthBytes)
            {
                return Structure.Only(StructureRules.Truncated(place, at + size, file.LengthBytes));
            }
            at += size;
        }
        return Structure.Only();
    }
}
