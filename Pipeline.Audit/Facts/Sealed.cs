using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Facts;

/// <summary>32 bytes that make a commitment tell nothing. Drawn by the shell from the operating system, never by a rule.</summary>
public sealed class Salt
{
    public const int SizeBytes = 32;

    private readonly byte[] _bytes;

    /// <param name="bytes">Exactly 32 bytes.</param>
    public Salt(ReadOnlySpan<byte> bytes)
    {
        Invariant.Require(bytes.Length == SizeBytes, "a salt has 32 bytes");
        _bytes = bytes.ToArray();
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public override string ToString() => Convert.ToHexStringLower(_bytes);
}

/// <summary>The salts one decision may use, drawn before it is made so that the decision stays a function.</summary>
public sealed class Salts(IReadOnlyList<Salt> drawn)
{
    /// <summary>How many the shell draws for each command; no decision writes more private parts than this.</summary>
    public const int PerCommand = 4;

    public Salt this[int index] => drawn[index];

    /// <param name="draw">Gives that many random bytes; in production the operating system's generator.</param>
    public static Salts Draw(Func<int, byte[]> draw) =>
        new([.. Enumerable.Range(0, PerCommand).Select(_ => new Salt(draw(Salt.SizeBytes)))]);
}

/// <summary>
/// A private part as the public part sees it: a commitment, and, until somebody erases it, the value behind it.
/// Commitment = <c>SHA-256("mp-commit-v1" || salt || canonical bytes)</c> (design, section 4).
/// </summary>
[JsonConverter(typeof(SealedJson))]
public sealed class Sealed<T>
    where T : class
{
    private Sealed(Sha256Digest commitment, T? value, byte[]? bytes, Salt? salt) =>
        (Commitment, Value, Bytes, Salt) = (commitment, value, bytes, salt);

    public Sha256Digest Commitment { get; }

    /// <summary>Null once erased: every reader must go on without it.</summary>
    public T? Value { get; }

    /// <summary>The exact bytes committed to; null once erased.</summary>
    public byte[]? Bytes { get; }

    /// <summary>Null once erased.</summary>
    public Salt? Salt { get; }

    /// <summary>Commits to a value.</summary>
    public static Sealed<T> Close(T value, Salt salt, JsonTypeInfo<T> type)
    {
        var bytes = CanonicalJson.Encode(value, type);
        return new Sealed<T>(Commit(salt, bytes), value, bytes, salt);
    }

    /// <summary>What remains after erasure.</summary>
    public static Sealed<T> Erased(Sha256Digest commitment) => new(commitment, null, null, null);

    /// <summary>Puts the value back behind its commitment.</summary>
    /// <exception cref="InvalidDataException">The opening is not the one committed to.</exception>
    public Sealed<T> Open(byte[] bytes, Salt salt, JsonTypeInfo<T> type)
    {
        if (Commit(salt, bytes) != Commitment)
        {
            throw new InvalidDataException("the private part does not fit its commitment");
        }
        return new Sealed<T>(Commitment, JsonSerializer.Deserialize(bytes, type), bytes, salt);
    }

    private static Sha256Digest Commit(Salt salt, byte[] bytes) => Commitments.Of(salt, bytes);

    public override bool Equals(object? obj) => obj is Sealed<T> other && other.Commitment == Commitment;

    public override int GetHashCode() => Commitment.GetHashCode();
}

/// <summary>The one commitment scheme.</summary>
public static class Commitments
{
    /// <summary>SHA-256 of the domain tag, the salt and the bytes.</summary>
    public static Sha256Digest Of(Salt salt, ReadOnlySpan<byte> bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("mp-commit-v1"u8);
        hash.AppendData(salt.Bytes);
        hash.AppendData(bytes);
        return new Sha256Digest(hash.GetCurrentHash());
    }
}

/// <summary>In the public part only the commitment appears.</summary>
public sealed class SealedJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Sealed<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Of<T> : JsonConverter<Sealed<T>>
        where T : class
    {
        public override Sealed<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Sha256DigestJson.Find(ref reader, out var commitment)
                ? Sealed<T>.Erased(commitment)
                : throw new JsonException("a commitment of 64 hex digits is wanted");

        public override void Write(Utf8JsonWriter writer, Sealed<T> value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Commitment.ToString());
    }
}
