namespace Pipeline.Ingest.Export;

/// <summary>What is on the disk: every regular file of a bag, by its path in it. Links are not followed and never opened.</summary>
internal sealed class BagInventory
{
    /// <summary>Files looked at; a bag with more is refused, not searched for ever.</summary>
    public const int MaxFiles = 2_000_000;

    /// <summary>Folders within folders.</summary>
    public const int MaxDepth = 200;

    private readonly Dictionary<string, long> _files = new(StringComparer.Ordinal);

    private BagInventory(string root) => Root = root;

    public string Root { get; }

    /// <summary>Length in bytes by path.</summary>
    public IReadOnlyDictionary<string, long> Files => _files;

    public bool HasPayloadDirectory { get; private set; }

    /// <summary>Walks the directory.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static BagInventory Of(string root, BagFindings findings)
    {
        var inventory = new BagInventory(root);
        inventory.Walk(new DirectoryInfo(root), "", 0, findings);
        return inventory;
    }

    /// <summary>Opens a file that <see cref="Files"/> lists. An empty one is not opened: a pipe or device looks like one.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Stream Open(string path) => _files[path] == 0
        ? Stream.Null
        : new FileStream(Path.Combine(Root, path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private void Walk(DirectoryInfo folder, string prefix, int depth, BagFindings findings)
    {
        if (depth > MaxDepth)
        {
            findings.Reject("BAG_TOO_DEEP", prefix, null, $"More than {MaxDepth} folders within folders; what lies deeper was not looked at.", "Ask the bag's maker.");
            return;
        }
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            var path = prefix + entry.Name;
            if (entry.LinkTarget is not null)
            {
                findings.Reject("BAG_LINK", path, entry.LinkTarget, "A symbolic link: it may lead out of the bag, and no checksum covers what it leads to.", "Ask for a bag with the file itself.");
            }
            else if (entry is DirectoryInfo below)
            {
                HasPayloadDirectory |= path == "data";
                Walk(below, path + "/", depth + 1, findings);
            }
            else if (_files.Count >= MaxFiles)
            {
                findings.Reject("BAG_TOO_MANY_FILES", path, null, $"More than {MaxFiles} files; the rest was not looked at.", "Split it into several bags.");
                return;
            }
            else
            {
                _files.Add(path, ((FileInfo)entry).Length);
            }
        }
    }
}
