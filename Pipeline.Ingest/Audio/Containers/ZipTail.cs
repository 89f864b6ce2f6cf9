using System.Buffers.Binary;

namespace Pipeline.Ingest.Audio;

/// <summary>
/// A zip archive hung onto the end of another file: its end record (APPNOTE 4.3.16) stands at the very end, and
/// unpackers look only there.
/// </summary>
public static class ZipTail
{
    private const int EndRecordBytes = 22;
    private const int MaxCommentBytes = 65535;

    /// <summary>Offset of the end record, null when there is none.</summary>
    public static long? Find(MediaBytes file)
    {
        var tail = new byte[(int)Math.Min(file.LengthBytes, EndRecordBytes + MaxCommentBytes)];
        var from = file.LengthBytes - tail.Length;
        var bytes = file.At(from, tail);
        for (var at = bytes.Length - EndRecordBytes; at >= 0; at--)
        {
            if (bytes[at..].StartsWith("PK\u0005\u0006"u8)
                && at + EndRecordBytes + BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 20)..]) == bytes.Length)
            {
                return from + at;
            }
        }
        return null;
    }
}
