using Pipeline.Actors.Hosting;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Deliveries;

namespace Pipeline.Actors.Cli;

/// <summary>What <c>mp ingest</c> finds at a path.</summary>
public abstract record HandIn
{
    private HandIn()
    {
    }

    /// <summary>One release.</summary>
    public sealed record Alone(ReleaseFolder Release) : HandIn;

    /// <summary>Messages that came together, and are answered one by one.</summary>
    /// <param name="Root">Absolute path of the batch's folder.</param>
    public sealed record Together(string Root, Batch Batch) : HandIn;

    /// <summary>A batch that is still being copied.</summary>
    public sealed record Unfinished(ReleaseAnswer Answer) : HandIn;

    /// <summary>What there is at a path, or why there is nothing.</summary>
    /// <exception cref="IOException">The path cannot be read.</exception>
    public static (IReadOnlyList<HandIn> Found, IReadOnlyList<Finding> Findings) At(string path)
    {
        var full = Where.Directory(path);
        switch (Directory.Exists(full) ? DeliveryFolder.Read(Contents(full)) : new BatchReading.NoBatch())
        {
            case BatchReading.Open(var why):
                return ([new Unfinished(BatchIngest.Line(Path.GetFileName(full), "", "open", [why]))], []);
            case BatchReading.Whole(var batch):
                return ([new Together(full, batch)], []);
            default:
                var (releases, findings) = ReleaseFolder.At(path);
                return ([.. releases.Select(r => new Alone(r))], findings);
        }
    }

    /// <summary>A folder as it lies on this machine, links left out: they could lead out of it.</summary>
    internal static FolderContents Contents(string root) => new(Path.GetFileName(root), ReleaseFolder.FilesBelow(root), relative =>
    {
        using var file = File.OpenRead(Path.Combine(root, relative));
        return CatalogueReader.BytesOf(file);
    });
}
