using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using NSec.Cryptography;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// A private key that signs notes. Ed25519 is deterministic: the same text gives the same bytes, so signing again after a
/// crash changes nothing. The caller draws the seed; nothing here is random.
/// </summary>
public sealed class NoteSigner : IDisposable
{
    /// <summary>Bytes of the seed an Ed25519 key grows from.</summary>
    public const int SeedBytes = 32;

    private const string KeyFilePrefix = "PRIVATE+KEY+";
    private const int CosignatureTimestampBytes = 8;

    private readonly Key _key;

    private NoteSigner(NoteVerifierKey verifier, Key key) => (VerifierKey, _key) = (verifier, key);

    /// <summary>The public half.</summary>
    public NoteVerifierKey VerifierKey { get; }

    /// <summary>The key of <paramref name="name"/> that grows from <paramref name="seed"/>.</summary>
    /// <param name="name">For a log the origin: no space, no plus sign.</param>
    /// <param name="seed">32 secret bytes from the operating system's generator.</param>
    public static NoteSigner FromSeed(string name, ReadOnlySpan<byte> seed, NoteKeyType type = NoteKeyType.Ed25519)
    {
        Invariant.Require(seed.Length == SeedBytes, "an Ed25519 seed has 32 bytes");
        var key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        var made = NoteVerifierKey.TryCreate(name, type, key.PublicKey.Export(KeyBlobFormat.RawPublicKey), out var verifier);
        Invariant.Require(made, "a key name is not empty and has neither space nor plus sign");
        return new NoteSigner(verifier!, key);
    }

    /// <summary>The text of the key file: <c>PRIVATE+KEY+name+keyid+base64(type || seed)</c>, one line.</summary>
    public static string FormatKeyFile(string name, ReadOnlySpan<byte> seed, NoteKeyType type = NoteKeyType.Ed25519)
    {
        using var signer = FromSeed(name, seed, type);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{KeyFilePrefix}{name}+{signer.VerifierKey.KeyId:x8}+{Convert.ToBase64String([(byte)type, .. seed])}\n");
    }

    /// <summary>Reads a key file. The problem never quotes the file.</summary>
    public static bool TryParseKeyFile(
        string? text, [NotNullWhen(true)] out NoteSigner? signer, [NotNullWhen(false)] out string? problem)
    {
        signer = null;
        problem = "a key file is one line PRIVATE+KEY+name+keyid+base64";
        var line = text is { Length: <= NoteVerifierKey.MaxVkeyCharacters } && text.EndsWith('\n') ? text[..^1] : text;
        if (line is not { Length: <= NoteVerifierKey.MaxVkeyCharacters } || !line.StartsWith(KeyFilePrefix, StringComparison.Ordinal))
        {
            return false;
        }
        var parts = line[KeyFilePrefix.Length..].Split('+', 3);
        if (parts.Length != 3 || !NoteText.IsName(parts[0])
            || !NoteText.TryBase64(Encoding.UTF8.GetBytes(parts[2]), out var typed) || typed.Length != 1 + SeedBytes
            || typed[0] is not ((byte)NoteKeyType.Ed25519 or (byte)NoteKeyType.Cosignature))
        {
            return false;
        }
        var read = FromSeed(parts[0], typed.AsSpan(1), (NoteKeyType)typed[0]);
        if (read.VerifierKey.KeyId.ToString("x8", CultureInfo.InvariantCulture) != parts[1])
        {
            read.Dispose();
            problem = "the key id in the key file is not that of its name and key";
            return false;
        }
        signer = read;
        problem = null;
        return true;
    }

    /// <summary>The log's signature over a note's text.</summary>
    public NoteSignature Sign(ReadOnlySpan<byte> text)
    {
        Invariant.Require(VerifierKey.Type == NoteKeyType.Ed25519, "a cosigner signs with a time");
        return new NoteSignature(VerifierKey.Name, VerifierKey.KeyId, SignatureAlgorithm.Ed25519.Sign(_key, text));
    }

    /// <summary>A witness's signature over a checkpoint's text at a time in seconds since 1970.</summary>
    public NoteSignature Cosign(ReadOnlySpan<byte> text, long unixSeconds)
    {
        Invariant.Require(VerifierKey.Type == NoteKeyType.Cosignature && unixSeconds >= 0, "only a cosigner cosigns, and not before 1970");
        var signature = new byte[CosignatureTimestampBytes + SignatureAlgorithm.Ed25519.SignatureSize];
        BinaryPrimitives.WriteInt64BigEndian(signature, unixSeconds);
        SignatureAlgorithm.Ed25519.Sign(
            _key, NoteVerifierKey.CosignedMessage((ulong)unixSeconds, text), signature.AsSpan(CosignatureTimestampBytes));
        return new NoteSignature(VerifierKey.Name, VerifierKey.KeyId, signature);
    }

    public void Dispose() => _key.Dispose();
}
