using System.Text;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Cli;

/// <summary>Reads keys, policies and notes that a user names, within bounds.</summary>
internal static class NoteFiles
{
    private const int MaxPolicyBytes = 256 * 1024;

    /// <exception cref="InvalidDataException">No verifier key; the message names the file.</exception>
    public static NoteVerifierKey ReadKey(string path) =>
        NoteVerifierKey.TryParse(Encoding.UTF8.GetString(ReadBounded(path, NoteVerifierKey.MaxVkeyCharacters)).TrimEnd('\n'), out var key, out var problem)
            ? key
            : throw new InvalidDataException($"{path}: {problem}");

    /// <exception cref="InvalidDataException">No policy; the message names file and line.</exception>
    public static TrustPolicy ReadPolicy(string path) =>
        TrustPolicy.TryParse(ReadBounded(path, MaxPolicyBytes), out var policy, out var problem)
            ? policy
            : throw new InvalidDataException($"{path}: {problem}");

    /// <exception cref="InvalidDataException">Longer than <paramref name="maxBytes"/>.</exception>
    public static byte[] ReadBounded(string path, int maxBytes)
    {
        using var file = File.OpenRead(path);
        if (file.Length > maxBytes)
        {
            throw new InvalidDataException($"{path} has {file.Length} bytes; at most {maxBytes} are read");
        }
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
