using System.Security.Cryptography;
using System.Text;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Witness;

/// <summary>A witness's own key, of its own kind: a log's key never cosigns, and a witness's never signs a log.</summary>
public static class WitnessKey
{
    private const string KeyFile = "witness.key";
    private const int MaxKeyBytes = 4096;
    private const int NameBytes = 6;

    /// <param name="keys">Folder, absolute; made when missing, readable by its owner alone.</param>
    /// <param name="name">Of a new key; drawn when null. A key that is there keeps its name.</param>
    /// <exception cref="InvalidDataException">No usable name, or the file is no key of a witness.</exception>
    public static NoteSigner OpenOrMake(IDisk disk, string keys, string? name)
    {
        var path = Path.Combine(keys, KeyFile);
        if (!disk.FileExists(path))
        {
            var drawn = name ?? $"witness.musicpipeline.local/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NameBytes))}";
            if (!Checkpoint.IsOrigin(drawn))
            {
                throw new InvalidDataException($"'{drawn}' is no name of a key: no space, no plus sign");
            }
            DurableFile.EnsureDirectory(disk, keys);
            File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var text = NoteSigner.FormatKeyFile(drawn, RandomNumberGenerator.GetBytes(NoteSigner.SeedBytes), NoteKeyType.Cosignature);
            // If we crash here, the key signed nothing yet.
            DurableFile.WriteOnce(disk, path, Encoding.ASCII.GetBytes(text));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return NoteSigner.TryParseKeyFile(Encoding.ASCII.GetString(DurableFile.ReadAll(disk, path, MaxKeyBytes)), out var signer, out var problem)
            && signer.VerifierKey.Type == NoteKeyType.Cosignature
                ? signer
                : throw new InvalidDataException($"{path} is no key of a witness: {problem ?? "it is a log's"}");
    }
}
