using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Pipeline.Tidy.Tests;

/// <summary>The three floors and their one direction (ARCHITECTURE.md).</summary>
public sealed partial class FloorsTests
{
    public static TheoryData<string, string[]> AllowedReferences() => new()
    {
        { "Pipeline.Audit/Pipeline.Audit.csproj", [] },
        { "Pipeline.Ingest/Pipeline.Ingest.csproj", ["Pipeline.Audit"] },
        { "Pipeline.Actors/Pipeline.Actors.csproj", ["Pipeline.Audit", "Pipeline.Ingest"] },
    };

    [Theory]
    [MemberData(nameof(AllowedReferences))]
    public void A_floor_references_only_the_floors_below(string project, string[] allowed) =>
        Untidy.MustBeEmpty(Included(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)!).Except(allowed));

    [Fact]
    public void The_audit_floor_has_one_package() =>
        Assert.Equal(["NSec.Cryptography"], Included("Pipeline.Audit/Pipeline.Audit.csproj", "PackageReference"));

    [Fact]
    public void The_audit_and_ingest_floors_take_no_framework_but_the_plain_one()
    {
        foreach (var project in (string[])["Pipeline.Audit/Pipeline.Audit.csproj", "Pipeline.Ingest/Pipeline.Ingest.csproj"])
        {
            Assert.Equal("Microsoft.NET.Sdk", (string?)Load(project).Root!.Attribute("Sdk"));
            Assert.Empty(Included(project, "FrameworkReference"));
        }
    }

    [Fact]
    public void Akka_is_unknown_below_the_actors_floor() =>
        Untidy.MustBeEmpty(Mentions(AkkaName(), file => Tree.FloorOf(file.Path) is "Audit" or "Ingest"));

    [Fact]
    public void The_web_framework_is_known_only_to_web_command_line_and_hosting() =>
        Untidy.MustBeEmpty(Mentions(WebName(), file => file.Path != "Pipeline.Actors/Program.cs"
            && !WebFolders.Any(folder => file.Path.StartsWith(folder, StringComparison.Ordinal))));

    [Fact]
    public void Web_and_command_line_reach_actors_only_through_the_gateway() =>
        Untidy.MustBeEmpty(Mentions(AkkaName(), file => file.Path.StartsWith("Pipeline.Actors/Web/", StringComparison.Ordinal)
            || file.Path.StartsWith("Pipeline.Actors/Cli/", StringComparison.Ordinal)));

    [Fact]
    public void The_audit_floor_has_neither_clock_nor_chance() =>
        Untidy.MustBeEmpty(Mentions(ClockOrChance(), file => Tree.FloorOf(file.Path) is "Audit"));

    [Fact]
    public void Money_is_never_a_binary_or_rounded_number() =>
        Untidy.MustBeEmpty(Mentions(InexactNumber(), file => MoneyFolders.Any(folder => file.Folder.Split('/').Contains(folder))));

    private static readonly string[] WebFolders = ["Pipeline.Actors/Web/", "Pipeline.Actors/Cli/", "Pipeline.Actors/Hosting/"];

    private static readonly string[] MoneyFolders = ["Statements", "Allocation", "Ledger", "Payouts"];

    private static IEnumerable<string> Mentions(Regex word, Func<TreeFile, bool> among) =>
        from file in Tree.FloorSources.Where(among)
        from line in file.Lines.Select((text, index) => (text, number: index + 1))
        where word.IsMatch(Tree.CodeOf(line.text))
        select $"{file.Path}:{line.number}: {line.text.Trim()}";

    private static XDocument Load(string project) => XDocument.Load(Path.Combine(Tree.Root, project));

    private static IEnumerable<string> Included(string project, string element) =>
        Load(project).Descendants(element).Select(reference => (string?)reference.Attribute("Include") ?? "");

    [GeneratedRegex(@"\bAkka\b")]
    private static partial Regex AkkaName();

    [GeneratedRegex(@"\bMicrosoft\.AspNetCore\b")]
    private static partial Regex WebName();

    [GeneratedRegex(@"\b(TimeProvider|Stopwatch|DateTime(Offset)?\.(Utc)?Now|Environment\.TickCount(64)?|Random|RandomNumberGenerator|Guid\.(NewGuid|CreateVersion7))\b")]
    private static partial Regex ClockOrChance();

    [GeneratedRegex(@"\b(double|float|decimal|Double|Single|Decimal|Half)\b")]
    private static partial Regex InexactNumber();
}
