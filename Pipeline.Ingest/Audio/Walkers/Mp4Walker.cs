using System.Buffers.Binary;

namespace Pipeline.Ingest.Audio;

/// <summary>ISO base media (ISO 14496-12 section 4.2): the top-level boxes lie inside the file, and moov and mdat are there.</summary>
public static class Mp4Walker
{
    /// <summary>Top-level boxes looked at; a fragmented file of four hours has fewer.</summary>
    public const int MaxBoxes = 65_536;

    private static readonly uint Moov = ChunkHead.Of("moov"u8);
    private static readonly uint Mdat = ChunkHead.Of("mdat"u8);

    public static Structure Walk(MediaBytes file, string place)
    {
        var (movie, media) = (false, false);
        Span<byte> head = stackalloc byte[16];
        var at = 0L;
        for (var boxes = 0; boxes < MaxBoxes && at < file.LengthBytes; boxes++)
        {
            var bytes = file.At(at, head);
            if (bytes.Length < 8)
            {
                return Structure.Only(StructureRules.Truncated(place, at + 8, file.LengthBytes));
            }
            var size = BinaryPrimitives.ReadUInt32BigEndian(bytes) switch
            {
                0 => file.LengthBytes - at,
                1 => bytes.Length < 16 ? 0 : BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
                var small => (long)small,
            };
            if (size is < 8 or > long.MaxValue / 2)
            {
                return Structure.Only(ContainerSniffer.ForeignMagic(bytes) is { } foreign
                    ? StructureRules.ForeignBytesAppended(place, at, foreign)
                    : StructureRules.StructureBroken(place, $"the box at byte {at} claims {size} bytes"));
            }
            if (at + size > file.LengthBytes)
            {
                return Structure.Only(StructureRules.Truncated(place, at + size, file.LengthBytes));
            }
            movie |= ChunkHead.Of(bytes[4..]) == Moov;
            media |= ChunkHead.Of(bytes[4..]) == Mdat;
            at += size;
        }
        return movie && media
            ? Structure.Only()
            : Structure.Only(StructureRules.StructureBroken(place, movie ? "it has no media (mdat)" : "its index (moov) is missing"));
    }
}
