using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>Where things are below a vault's root: <c>tmp</c>, <c>cas/sha256/ab/cd/HEX</c>, <c>quarantine</c>, <c>derived</c>.</summary>
internal static class VaultLayout
{
    public static string ObjectDirectory(string root, string hex) => Path.Combine(root, "cas", "sha256", hex[..2], hex[2..4]);

    public static string ObjectPath(string root, Sha256Digest id)
    {
        var hex = id.ToString();
        return Path.Combine(ObjectDirectory(root, hex), hex);
    }

    public static string Quarantine(string root) => Path.Combine(root, "quarantine");
}
