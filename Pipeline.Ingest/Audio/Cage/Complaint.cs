using System.Text.RegularExpressions;

namespace Pipeline.Ingest.Audio;

/// <summary>
/// What a tool said, made fit for a finding: one line, no addresses, nothing unprintable. The same file must give the
/// same finding on every run, because outcomes are kept by their input.
/// </summary>
internal static partial class Complaint
{
    /// <summary>Longest line quoted.</summary>
    public const int MaxCharacters = 160;

    public static string FirstLine(string stderr)
    {
        var line = stderr.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "";
        var clean = new string([.. Address().Replace(line, "").Select(c => char.IsControl(c) ? ' ' : c)]);
        return clean.Length <= MaxCharacters ? clean : clean[..MaxCharacters];
    }

    [GeneratedRegex(@" @ 0x[0-9a-f]+|0x[0-9a-f]{8,}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
