using System.Text.RegularExpressions;

namespace Pipeline.Tidy.Tests;

/// <summary>Documents lead where they say.</summary>
public sealed partial class DocumentsTests
{
    private static readonly string[] DecisionHeadings =
        ["## Context", "## Decision", "## Rejected", "## Consequences", "## How we would notice it was wrong"];

    [Fact]
    public void Every_relative_link_resolves() =>
        Untidy.MustBeEmpty(
            from file in Tree.EndingWith(".md")
            from Match link in Link().Matches(file.Text)
            let target = link.Groups["target"].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Tree.Root, file.Folder, target))
            select $"{file.Path} -> {target}");

    [Fact]
    public void Every_decision_record_has_the_five_headings_in_order()
    {
        var records = Tree.Files.Where(file => Regex.IsMatch(file.Path, @"^ops/docs/adr/\d{4}-.*\.md$")).ToList();
        Assert.NotEmpty(records);
        Untidy.MustBeEmpty(records
            .Where(record => !record.Lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).SequenceEqual(DecisionHeadings))
            .Select(record => record.Path));
        Assert.Equal(records.Count, records.Select(record => record.Name[..4]).Distinct().Count());
    }

    [Fact]
    public void Every_step_of_the_architecture_names_a_file_that_exists() =>
        Untidy.MustBeEmpty(
            from Match named in FloorFile().Matches(Tree.Files.Single(file => file.Path == "ARCHITECTURE.md").Text)
            where !File.Exists(Path.Combine(Tree.Root, named.Value))
            select named.Value);

    [Fact]
    public void Every_script_can_be_run_and_stops_at_the_first_error()
    {
        var scripts = Tree.Files.Where(file => file.Text.StartsWith("#!/usr/bin/env bash", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(scripts);
        Untidy.MustBeEmpty(scripts.Where(script => !script.Text.Contains("set -euo pipefail", StringComparison.Ordinal)).Select(script => script.Path));
        Untidy.MustBeEmpty(scripts.Select(script => script.Path).Except(Tree.Executable));
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"Pipeline\.(Audit|Ingest|Actors)/[\w./]+\.\w+")]
    private static partial Regex FloorFile();
}
