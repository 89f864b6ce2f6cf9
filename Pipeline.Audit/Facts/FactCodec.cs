using System.Text;
using System.Text.Json;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Facts;

/// <summary>What the sequencer takes of a fact: everything but the private part.</summary>
public sealed record PublicPart(TenantId Tenant, string Asset, byte[] Bytes);

/// <summary>
/// The one encoding. The journal holds three lines: the canonical public part, the private part, the salt in hex; the
/// last two are empty when there is none or it was erased. Canonical JSON has no raw line feed, so the lines need no
/// further framing and a person can read them in twenty years.
/// </summary>
public static class FactCodec
{
    /// <summary>Largest public part. A leaf must fit an entry bundle with room to spare; what is larger is a vault document.</summary>
    public const int MaxPublicBytes = 7 * 1024;

    private const byte LineFeed = (byte)'\n';

    /// <exception cref="FactTooLargeException">The public part is larger than <see cref="MaxPublicBytes"/>.</exception>
    public static byte[] PublicBytes(Fact fact)
    {
        var type = FactJson.Default.GetTypeInfo(fact.GetType())
            ?? throw new InvalidOperationException($"{fact.GetType().Name} is not in FactJson");
        var bytes = CanonicalJson.Encode(JsonSerializer.SerializeToNode(fact, type));
        return bytes.Length <= MaxPublicBytes ? bytes : throw new FactTooLargeException(fact.GetType().Name, bytes.Length);
    }

    /// <summary>The journal's bytes of a fact.</summary>
    /// <exception cref="FactTooLargeException">The public part is larger than <see cref="MaxPublicBytes"/>.</exception>
    public static byte[] ToJournal(Fact fact)
    {
        var publicBytes = PublicBytes(fact);
        return fact.Opening is { } opening
            ? [.. publicBytes, LineFeed, .. opening.Bytes, LineFeed, .. Encoding.ASCII.GetBytes(opening.Salt.ToString())]
            : ErasedJournal(publicBytes);
    }

    /// <summary>The journal's bytes of a fact whose private part is erased, or that never had one.</summary>
    public static byte[] ErasedJournal(ReadOnlySpan<byte> publicBytes) => [.. publicBytes, LineFeed, LineFeed];

    /// <summary>The journal's bytes of the same fact without its private part and salt; null when it has none.</summary>
    /// <exception cref="InvalidDataException">Not three lines.</exception>
    public static byte[]? Erase(ReadOnlySpan<byte> journal)
    {
        var (publicBytes, privateBytes, salt) = Lines(journal);
        return privateBytes.Length == 0 && salt.Length == 0 ? null : ErasedJournal(publicBytes);
    }

    /// <summary>Reads a fact back, with its private part where that still exists.</summary>
    /// <exception cref="InvalidDataException">Not three lines, an unknown manifest, or a private part that does not fit
    /// its commitment.</exception>
    public static Fact FromJournal(string manifest, ReadOnlySpan<byte> journal)
    {
        var (publicBytes, privateBytes, salt) = Lines(journal);
        var fact = Decode(manifest, publicBytes);
        if (privateBytes.Length == 0)
        {
            return fact;
        }
        Span<byte> saltBytes = stackalloc byte[Salt.SizeBytes];
        return Convert.FromHexString(salt, saltBytes, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == Salt.SizeBytes
            ? fact.WithOpening(privateBytes.ToArray(), new Salt(saltBytes))
            : throw new InvalidDataException("the salt of a private part is not 64 hex digits");
    }

    /// <summary>A fact from its leaf's public part alone: private parts stay closed.</summary>
    /// <exception cref="InvalidDataException">Unknown manifest or not the JSON of it.</exception>
    public static Fact Decode(string manifest, ReadOnlySpan<byte> publicBytes)
    {
        try
        {
            var type = FactJson.Default.GetTypeInfo(FactManifest.TypeOf(manifest))!;
            return (Fact)(JsonSerializer.Deserialize(publicBytes, type) ?? throw new InvalidDataException("an empty fact"));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"not a {manifest}: {e.Message}", e);
        }
    }

    /// <summary>What the sequencer needs, without opening the private part.</summary>
    /// <exception cref="InvalidDataException">As <see cref="Decode"/>.</exception>
    public static PublicPart ReadPublic(string manifest, ReadOnlySpan<byte> journal)
    {
        var (publicBytes, _, _) = Lines(journal);
        var fact = Decode(manifest, publicBytes);
        return new PublicPart(fact.Tenant, fact.GetAsset(), publicBytes.ToArray());
    }

    /// <summary>The private part and its salt as text; both null when there is none or it was erased.</summary>
    /// <exception cref="InvalidDataException">Not three lines.</exception>
    public static (string? Opening, string? Salt) ReadOpening(ReadOnlySpan<byte> journal)
    {
        var (_, privateBytes, salt) = Lines(journal);
        return privateBytes.Length == 0 ? (null, null) : (Encoding.UTF8.GetString(privateBytes), Encoding.ASCII.GetString(salt));
    }

    private static Three Lines(ReadOnlySpan<byte> journal)
    {
        var first = journal.IndexOf(LineFeed);
        var second = first < 0 ? -1 : journal[(first + 1)..].IndexOf(LineFeed);
        if (second < 0 || journal[(first + 2 + second)..].Contains(LineFeed))
        {
            throw new InvalidDataException("a journal row of a fact has three lines");
        }
        return new Three(journal[..first], journal.Slice(first + 1, second), journal[(first + 2 + second)..]);
    }

    private readonly ref struct Three(ReadOnlySpan<byte> publicBytes, ReadOnlySpan<byte> privateBytes, ReadOnlySpan<byte> salt)
    {
        private readonly ReadOnlySpan<byte> _public = publicBytes;
        private readonly ReadOnlySpan<byte> _private = privateBytes;
        private readonly ReadOnlySpan<byte> _salt = salt;

        public void Deconstruct(out ReadOnlySpan<byte> publicBytes, out ReadOnlySpan<byte> privateBytes, out ReadOnlySpan<byte> salt)
        {
            publicBytes = _public;
            privateBytes = _private;
            salt = _salt;
        }
    }
}

/// <summary>A fact whose public part does not fit a leaf: a bug of ours, caught before it is persisted.</summary>
public sealed class FactTooLargeException(string fact, int sizeBytes)
    : Exception($"the public part of {fact} has {sizeBytes} bytes; {FactCodec.MaxPublicBytes} are allowed: make it a vault document");
