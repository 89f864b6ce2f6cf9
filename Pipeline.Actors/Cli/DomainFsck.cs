using System.Globalization;
using System.Text.Json.Serialization;
using Pipeline.Audit.Evidence;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Cli;

/// <summary>What <c>mp log fsck --domain --json</c> prints on its second line.</summary>
/// <param name="Clean">False also when it did not run, because the log itself is not clean.</param>
/// <param name="AsOf">The instant ages are counted to, ms since 1970 UTC.</param>
public sealed record DomainLine(
    bool Clean, bool Ran, long? AsOf, IReadOnlyList<FsckDefect> Defects, long More, IReadOnlyList<OpenThing> Open, long MoreOpen,
    IReadOnlyList<string> Checked, IReadOnlyList<string> NotChecked);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DomainLine))]
public sealed partial class DomainJson : JsonSerializerContext;

/// <summary>The half of <c>mp log fsck --domain</c> that comes after the files were checked: is the story whole?</summary>
public static class DomainFsck
{
    /// <summary>Checks, prints, and says how it ended: nothing wrong is yes, even with things open.</summary>
    /// <param name="log">What fsck found; unless that is clean, there is no story to judge.</param>
    /// <param name="openings">Private parts to hold against the log; null for none.</param>
    public static int Run(ILogFiles files, FsckReport log, Openings? openings, bool json, TimeProvider time)
    {
        if (!log.IsClean || log.Root is not { } root)
        {
            const string skipped = "The domain: what the entries say is not judged while the log itself is not clean.";
            Print(new DomainLine(false, false, null, [], 0, [], 0, [], [skipped]), json);
            return ExitCode.No;
        }
        var report = DomainCheck.Run(files, log.Size, root, new DomainOptions { AsOf = time.GetUtcNow().ToUnixTimeMilliseconds(), Openings = openings });
        Print(
            new DomainLine(
                report.IsClean, true, report.AsOf, report.Defects, report.More, report.Open, report.MoreOpen, report.Checked, report.NotChecked),
            json);
        return report.IsClean ? ExitCode.Yes : ExitCode.No;
    }

    private static void Print(DomainLine line, bool json)
    {
        if (json)
        {
            Printer.Json(line, DomainJson.Default.DomainLine);
            return;
        }
        foreach (var text in Lines(line))
        {
            Console.Out.WriteLine(Printer.Clean(text));
        }
    }

    private static IEnumerable<string> Lines(DomainLine line)
    {
        foreach (var defect in line.Defects)
        {
            yield return $"DEFECT {defect.Place}: {defect.What}";
        }
        if (line.More > 0)
        {
            yield return $"and {line.More} more defects";
        }
        foreach (var open in line.Open)
        {
            yield return $"open: {open.Id} {open.State} since {Instant(open.Since)} ({Age(open.AgeMilliseconds)}), entry {open.Index}";
        }
        if (line.MoreOpen > 0)
        {
            yield return $"and {line.MoreOpen} more open things";
        }
        foreach (var text in line.Checked.Select(s => "checked: " + s).Concat(line.NotChecked.Select(s => "not checked: " + s)))
        {
            yield return text;
        }
        yield return !line.Ran ? "domain NOT checked"
            : line.Clean ? $"domain clean: {line.Open.Count + line.MoreOpen} open"
            : $"domain NOT clean: {line.Defects.Count + line.More} defects";
    }

    /// <summary>UTC; a time that no calendar has is printed as the number it is.</summary>
    private static string Instant(long milliseconds) =>
        milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : milliseconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>The two largest units, e.g. <c>3 d 4 h</c>.</summary>
    private static string Age(long milliseconds)
    {
        var (minutes, seconds) = (milliseconds / 60_000, milliseconds / 1000);
        return minutes switch
        {
            >= 24 * 60 => $"{minutes / (24 * 60)} d {minutes / 60 % 24} h",
            >= 60 => $"{minutes / 60} h {minutes % 60} min",
            >= 1 => $"{minutes} min {seconds % 60} s",
            _ => $"{seconds} s",
        };
    }
}
