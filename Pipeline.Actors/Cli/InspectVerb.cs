using System.CommandLine;
using System.Text.Json.Serialization;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Audio;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Catalogue.Ern;
using Pipeline.Ingest.Deliveries;
using Pipeline.Ingest.Stages;

namespace Pipeline.Actors.Cli;

/// <summary>What <c>mp inspect --json</c> prints of one file or folder.</summary>
/// <param name="Verdict"><c>pass</c>, <c>fail</c> or <c>undecided</c>.</param>
public sealed record InspectLine(
    string Path, string Verdict, RecordingFacts? Recording, ImageFacts? Image, IReadOnlyList<Finding> Findings);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InspectLine))]
public sealed partial class InspectJson : JsonSerializerContext;

/// <summary><c>mp inspect PATH…</c>: would this pass? Changes nothing and asks no claims.</summary>
public static class InspectVerb
{
    public static Command Command()
    {
        var paths = new Argument<string[]>("path") { Arity = ArgumentArity.OneOrMore, Description = "Audio or image file, ERN message, release.json, release folder, or DDEX batch" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var weak = new Option<bool>("--weak-sandbox") { Description = "Accept a weaker sandbox where namespaces are missing" };
        var profile = new Option<string?>("--profile") { Description = "What was agreed with the sender: {\"name\": …, \"severities\": {RULE: severity}}" };
        var data = new Option<string?>("--data") { Description = "Data directory, for the schemas that were imported into it", HelpName = "DIR" };
        var command = new Command("inspect", """
            Would this pass? Facts, findings and a verdict for files and release folders. Changes nothing; claims are not asked.

            Examples:
              mp inspect track.flac
              mp inspect ./blue-hour --json
            """)
        { paths, json, weak, profile, data };
        command.SetAction(async (parsed, cancel) =>
        {
            if (!Profile(parsed.GetValue(profile), out var agreed))
            {
                return ExitCode.Usage;
            }
            var agreement = new Agreement(agreed, SchemasVerb.Imported(parsed.GetValue(data)));
            var tools = AudioTools.Installed();
            var decoder = new FfmpegInSandbox(await SandboxProbe.Run(tools, cancel), parsed.GetValue(weak), tools);
            var code = ExitCode.Yes;
            foreach (var path in parsed.GetValue(paths)!)
            {
                foreach (var line in await InspectAsync(path, decoder, agreement, cancel))
                {
                    Print(line, parsed.GetValue(json));
                    code = line.Verdict == "pass" ? code : ExitCode.No;
                }
            }
            return code;
        });
        return command;
    }

    private static async Task<IReadOnlyList<InspectLine>> InspectAsync(
        string path, IAudioDecoder decoder, Agreement agreement, CancellationToken cancel)
    {
        if (Directory.Exists(path))
        {
            return await FolderAsync(path, decoder, cancel);
        }
        if (path.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return [Message(path, Path.GetFileName(path), agreement)];
        }
        return [await FileAsync(path, path, decoder, cancel)];
    }

    private static async Task<IReadOnlyList<InspectLine>> FolderAsync(string path, IAudioDecoder decoder, CancellationToken cancel)
    {
        var lines = new List<InspectLine>();
        switch (DeliveryFolder.Read(HandIn.Contents(Where.Directory(path))))
        {
            case BatchReading.Open(var why):
                return [new InspectLine(path, "undecided", null, null, [why])];
            case BatchReading.Whole(var batch):
                lines.Add(Line(path, null, null, [.. batch.Findings.Concat(batch.Open).Concat(batch.Messages.SelectMany(m => m.Findings)).Distinct()]));
                break;
        }
        var (releases, findings) = ReleaseFolder.At(path);
        if (releases.Count == 0)
        {
            return [.. lines, new InspectLine(path, "fail", null, null, findings)];
        }
        foreach (var release in releases)
        {
            await using var rehearsal = new Rehearsal();
            lines.Add(Line(Path.Combine(path, release.Message), null, null, await rehearsal.RunAsync(release, decoder, cancel)));
            foreach (var file in release.Files)
            {
                lines.Add(await FileAsync(Path.Combine(release.Root, file), file, decoder, cancel));
            }
        }
        return lines;
    }

    private static InspectLine Message(string path, string name, Agreement agreement)
    {
        using var file = File.OpenRead(path);
        if (CatalogueReader.BytesOf(file) is not { } message)
        {
            return Line(path, null, null, ((ReadMessage.Refused)CatalogueReader.TooLarge(name, file.Length)).Findings);
        }
        var asOf = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        return Line(path, null, null, CatalogueInspection.Of(name, message, asOf, agreement.Profile, agreement.Schemas).Findings);
    }

    /// <summary>What a message is held to beside the rules for all.</summary>
    private sealed record Agreement(SenderProfile Profile, IReadOnlyList<ErnSchemas> Schemas);

    private static bool Profile(string? path, out SenderProfile agreed)
    {
        agreed = SenderProfile.Default;
        if (path is null)
        {
            return true;
        }
        var why = "there is no such file";
        if (!File.Exists(path) || SenderProfile.Parse(File.ReadAllBytes(path), out why) is not { } read)
        {
            Console.Error.WriteLine($"{Printer.Clean(path)} cannot be taken as a profile: {Printer.Clean(why)}");
            return false;
        }
        agreed = read;
        return true;
    }

    private static async Task<InspectLine> FileAsync(string path, string shown, IAudioDecoder decoder, CancellationToken cancel) =>
        await AudioInspection.Inspect(Path.GetFullPath(path), decoder, cancel) switch
        {
            Inspection.Done done => Line(shown, done.Recording, done.Image, done.Findings),
            Inspection.Undecided(var why) => new InspectLine(shown, "undecided", null, null, [Finding.Block(
                "INSPECTION_UNDECIDED", shown, null, $"The decoder came to no end: {why}", "Try again; if it stays so, the operator looks at the machine.")]),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static InspectLine Line(string path, RecordingFacts? recording, ImageFacts? image, IReadOnlyList<Finding> findings) =>
        new(path, findings.Stop() ? "fail" : "pass", recording, image, findings);

    private static void Print(InspectLine line, bool json)
    {
        if (json)
        {
            Printer.Json(line, InspectJson.Default.InspectLine);
            return;
        }
        Console.Out.WriteLine($"{line.Verdict.ToUpperInvariant(),-5} {Printer.Clean(line.Path)}");
        if (line.Recording is { } r)
        {
            Console.Out.WriteLine($"    {r.Container}/{r.Codec}, {r.SampleRateHz} Hz, {r.Channels} channels, {r.BitsPerSample} bit, {r.SamplesPerChannel} samples ({r.DurationMilliseconds / 1000}.{r.DurationMilliseconds % 1000:000} s)");
            Console.Out.WriteLine($"    SHA-256 {r.Sha256}, of the sound {r.PcmSha256}");
        }
        if (line.Image is { } i)
        {
            Console.Out.WriteLine($"    {i.Container}, {i.WidthPixels} x {i.HeightPixels}, SHA-256 {i.Sha256}");
        }
        foreach (var finding in line.Findings)
        {
            Printer.Finding(finding);
        }
    }
}
