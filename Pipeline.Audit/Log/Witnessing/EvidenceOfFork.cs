using System.Globalization;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// What convicts a log: two notes under its key that cannot both be prefixes of one history, verbatim, with the proof that
/// fails between them. A text that people read and that splits back into its notes at the lines of equals signs.
/// </summary>
public static class EvidenceOfFork
{
    /// <param name="claim">One sentence: what was expected and what was found.</param>
    /// <param name="first">A signed note, verbatim.</param>
    /// <param name="second">The other; null where somebody only says that there is one.</param>
    /// <param name="proof">The hashes that do not lead from the one to the other.</param>
    public static byte[] Format(string claim, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, IReadOnlyList<Sha256Digest> proof)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Evidence of two histories of one log\n{claim}\n");
        text.Append("\n===== first note =====\n").Append(Encoding.UTF8.GetString(first));
        text.Append("\n===== second note =====\n").Append(second.IsEmpty ? "(not at hand)\n" : Encoding.UTF8.GetString(second));
        text.Append(CultureInfo.InvariantCulture, $"\n===== consistency proof, {proof.Count} hashes =====\n");
        foreach (var hash in proof)
        {
            text.Append(Convert.ToBase64String(hash.ToArray())).Append('\n');
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
