using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Uploads;

/// <summary>What of an upload's state never changes while one process owns it.</summary>
/// <param name="Instance">The process start that owns this epoch.</param>
internal sealed record SpoolHeader(string Id, string Owner, string Metadata, string Concat, long Created, string Instance);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SpoolHeader))]
internal sealed partial class SpoolJson : JsonSerializerContext;

/// <summary>What changes with every commit.</summary>
/// <param name="Sequence">Counts commits from 1; the higher of the two slots counts.</param>
internal readonly record struct SpoolSlot(long Sequence, long Offset, long? LengthBytes, long Expires);

/// <summary>
/// The bytes of <c>ID.EPOCH.state</c>: two slots of one sector each, written in turn, so that a torn write harms only the
/// one that nobody relies on yet; then the header. Slots and header carry their SHA-256. The file never grows after its
/// creation, so that syncing it costs no metadata.
/// </summary>
internal static class SpoolState
{
    public const int SlotBytes = 512;

    private const int HeaderAt = 2 * SlotBytes;
    private const int SlotContentBytes = 40;
    private const long SlotMagic = 0x31_6C_6F_6F_70_73_70_6D; // "mpspool1"
    private const int MaxFileBytes = 64 * 1024;
    private const long Deferred = -1;

    /// <summary>Where the slot of a commit stands.</summary>
    public static long PositionOf(long sequence) => sequence % 2 * SlotBytes;

    public static byte[] EncodeSlot(SpoolSlot slot)
    {
        var bytes = new byte[SlotBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, SlotMagic);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), slot.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), slot.Offset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), slot.LengthBytes ?? Deferred);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), slot.Expires);
        SHA256.HashData(bytes.AsSpan(0, SlotContentBytes), bytes.AsSpan(SlotContentBytes));
        return bytes;
    }

    /// <summary>The whole file as it is created.</summary>
    public static byte[] Encode(SpoolHeader header, SpoolSlot slot)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(header, SpoolJson.Default.SpoolHeader);
        var bytes = new byte[HeaderAt + sizeof(int) + Sha256Digest.SizeBytes + json.Length];
        EncodeSlot(slot).CopyTo(bytes, PositionOf(slot.Sequence));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(HeaderAt), json.Length);
        SHA256.HashData(json, bytes.AsSpan(HeaderAt + sizeof(int)));
        json.CopyTo(bytes, HeaderAt + sizeof(int) + Sha256Digest.SizeBytes);
        return bytes;
    }

    /// <summary>Null for anything that is not whole: an interrupted creation or take-over, or damage.</summary>
    public static (SpoolHeader Header, SpoolSlot Slot)? Decode(ReadOnlySpan<byte> bytes)
    {
        const int JsonAt = HeaderAt + sizeof(int) + Sha256Digest.SizeBytes;
        if (bytes.Length is < JsonAt or > MaxFileBytes)
        {
            return null;
        }
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[HeaderAt..]);
        if (length < 0 || length > bytes.Length - JsonAt)
        {
            return null;
        }
        var json = bytes.Slice(JsonAt, length);
        if (!SHA256.HashData(json).AsSpan().SequenceEqual(bytes.Slice(HeaderAt + sizeof(int), Sha256Digest.SizeBytes)))
        {
            return null;
        }
        var (first, second) = (DecodeSlot(bytes[..SlotBytes]), DecodeSlot(bytes[SlotBytes..]));
        var slot = (first?.Sequence ?? 0) > (second?.Sequence ?? 0) ? first : second;
        return slot is { } found && JsonSerializer.Deserialize(json, SpoolJson.Default.SpoolHeader) is { } header ? (header, found) : null;
    }

    private static SpoolSlot? DecodeSlot(ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadInt64LittleEndian(bytes) != SlotMagic
            || !SHA256.HashData(bytes[..SlotContentBytes]).AsSpan().SequenceEqual(bytes.Slice(SlotContentBytes, Sha256Digest.SizeBytes)))
        {
            return null;
        }
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
        return new SpoolSlot(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            length == Deferred ? null : length, BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]));
    }
}
