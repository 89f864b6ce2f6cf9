using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>Where things are below a vault's root: <c>tmp</c>, <c>cas/sha256/ab/cd/HEX</c>, <c>quarantine</c>, <c>derived</c>.</summary>
public static class VaultLayout
{
    public static string ObjectsDirectory(string root) => Path.Combine(root, "cas", "sha256");

    public static string ObjectDirectory(string root, string hex) => Path.Combine(ObjectsDirectory(root), hex[..2], hex[2..4]);

    public static string ObjectPath(string root, Sha256Digest id)
    {
        var hex = id.ToString();
        return Path.Combine(ObjectDirectory(root, hex), hex);
    }

    /// <summary>The object that a file of this name in <see cref="ObjectDirectory"/> is; false for anything else that lies there.</summary>
    public static bool TryParse(string name, out Sha256Digest id) =>
        Sha256Digest.TryParse(name, out id) && id.ToString() == name;

    public static string Unclaimed(string root) => Path.Combine(root, "unclaimed");

    public static string Quarantine(string root) => Path.Combine(root, "quarantine");
}
