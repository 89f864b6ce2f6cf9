using Pipeline.Audit.Log;

namespace Pipeline.Actors.Cli;

/// <summary>Reads keys, policies and notes that a user names, within bounds.</summary>
internal static class NoteFiles
{
    private const int MaxPolicyBytes = 256 * 1024;

    /// <summary>A log's verifier key, or several of its origin, one a line.</summary>
    /// <exception cref="InvalidDataException">No such keys; the message names the file.</exception>
    public static IReadOnlyList<NoteVerifierKey> ReadKeys(string path) =>
        LogVkeys.TryParseLines(ReadBounded(path, LogVkeys.MaxBytes), out var keys, out var problem)
            ? keys
            : throw new InvalidDataException($"{path}: {problem}");

    /// <summary>The keys that a log directory shows: all that it has had, or the one.</summary>
    public static IReadOnlyList<NoteVerifierKey> ReadKeysOf(string log) =>
        ReadKeys(Path.Combine(log, LogLayout.Vkeys) is var all && File.Exists(all) ? all : Path.Combine(log, LogLayout.Vkey));

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
