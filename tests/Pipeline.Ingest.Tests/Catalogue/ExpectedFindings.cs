using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Catalogue;

/// <summary>
/// A sheet, made by hand and by another program, says what is wrong with the standard's own samples: we find all of it,
/// and what else stops one of them is defended in <c>defended-findings.tsv</c>.
/// </summary>
public class ExpectedFindings
{
    private static readonly DateOnly Day = new(2026, 10, 1);

    /// <summary>Where the sheet has another name for a rule of ours.</summary>
    private static readonly Dictionary<string, string> Ours = new() { ["ICPN_CHECK"] = "GTIN_CHECK_DIGIT" };

    [SkippableFact]
    public void Every_finding_of_the_sheet_is_ours_with_its_value_and_severity()
    {
        var sheet = Sheet();
        Assert.True(sheet.Count >= 70, $"{sheet.Count} lines");
        Assert.Multiple(sheet.GroupBy(e => e.File).Select(file => (Action)(() =>
        {
            var found = Inspect(file.Key);
            foreach (var (_, rule, severity, value) in file)
            {
                var id = Ours.GetValueOrDefault(rule, rule);
                Assert.True(
                    found.Any(f => f.Rule == id && f.Value == value && (severity == 'E' ? f.Severity >= Severity.Block : f.Severity == Severity.Warn)),
                    $"{file.Key}: {rule} {severity} {value} is not found");
            }
        })).ToArray());
    }

    [SkippableFact]
    public void What_else_stops_a_sample_is_defended_and_every_defence_is_needed()
    {
        var sheet = Sheet();
        var defended = Rows(Path.Combine(Folder(), "defended-findings.tsv")).Select(c => (File: c[0], Rule: c[1], Value: c[2], Why: c[3])).ToList();
        Assert.All(defended, d => Assert.EndsWith(".", d.Why, StringComparison.Ordinal));
        var extra = sheet.Select(e => e.File).Distinct()
            .SelectMany(file => Inspect(file).Where(f => f.Severity >= Severity.Block).Select(f => (File: file, f.Rule, f.Value)))
            .Where(f => !sheet.Any(e => e.Severity == 'E' && (e.File, Ours.GetValueOrDefault(e.Rule, e.Rule), e.Value) == f))
            .Distinct().Order();
        Assert.Equal(defended.Select(d => (d.File, d.Rule, d.Value)).Order(), extra);
    }

    private static IReadOnlyList<Finding> Inspect(string file) =>
        CatalogueInspection.Of(file, File.ReadAllBytes(SharedCorpus.Require("corpus/ern/" + file)), Day).Findings;

    private static List<(string File, string Rule, char Severity, string Value)> Sheet() =>
        [.. Rows(SharedCorpus.Require("corpus/ern/expected-findings.tsv")).Select(c => (c[0], c[1], c[2][0], c[4]))];

    private static IEnumerable<string[]> Rows(string file) => File.ReadLines(file).Skip(1).Select(line => line.Split('\t'));

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "MusicPipeline.sln")))
        {
            folder = folder.Parent;
        }
        return Path.Combine(folder.FullName, "tests", "Pipeline.Ingest.Tests", "Catalogue");
    }
}
