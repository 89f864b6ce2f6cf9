using System.Security.Cryptography;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// The secret behind the pseudonyms of sources. Whoever has it can check a guess which source is behind a pseudonym;
/// nobody can turn one back.
/// </summary>
public sealed class SourceSalt
{
    /// <summary>Bytes of a salt, drawn by the operating system's generator when a log is made.</summary>
    public const int SizeBytes = 32;

    private const int SourceBytes = LeafEnvelope.HexCharacters / 2;

    private readonly byte[] _bytes;

    /// <param name="bytes">As the database keeps them.</param>
    public SourceSalt(ReadOnlySpan<byte> bytes)
    {
        Invariant.Require(bytes.Length == SizeBytes, "the salt of a log's sources has 32 bytes");
        _bytes = bytes.ToArray();
    }

    /// <summary>
    /// The salt after a recovery that could not name every source. A source that was lost must not be met again under
    /// its old pseudonym, where its numbers have begun; and the old salts' pseudonyms must stay checkable from any older
    /// copy of the database, so that the next salt follows from this one.
    /// </summary>
    public SourceSalt Next() => new(SHA256.HashData([.. "mp-source-salt-v1"u8, .. _bytes]));

    /// <summary>The first 16 bytes of HMAC-SHA256(salt, persistence id), in hex: the same source has one name.</summary>
    public string NameOf(string persistenceId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_bytes, Encoding.UTF8.GetBytes(persistenceId)).AsSpan(0, SourceBytes));

    internal byte[] ToArray() => [.. _bytes];
}
