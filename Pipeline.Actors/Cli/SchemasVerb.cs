using System.CommandLine;
using Pipeline.Ingest.Catalogue.Ern;

namespace Pipeline.Actors.Cli;

/// <summary>
/// <c>mp schemas import DIR --data D</c>: the schemas of one version of ERN, which the operator has under DDEX's licence
/// and we may not carry; or those of the choreography, which answers to batches are held against. They lie below <c>schemas/</c> of the data directory, one folder a version.
/// </summary>
public static class SchemasVerb
{
    public static Command Command()
    {
        var folder = new Argument<string>("dir") { Description = "Folder with the .xsd files of one version, release-notification and allowed value sets" };
        var data = new Option<string>("--data") { Description = "Data directory", HelpName = "DIR", Required = true };
        var import = new Command("import", "Checks the schemas of one version of ERN, or of its choreography (ern-c-sftp/16), and keeps them for 'mp inspect' and the answers of 'mp ingest' with --data DIR.") { folder, data };
        import.SetAction(parsed => Import(parsed.GetValue(folder)!, Where.Directory(parsed.GetValue(data)!)));
        return new Command("schemas", "The standard's own schemas, where the operator has them.") { import };
    }

    /// <summary>All versions that were imported; none without a data directory.</summary>
    internal static IReadOnlyList<ErnSchemas> Imported(string? data)
    {
        var root = data is null ? null : Path.Combine(Where.Directory(data), "schemas");
        return root is null || !Directory.Exists(root)
            ? []
            : [.. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).Select(d => Read(d, out _)).OfType<ErnSchemas>()];
    }

    private static int Import(string folder, string data)
    {
        var why = "there is no such folder";
        if (!Directory.Exists(folder) || Read(folder, out why) is not { } schemas)
        {
            Console.Error.WriteLine($"mp: {Printer.Clean(folder)} holds no schemas of a version of ERN: {Printer.Clean(why)}");
            return ExitCode.No;
        }
        var kept = Path.Combine(data, "schemas", schemas.Number);
        Directory.CreateDirectory(kept);
        foreach (var file in Documents(folder))
        {
            // If we crash here, some documents are of the old import; importing again replaces them all.
            File.Copy(file, Path.Combine(kept, Path.GetFileName(file)), overwrite: true);
        }
        Console.Out.WriteLine($"ERN {schemas.Number}: {Documents(folder).Count} documents kept in {Printer.Clean(kept)}");
        return ExitCode.Yes;
    }

    private static ErnSchemas? Read(string folder, out string why)
    {
        var files = Documents(folder);
        if (files.Any(f => new FileInfo(f).Length > ErnSchemas.MaxDocumentBytes))
        {
            why = $"one of them is longer than {ErnSchemas.MaxDocumentBytes} bytes";
            return null;
        }
        return ErnSchemas.Compile([.. files.Select(f => (ReadOnlyMemory<byte>)File.ReadAllBytes(f))], out why);
    }

    private static List<string> Documents(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.xsd").Order(StringComparer.Ordinal).Take(ErnSchemas.MaxDocuments + 1)];
}
