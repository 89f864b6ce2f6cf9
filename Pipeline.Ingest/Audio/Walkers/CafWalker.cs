using System.Buffers.Binary;

namespace Pipeline.Ingest.Audio;

/// <summary>Apple Core Audio Format 1.0: chunks with 64-bit sizes; the data chunk alone may run to the end of the file.</summary>
public static class CafWalker
{
    /// <summary>Chunks looked at.</summary>
    public const int MaxChunks = 4096;

    private const int HeadBytes = 12;

    public static Structure Walk(MediaBytes file, string place)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        var dataSeen = false;
        var at = 8L;
        for (var chunks = 0; chunks < MaxChunks && at < file.LengthBytes; chunks++)
        {
            var bytes = file.At(at, head);
            if (bytes.Length < HeadBytes)
            {
                return Structure.Only([.. AfterEnd.Look(file, at, place)]);
            }
            var size = BinaryPrimitives.ReadInt64BigEndian(bytes[4..]);
            var isData = bytes.StartsWith("data"u8);
            dataSeen |= isData;
            if (isData && size == -1)
            {
                return Structure.Only();
            }
            if (size is < 0 or > long.MaxValue / 2)
            {
                return Structure.Only(StructureRules.StructureBroken(place, $"the chunk at byte {at} claims {size} bytes"));
            }
            if (at + HeadBytes + size > file.LengthBytes)
            {
                return Structure.Only(StructureRules.Truncated(place, at + HeadBytes + size, file.LengthBytes));
            }
            at += HeadBytes + size;
        }
        return dataSeen ? Structure.Only() : Structure.Only(StructureRules.StructureBroken(place, "it has no data chunk"));
    }
}
