using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Ingest.Deliveries;

/// <summary>The contents of a folder, by paths relative to it with <c>/</c>.</summary>
/// <param name="Name">The folder's own name.</param>
/// <param name="Read">The bytes of a file, at most <see cref="CatalogueLimits.MaxMessageBytes"/>; null when it is longer.</param>
public sealed record FolderContents(string Name, IReadOnlyList<string> Paths, Func<string, ReadOnlyMemory<byte>?> Read)
{
    /// <summary>The first bytes of a file: enough to tell what kind of message it is.</summary>
    internal ReadOnlyMemory<byte> Prefix(string path) =>
        Read(path) is { } bytes ? bytes[..Math.Min(bytes.Length, CatalogueLimits.PrefixBytes)] : ReadOnlyMemory<byte>.Empty;

    /// <summary>Names of the folders directly below, in ordinal order.</summary>
    internal IReadOnlyList<string> Folders() =>
        [.. Paths.Select(p => p.IndexOf('/', StringComparison.Ordinal) is > 0 and var end ? p[..end] : null).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Files below a folder, relative to it. Paths stand in ordinal order, so they stand together.</summary>
    internal IReadOnlyList<string> Below(string folder)
    {
        var start = folder + "/";
        var (low, high) = (0, Paths.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(Paths[middle], start) < 0 ? (middle + 1, high) : (low, middle);
        }
        var below = new List<string>();
        for (; low < Paths.Count && Paths[low].StartsWith(start, StringComparison.Ordinal); low++)
        {
            below.Add(Paths[low][start.Length..]);
        }
        return below;
    }

    /// <summary>The message of a folder directly below.</summary>
    internal MessageSearch MessageIn(string folder) =>
        CatalogueReader.FindMessage(Below(folder), relative => Prefix($"{folder}/{relative}"));
}

/// <summary>
/// What a sender's folder is: a batch with its manifest (DDEX's batch profile), release folders one by one, a copy that is
/// not complete yet, or none of them. Pure: the same contents give the same reading, in whatever order they are listed.
/// </summary>
public static class DeliveryFolder
{
    public static BatchReading Read(FolderContents folder)
    {
        var sorted = folder with { Paths = [.. folder.Paths.Order(StringComparer.Ordinal)] };
        if (sorted.Paths.Any(p => DeliveryNames.BatchIdOfManifest(p) is not null))
        {
            return new BatchReading.Whole(BatchCheck.Read(sorted));
        }
        if (IsReleaseFolder(sorted))
        {
            return new BatchReading.NoBatch();
        }
        var folders = sorted.Folders().Where(f => f != DeliveryNames.Acknowledgements).ToList();
        if (DeliveryNames.BatchIdOfFolder(folder.Name) is { } id && folders.Count > 0)
        {
            return new BatchReading.Open(BatchRules.DeliveryOpen.Broken(folder.Name, null,
                $"The batch is not complete yet: BatchComplete_{id}.xml has not come. Nothing of it was looked at.",
                "Put the manifest into the folder once every file of the batch is there; it is taken up then."));
        }
        // Without a manifest, folders of ERN messages are deliveries of their own; folders of release.json are no DDEX at all.
        return folders.Any(f => DeliveryNames.OfRelease(f) is not null || IsErn(sorted, f))
            ? new BatchReading.Whole(ReleaseByRelease(sorted, folders))
            : new BatchReading.NoBatch();
    }

    private static bool IsReleaseFolder(FolderContents folder) =>
        CatalogueReader.FindMessage(folder.Paths, folder.Prefix) is MessageSearch.Found;

    private static bool IsErn(FolderContents root, string folder) =>
        root.MessageIn(folder) is MessageSearch.Found(var message) && message.EndsWith(".xml", StringComparison.OrdinalIgnoreCase);

    private static Batch ReleaseByRelease(FolderContents root, IReadOnlyList<string> folders)
    {
        var messages = new List<BatchMessage>();
        var open = new List<Finding>();
        // The time stamp orders deliveries of one release; folders without one come in the order of their names.
        foreach (var name in folders.OrderBy(f => DeliveryNames.OfRelease(f)?.Stamp ?? "", StringComparer.Ordinal).ThenBy(f => f, StringComparer.Ordinal))
        {
            var (release, stamp) = DeliveryNames.OfRelease(name) ?? (name, "");
            switch (root.MessageIn(name))
            {
                case MessageSearch.Found(var message):
                    var head = root.Read($"{name}/{message}") is { } bytes ? MessageHead.Of(bytes) : MessageHead.None;
                    messages.Add(new BatchMessage(name, message, [.. root.Below(name).Where(f => f != message)],
                        DeliveryNames.Acknowledgement(stamp, release), head, release, DeliveryNames.Day(stamp), []));
                    break;
                case MessageSearch.NotFound(var why) when why.Rule == Rules.MessageMissing.Id:
                    open.Add(BatchRules.DeliveryOpen.Broken(name, null,
                        "The release folder is not complete yet: its message has not come. Nothing of it was looked at.",
                        "Put the message into the folder once every file it names is there; it is taken up then."));
                    break;
                case MessageSearch.NotFound(var why):
                    messages.Add(new BatchMessage(name, null, root.Below(name), DeliveryNames.Acknowledgement(stamp, release), MessageHead.None,
                        release, DeliveryNames.Day(stamp), [why with { Place = name }]));
                    break;
            }
        }
        var findings = root.Paths.Where(p => !p.Contains('/', StringComparison.Ordinal)).Select(BatchCheck.Unlisted);
        return new Batch(root.Name, BatchCheck.Distinct(messages), open, BatchCheck.Bound(findings));
    }
}
