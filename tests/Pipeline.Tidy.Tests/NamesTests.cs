using System.Text.RegularExpressions;

namespace Pipeline.Tidy.Tests;

/// <summary>Names say what a thing is for, in the field's own words.</summary>
public sealed partial class NamesTests
{
    /// <summary>Words that say nothing; as whole parts of a name, so that <c>Database</c> is none of them.</summary>
    private static readonly string[] Empty =
        ["Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Base"];

    /// <summary>Empty words that a standard uses as a term: the AIFF specification's Common Chunk, CISAC's IPI base number.</summary>
    private static readonly (string Name, string Path)[] TermsOfStandards =
        [("Common", "Pipeline.Ingest/Audio/AiffWalker.cs"), ("IpiBaseNumber", "Pipeline.Audit/Vocabulary/IpiBaseNumber.cs")];

    [Fact]
    public void No_type_and_no_folder_has_an_empty_name()
    {
        var types =
            from file in Tree.EndingWith(".cs")
            from Match declared in TypeDeclaration().Matches(string.Join('\n', file.Lines.Select(Tree.CodeOf)))
            select (file.Path, Name: declared.Groups["name"].Value);
        var folders = Tree.Files.SelectMany(file => file.Folder.Split('/')
            .SelectMany(part => part.Split('.')).Select(part => (file.Path, Name: part)));
        Untidy.MustBeEmpty(types.Concat(folders).Distinct()
            .Where(named => !TermsOfStandards.Contains((named.Name, named.Path)))
            .Where(named => PartsOf(named.Name).Intersect(Empty, StringComparer.Ordinal).Any())
            .Select(named => $"{named.Name} in {named.Path}"));
    }

    [Fact]
    public void A_file_of_the_floors_has_the_namespace_of_its_folder_or_of_its_capability() =>
        Untidy.MustBeEmpty(
            from file in Tree.FloorSources
            where file.Name is not ("Program.cs" or "AssemblyInfo.cs")
            let declared = NamespaceDeclaration().Match(file.Text).Groups["name"].Value
            let folder = file.Folder.Replace('/', '.')
            let capability = string.Join('.', file.Folder.Split('/').Take(2))
            where declared != folder && declared != capability
            select $"{file.Path} declares '{declared}', its folder says '{folder}'");

    [Fact]
    public void No_file_of_the_floors_is_dead()
    {
        // A file whose types are spoken of nowhere else. Pages name types in .cshtml, settings in .conf.
        var words = Tree.Files
            .Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal) || file.Path.EndsWith(".cshtml", StringComparison.Ordinal)
                || file.Path.EndsWith(".conf", StringComparison.Ordinal))
            .SelectMany(file => Word().Matches(file.Text).Select(match => match.Value).Distinct().Select(word => (word, file.Path)))
            .ToLookup(found => found.word, found => found.Path, StringComparer.Ordinal);
        Untidy.MustBeEmpty(
            from file in Tree.FloorSources
            let names = TopLevelType().Matches(file.Text).Select(declared => declared.Groups["name"].Value).ToList()
            where names.Count > 0 && !names.Any(name => FoundByTheFramework(file, name) || words[name].Any(path => path != file.Path))
            select $"{file.Path}: {string.Join(", ", names)}");
    }

    // Found by reflection or by convention, never by name.
    private static bool FoundByTheFramework(TreeFile file, string name) =>
        name == "Program"
        || file.Path.EndsWith(".cshtml.cs", StringComparison.Ordinal)
        || file.Text.Contains("JsonSerializerContext", StringComparison.Ordinal)
        || file.Text.Contains("[LoggerMessage(", StringComparison.Ordinal)
        || DeclaresExtensions(file, name);

    // An extension class is spoken of through its methods.
    private static bool DeclaresExtensions(TreeFile file, string name) =>
        Regex.IsMatch(file.Text, $@"static (partial )?class {name}\b") && ExtensionMethod().IsMatch(file.Text);

    private static IEnumerable<string> PartsOf(string name) => NamePart().Matches(name).Select(match => match.Value);

    [GeneratedRegex(@"\b(class|record( struct| class)?|struct|interface|enum) (?<name>[A-Z]\w*)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^(public|internal) [a-z ]*\b(class|record( struct| class)?|struct|interface|enum) (?<name>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();

    [GeneratedRegex(@"[A-Z][a-z0-9]*")]
    private static partial Regex NamePart();

    [GeneratedRegex(@"\b[A-Z]\w*\b")]
    private static partial Regex Word();

    [GeneratedRegex(@"\(this |\bextension\b")]
    private static partial Regex ExtensionMethod();
}
