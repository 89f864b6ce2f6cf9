using System.Text;
using NSec.Cryptography;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Splits;

/// <summary>
/// What a party signs: that it accepts this proposal and no other, by the salted commitment of the canonical document.
/// The commitment stands in the log, so a signature can be checked years later without the document.
/// </summary>
public static class ConsentSignature
{
    private static readonly SignatureAlgorithm Ed25519 = SignatureAlgorithm.Ed25519;

    /// <summary>Four lines: tag, subject and number of the proposal, commitment in hex, party. Each ends with a line feed.</summary>
    public static byte[] Message(EntityId subject, int proposal, Sha256Digest document, PartyId party) =>
        Encoding.UTF8.GetBytes($"mp-split-accept-v1\n{subject.Text}.{proposal}\n{document}\n{party.Text}\n");

    /// <summary>Signs with a raw private key of 32 bytes; the consent that a party sends.</summary>
    public static SplitConsent Sign(ReadOnlySpan<byte> seed, EntityId subject, int proposal, Sha256Digest document, PartyId party)
    {
        using var key = Key.Import(Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        return new SplitConsent(
            party.Text, Convert.ToBase64String(key.PublicKey.Export(KeyBlobFormat.RawPublicKey)),
            Convert.ToBase64String(Ed25519.Sign(key, Message(subject, proposal, document, party))));
    }

    /// <summary>Does the signature fit? Whether the key is the party's, only its enrolment says.</summary>
    public static bool IsValid(SplitConsent consent, EntityId subject, int proposal, Sha256Digest document) =>
        PartyId.TryParse(consent.Party, out var party)
        && TryDecode(consent.Key, Ed25519.PublicKeySize) is { } keyBytes
        && TryDecode(consent.Signature, Ed25519.SignatureSize) is { } signature
        && PublicKey.TryImport(Ed25519, keyBytes, KeyBlobFormat.RawPublicKey, out var key)
        && Ed25519.Verify(key!, Message(subject, proposal, document, party), signature);

    private static byte[]? TryDecode(string? text, int sizeBytes)
    {
        var bytes = new byte[sizeBytes + 2];
        return text is not null && Convert.TryFromBase64String(text, bytes, out var written) && written == sizeBytes ? bytes[..sizeBytes] : null;
    }
}
