using System.Buffers.Binary;

namespace Pipeline.Ingest.Audio;

/// <summary>
/// A file being looked at: reads at a place, never beyond the end, never more than asked. All structure walkers read
/// through this, so that a length field of the file can at most make them ask for nothing.
/// </summary>
public sealed class MediaBytes
{
    private readonly Stream _file;

    /// <param name="file">Seekable; stays the caller's.</param>
    public MediaBytes(Stream file)
    {
        Pipeline.Audit.Vocabulary.Invariant.Require(file.CanSeek, "media is inspected in a seekable file");
        _file = file;
        LengthBytes = file.Length;
    }

    /// <summary>Length of the file when it was opened.</summary>
    public long LengthBytes { get; }

    /// <summary>Fills as much of <paramref name="into"/> as the file has from <paramref name="offsetBytes"/> on.</summary>
    /// <returns>The filled part, empty beyond the end.</returns>
    public ReadOnlySpan<byte> At(long offsetBytes, Span<byte> into)
    {
        if (offsetBytes < 0 || offsetBytes >= LengthBytes)
        {
            return [];
        }
        _file.Position = offsetBytes;
        return into[.._file.ReadAtLeast(into, into.Length, throwOnEndOfStream: false)];
    }

    /// <summary>A chunk head as RIFF and IFF have it: four characters and a 32-bit size. False when it is cut off.</summary>
    public bool TryChunkAt(long offsetBytes, bool bigEndian, out ChunkHead head)
    {
        Span<byte> buffer = stackalloc byte[8];
        var bytes = At(offsetBytes, buffer);
        head = default;
        if (bytes.Length < 8)
        {
            return false;
        }
        var size = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        head = new ChunkHead(BinaryPrimitives.ReadUInt32BigEndian(bytes), size);
        return true;
    }
}

/// <summary>Four characters, read as a big-endian number, and the size that follows them.</summary>
public readonly record struct ChunkHead(uint Id, uint SizeBytes)
{
    /// <summary>The four characters; whatever is not printable ASCII is shown as a dot.</summary>
    public string Name => string.Create(4, Id, static (text, id) =>
    {
        for (var i = 0; i < 4; i++)
        {
            var c = (char)((id >> (24 - 8 * i)) & 0xFF);
            text[i] = c is >= ' ' and <= '~' ? c : '.';
        }
    });

    /// <summary>The number of four ASCII characters.</summary>
    public static uint Of(ReadOnlySpan<byte> fourCharacters) => BinaryPrimitives.ReadUInt32BigEndian(fourCharacters);
}
