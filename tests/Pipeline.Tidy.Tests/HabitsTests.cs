using System.Text.RegularExpressions;

namespace Pipeline.Tidy.Tests;

/// <summary>What a reviewer would have to look for in every change.</summary>
public sealed partial class HabitsTests
{
    private const int MostLinesOfAFile = 400;
    private const int MostLinesOfAFolderReadme = 60;
    private const int FilesWithoutReadme = 3;

    private static readonly string[] TextEndings =
        [".cs", ".csproj", ".props", ".targets", ".json", ".conf", ".cshtml", ".md", ".sql", ".sh", ".js", ".css", ".config", ".yml", ".xml"];

    [Fact]
    public void No_file_of_the_floors_is_longer_than_one_sitting() =>
        Untidy.MustBeEmpty(Tree.FloorSources.Where(file => file.Lines.Length > MostLinesOfAFile).Select(file => $"{file.Path}: {file.Lines.Length} lines"));

    [Fact]
    public void A_capability_with_more_than_a_few_files_explains_itself_on_one_screen()
    {
        var capabilities = Tree.Files
            .Where(file => Tree.FloorOf(file.Path) is not null && file.Path.Split('/').Length > 2)
            .GroupBy(file => string.Join('/', file.Path.Split('/')[..2]))
            .Where(folder => folder.Count(file => file.Name.EndsWith(".cs", StringComparison.Ordinal)) > FilesWithoutReadme);
        Untidy.MustBeEmpty(
            from folder in capabilities
            let readme = folder.SingleOrDefault(file => file.Path == folder.Key + "/README.md")
            where readme is null || readme.Lines.Length > MostLinesOfAFolderReadme
            select readme is null ? $"{folder.Key} has no README.md" : $"{readme.Path}: {readme.Lines.Length} lines");
    }

    [Fact]
    public void Nothing_is_left_for_later() => Untidy.MustBeEmpty(LinesMatching(LeftForLater(), _ => true));

    [Fact]
    public void Nothing_sleeps() =>
        Untidy.MustBeEmpty(LinesMatching(Sleep(), file => file.Path.EndsWith(".cs", StringComparison.Ordinal)));

    [Fact]
    public void No_file_names_a_registry_or_a_path_of_one_machine() =>
        Untidy.MustBeEmpty(LinesMatching(RegistryOrMachinePath(), file => file.Name != "LICENSE"));

    [Fact]
    public void The_browser_lock_file_names_no_download_address() =>
        Assert.DoesNotContain("\"resolved\"", Tree.Files.Single(file => file.Path == "Pipeline.Actors/package-lock.json").Text, StringComparison.Ordinal);

    [Fact]
    public void Every_project_has_its_lock_file_and_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Tree.Root, "MusicPipeline.sln"));
        var projects = Tree.EndingWith(".csproj").ToList();
        Assert.NotEmpty(projects);
        Untidy.MustBeEmpty(projects.Where(project => Tree.Files.All(file => file.Path != project.Folder + "/packages.lock.json")).Select(project => project.Path));
        Untidy.MustBeEmpty(projects.Where(project => !solution.Contains(project.Path.Replace('/', '\\'), StringComparison.Ordinal)).Select(project => project.Path));
    }

    [Fact]
    public void No_project_states_a_version_or_switches_a_warning_off() =>
        Untidy.MustBeEmpty(LinesMatching(LocalException(), file => file.Path.EndsWith(".csproj", StringComparison.Ordinal)));

    [Fact]
    public void Every_suppression_in_the_editor_configuration_has_its_reason_above()
    {
        var lines = Tree.Files.Single(file => file.Path == ".editorconfig").Lines;
        Untidy.MustBeEmpty(lines.Where((line, index) => line.EndsWith("severity = none", StringComparison.Ordinal) && !HasReasonAbove(lines, index)));
    }

    // A reason may stand above several suppressions in a row.
    private static bool HasReasonAbove(string[] lines, int index)
    {
        while (index > 0 && lines[index].StartsWith("dotnet_", StringComparison.Ordinal))
        {
            index--;
        }
        return lines[index].StartsWith('#');
    }

    private static IEnumerable<string> LinesMatching(Regex pattern, Func<TreeFile, bool> among) =>
        from file in Tree.Files.Where(among)
        where !file.Path.StartsWith("tests/Pipeline.Tidy.Tests/", StringComparison.Ordinal)
            && (TextEndings.Any(ending => file.Path.EndsWith(ending, StringComparison.Ordinal)) || file.Text.StartsWith("#!", StringComparison.Ordinal))
        from line in file.Lines.Select((text, index) => (text, number: index + 1))
        where pattern.IsMatch(line.text)
        select $"{file.Path}:{line.number}: {line.text.Trim()}";

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex LeftForLater();

    [GeneratedRegex(@"\bThread\.Sleep\b")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"registry\.npmjs|registry\.yarnpkg|api\.nuget\.org|(?<![\w.])/(work|root|home)/|(?<!\w)\.library/", RegexOptions.IgnoreCase)]
    private static partial Regex RegistryOrMachinePath();

    [GeneratedRegex(@"<PackageReference[^>]*\bVersion=|<NoWarn>|<WarningsNotAsErrors>|<TreatWarningsAsErrors>false")]
    private static partial Regex LocalException();
}
