using System.Diagnostics;

namespace Pipeline.Tidy.Tests;

/// <summary>A file of the project: its path from the root with <c>/</c>, and its text.</summary>
public sealed record TreeFile(string Path, string Text)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";

    public string[] Lines => Text.TrimEnd('\n').Split('\n');
}

/// <summary>What git would commit: tracked files and new ones that are not ignored. Build output is no part of the tree.</summary>
public static class Tree
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<TreeFile> Files { get; } = [.. ListPaths().Select(path => new TreeFile(path, File.ReadAllText(Path.Combine(Root, path))))];

    /// <summary>The three floors' C# files.</summary>
    public static IReadOnlyList<TreeFile> FloorSources { get; } =
        [.. Files.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal) && FloorOf(file.Path) is not null)];

    public static IEnumerable<TreeFile> EndingWith(string ending) => Files.Where(file => file.Path.EndsWith(ending, StringComparison.Ordinal));

    /// <summary><c>Audit</c>, <c>Ingest</c> or <c>Actors</c>; null outside the floors.</summary>
    public static string? FloorOf(string path) =>
        path.Split('/')[0] switch { "Pipeline.Audit" => "Audit", "Pipeline.Ingest" => "Ingest", "Pipeline.Actors" => "Actors", _ => null };

    /// <summary>
    /// The line with comments and the contents of string literals taken out, near enough for looking up words: names in
    /// prose are allowed, names in code are not.
    /// </summary>
    public static string CodeOf(string line)
    {
        var code = System.Text.RegularExpressions.Regex.Replace(line, "\"(\\\\.|[^\"\\\\])*\"", "\"\"");
        var comment = code.IndexOf("//", StringComparison.Ordinal);
        return comment < 0 ? code : code[..comment];
    }

    /// <summary>Paths that git keeps as programs: what a clone can run, whatever this checkout's modes are.</summary>
    public static IReadOnlyList<string> Executable { get; } =
        [.. Git("ls-files", "-z", "--stage").Where(entry => entry.StartsWith("100755 ", StringComparison.Ordinal)).Select(entry => entry[(entry.IndexOf('\t') + 1)..])];

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MusicPipeline.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("no MusicPipeline.sln above the tests");
    }

    private static IEnumerable<string> ListPaths() =>
        Git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
            .Where(path => File.Exists(Path.Combine(Root, path)))
            .Order(StringComparer.Ordinal);

    private static string[] Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = Root, RedirectStandardOutput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git does not start");
        var listed = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return listed.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }
}

/// <summary>Fails with every finding on a line of its own; xunit would show the first five.</summary>
public static class Untidy
{
    public static void MustBeEmpty(IEnumerable<string> findings)
    {
        var all = findings.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }
}
