using System.Security.Cryptography;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Ingest.Deliveries;

/// <summary>The hash a manifest declares of a message, against the message's bytes.</summary>
internal static class MessageHash
{
    internal static IEnumerable<Finding> Check(string manifest, ListedMessage entry, string path, ReadOnlySpan<byte> bytes)
    {
        if (entry.Hash is not { } stated)
        {
            return [BatchRules.HashMissing.Broken($"{manifest}: {entry.Place}", path,
                "The manifest declares no hash of this message: damage on its way cannot be noticed.", "Declare a SHA-256 (or at least an MD5) of the message.")];
        }
        switch (DeclaredHash.Parse(stated))
        {
            case DeclaredHash.Malformed(var why):
                return [BatchRules.HashMalformed.Broken($"{manifest}: {stated.Value.Place}", stated.Value.Value,
                    $"This cannot be a {stated.Algorithm.Value} value: {why}.", "Compute the hash of the message again and send the manifest with it.")];
            case DeclaredHash.Unverifiable(var why):
                return [BatchRules.HashUnverifiable.Broken($"{manifest}: {stated.Algorithm.Place}", stated.Algorithm.Value,
                    $"The declared hash of {path} was not compared: {why}.", "Declare a SHA-256 or an MD5 of the message.")];
            case DeclaredHash.Verifiable declared:
                var found = CryptographicOperations.HashData(declared.Algorithm, bytes);
                return declared.Matches(found) ? [] : [BatchRules.HashMismatch.Broken($"{manifest}: {stated.Value.Place}", stated.Value.Value,
                    $"{stated.Algorithm.Value} of {path} is {declared.Write(found)}, declared is {declared.Write(declared.Expected.Span)}: what arrived is not what was sent.",
                    "Send the message again, or the manifest with the hash of the message that is meant.")];
            default:
                throw new InvariantBrokenException("a declared hash is malformed, unverifiable or verifiable");
        }
    }
}
