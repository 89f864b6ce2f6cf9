using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Actors.Cli;

/// <summary>A release as it lies on this machine: its message and the files to send with it.</summary>
/// <param name="Root">Folder the paths are relative to.</param>
/// <param name="Message">Relative path of the message.</param>
/// <param name="Files">Relative paths of everything else.</param>
public sealed record ReleaseFolder(string Root, string Message, IReadOnlyList<string> Files)
{
    /// <summary>What there is at a path: releases, or why there is none.</summary>
    /// <param name="path">A release folder, a folder of release folders (a DDEX batch), or one message beside its resources.</param>
    /// <exception cref="IOException">The path cannot be read.</exception>
    public static (IReadOnlyList<ReleaseFolder> Releases, IReadOnlyList<Finding> Findings) At(string path)
    {
        var full = Path.GetFullPath(path);
        if (File.Exists(full))
        {
            return ([OfMessage(full)], []);
        }
        if (!Directory.Exists(full))
        {
            throw new DirectoryNotFoundException($"{path} is neither a file nor a folder that can be read");
        }
        var (own, finding) = OfFolder(full);
        if (own is not null)
        {
            return ([own], []);
        }
        var below = Directory.GetDirectories(full).Order(StringComparer.Ordinal)
            .Select(OfFolder).Where(f => f.Release is not null).Select(f => f.Release!).ToList();
        return below.Count > 0 ? (below, []) : ([], [finding! with { Place = path }]);
    }

    private static (ReleaseFolder? Release, Finding? Finding) OfFolder(string folder)
    {
        var files = FilesBelow(folder);
        return MessageSearch.Find(files, relative => Prefix(Path.Combine(folder, relative))) switch
        {
            MessageSearch.Found(var message) => (new ReleaseFolder(folder, message, [.. files.Where(f => f != message)]), null),
            MessageSearch.NotFound(var finding) => (null, finding),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>One message given by its own path: the files it names, as far as they are there and inside its folder.</summary>
    private static ReleaseFolder OfMessage(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        var message = Path.GetFileName(file);
        if (new FileInfo(file).Length > CatalogueLimits.MaxMessageBytes
            || CatalogueReader.Read(message, File.ReadAllBytes(file)) is not ReadMessage.Read read)
        {
            return new ReleaseFolder(folder, message, []);
        }
        var named = read.Release.Tracks.Select(t => t.File).Concat(read.Release.Images.Select(i => i.File))
            .Where(f => f is not null).Select(f => f!.Path.Value).ToHashSet(StringComparer.Ordinal);
        return new ReleaseFolder(folder, message, [.. FilesBelow(folder).Where(named.Contains)]);
    }

    /// <summary>Regular files only: a link could lead out of the folder.</summary>
    internal static List<string> FilesBelow(string folder) =>
    [
        .. new DirectoryInfo(folder)
            .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false })
            .Select(f => Path.GetRelativePath(folder, f.FullName))
            .Order(StringComparer.Ordinal),
    ];

    private static ReadOnlyMemory<byte> Prefix(string file)
    {
        using var stream = File.OpenRead(file);
        var buffer = new byte[CatalogueLimits.PrefixBytes];
        return buffer.AsMemory(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
    }
}
