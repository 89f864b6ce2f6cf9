using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// The envelope of a leaf, written by the sequencer: canonical JSON, then LF, then the exact public bytes of the fact. Its
/// texts need no escaping, so the canonical form is one fixed template and reading is comparing.
/// </summary>
/// <param name="Manifest">Which shape the public part has, e.g. <c>release.received.1</c>.</param>
/// <param name="Tenant">Whose fact.</param>
/// <param name="Source">Pseudonym of the journal source: 32 lower-case hex digits.</param>
/// <param name="Seq">The source's gapless number, from 1.</param>
/// <param name="Asset">The tenant's own release or recording id; empty when the fact has none.</param>
/// <param name="Prev">Position of the previous leaf of this asset, -1 when there is none.</param>
/// <param name="Nonce">16 random bytes as 32 lower-case hex digits, so that public hashes confirm nobody's guess.</param>
public sealed record LeafEnvelope(
    string Manifest, TenantId Tenant, string Source, long Seq, string Asset, long Prev, string Nonce)
{
    /// <summary>Version of the envelope.</summary>
    public const int Version = 1;

    /// <summary>Longest manifest: <c>a-z 0-9 . _ -</c>.</summary>
    public const int MaxManifestCharacters = 100;

    /// <summary>Longest asset id: printable ASCII without space, quotation mark and backslash.</summary>
    public const int MaxAssetCharacters = 200;

    /// <summary>Hex digits of a source and of a nonce.</summary>
    public const int HexCharacters = 32;

    /// <summary>Positions and numbers stay where JSON integers are exact.</summary>
    public const long MaxInteger = 1L << 53;

    /// <summary>The entry: envelope, LF, public bytes.</summary>
    /// <exception cref="InvariantBrokenException">A member is not of its form, or the entry would pass 65,535 bytes.</exception>
    public byte[] Encode(ReadOnlySpan<byte> publicBytes)
    {
        Invariant.Require(
            IsManifest(Manifest) && Tenant.Text is not null && IsHex(Source) && IsHex(Nonce) && IsAsset(Asset)
                && Seq is >= 1 and <= MaxInteger && Prev is >= -1 and <= MaxInteger && (Asset.Length > 0 || Prev == -1),
            "each member of a leaf's envelope has its form");
        var envelope = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"asset":"{{Asset}}","manifest":"{{Manifest}}","nonce":"{{Nonce}}","prev":{{Prev}},"seq":{{Seq}},"source":"{{Source}}","tenant":"{{Tenant.Text}}","v":{{Version}}}""");
        byte[] entry = [.. Encoding.ASCII.GetBytes(envelope), (byte)'\n', .. publicBytes];
        Invariant.Require(entry.Length <= EntryBundle.MaxEntryBytes, "an entry has at most 65,535 bytes");
        return entry;
    }

    /// <summary>Reads an entry; accepts exactly what <see cref="Encode"/> writes.</summary>
    public static bool TryDecode(
        ReadOnlyMemory<byte> entry, [NotNullWhen(true)] out LeafEnvelope? envelope, out ReadOnlyMemory<byte> publicBytes)
    {
        envelope = null;
        publicBytes = default;
        if (!LeafEnvelopeReader.TryRead(entry.Span, out var read))
        {
            return false;
        }
        var bytes = entry.Span;
        _ = TenantId.TryParse(Encoding.ASCII.GetString(bytes[read.Tenant]), out var tenant);
        envelope = new LeafEnvelope(
            Encoding.ASCII.GetString(bytes[read.Manifest]), tenant, Encoding.ASCII.GetString(bytes[read.Source]), read.Seq,
            Encoding.ASCII.GetString(bytes[read.Asset]), read.Prev, Encoding.ASCII.GetString(bytes[read.Nonce]));
        publicBytes = entry[read.PublicFrom..];
        return true;
    }

    private static bool IsManifest(string text) =>
        text.Length is >= 1 and <= MaxManifestCharacters && text.All(c => LeafEnvelopeReader.IsManifestByte((byte)c) && c < 128);

    private static bool IsAsset(string text) =>
        text.Length <= MaxAssetCharacters && text.All(c => c < 128 && LeafEnvelopeReader.IsAssetByte((byte)c));

    private static bool IsHex(string text) => text.Length == HexCharacters && text.All(char.IsAsciiHexDigitLower);
}
