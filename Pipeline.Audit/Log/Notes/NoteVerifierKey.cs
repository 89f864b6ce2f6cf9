using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using NSec.Cryptography;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>What a key's signature says (C2SP signed-note, signature types).</summary>
public enum NoteKeyType
{
    /// <summary>0x01: Ed25519 over the note's text. What a log signs with.</summary>
    Ed25519 = 1,

    /// <summary>0x04: Ed25519 over <c>cosignature/v1</c>, a time and the checkpoint. What a witness signs with.</summary>
    Cosignature = 4,
}

/// <summary>
/// A public key by which notes are checked, and the <c>vkey</c> text it travels as:
/// <c>name+keyid+base64(type || public key)</c>.
/// </summary>
public sealed class NoteVerifierKey
{
    /// <summary>Bytes of an Ed25519 public key.</summary>
    public const int PublicKeyBytes = 32;

    /// <summary>Longest vkey text read.</summary>
    public const int MaxVkeyCharacters = 1000;

    private const int TimestampBytes = 8;

    private readonly PublicKey _publicKey;
    private readonly byte[] _raw;

    private NoteVerifierKey(string name, NoteKeyType type, byte[] raw, PublicKey publicKey)
    {
        (Name, Type, _raw, _publicKey) = (name, type, raw, publicKey);
        KeyId = IdOf(name, type, raw);
    }

    /// <summary>The key's name; for a log's key the origin of its checkpoints.</summary>
    public string Name { get; }

    /// <summary>The first four bytes of SHA-256(name || LF || type || public key), big-endian.</summary>
    public uint KeyId { get; }

    public NoteKeyType Type { get; }

    /// <summary>The 32 bytes of the public key.</summary>
    public ReadOnlySpan<byte> RawPublicKey => _raw;

    /// <summary>The one line that others need to check our notes.</summary>
    public string Vkey =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}+{KeyId:x8}+{Convert.ToBase64String([(byte)Type, .. _raw])}");

    /// <summary>A key from its parts; false when the name or the 32 bytes are not those of a key.</summary>
    public static bool TryCreate(
        string name, NoteKeyType type, ReadOnlySpan<byte> publicKey, [NotNullWhen(true)] out NoteVerifierKey? key)
    {
        key = null;
        if (!NoteText.IsName(name) || type is not (NoteKeyType.Ed25519 or NoteKeyType.Cosignature)
            || publicKey.Length != PublicKeyBytes
            || !PublicKey.TryImport(SignatureAlgorithm.Ed25519, publicKey, KeyBlobFormat.RawPublicKey, out var imported))
        {
            return false;
        }
        key = new NoteVerifierKey(name, type, publicKey.ToArray(), imported!);
        return true;
    }

    /// <summary>Reads a vkey, without a line end around it. The key id is computed again and must agree.</summary>
    public static bool TryParse(
        string? vkey, [NotNullWhen(true)] out NoteVerifierKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        problem = null;
        // Base64 may contain a plus, a name may not: only the first two separate.
        var parts = vkey is { Length: <= MaxVkeyCharacters } ? vkey.Split('+', 3) : [];
        if (parts.Length != 3 || !NoteText.TryBase64(Encoding.UTF8.GetBytes(parts[2]), out var typed) || typed.Length == 0)
        {
            problem = "a vkey is name+keyid+base64";
        }
        else if (typed[0] is not ((byte)NoteKeyType.Ed25519 or (byte)NoteKeyType.Cosignature))
        {
            problem = $"key type {typed[0]} is not one that is checked here (1 and 4 are)";
        }
        else if (!TryCreate(parts[0], (NoteKeyType)typed[0], typed.AsSpan(1), out key))
        {
            problem = "the vkey's name is empty or has a space, or its public key is not one of Ed25519";
        }
        else if (key.Vkey != vkey)
        {
            key = null;
            problem = "the vkey's key id is not that of its name and public key";
        }
        return key is not null;
    }

    /// <summary>Does <paramref name="signature"/> (without the key id) sign <paramref name="text"/>?</summary>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        if (Type == NoteKeyType.Ed25519)
        {
            return VerifyEd25519(_publicKey, text, signature);
        }
        return signature.Length > TimestampBytes
            && BinaryPrimitives.ReadUInt64BigEndian(signature) is var time and <= long.MaxValue
            && VerifyEd25519(_publicKey, CosignedMessage(time, text), signature[TimestampBytes..]);
    }

    /// <summary>The Ed25519 check behind every verdict of ours; by one library, for libraries differ at the edges.</summary>
    internal static bool VerifyEd25519(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureAlgorithm.Ed25519.SignatureSize && SignatureAlgorithm.Ed25519.Verify(key, message, signature);

    /// <summary>What a cosigner signs: a header, its time in seconds since 1970, and the checkpoint's text.</summary>
    internal static byte[] CosignedMessage(ulong unixSeconds, ReadOnlySpan<byte> text) =>
        [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {unixSeconds}\n")), .. text];

    private static uint IdOf(string name, NoteKeyType type, byte[] raw)
    {
        Span<byte> hash = stackalloc byte[Sha256Digest.SizeBytes];
        Sha256Digest.Of([.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)type, .. raw]).CopyTo(hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    public override string ToString() => Vkey;
}
