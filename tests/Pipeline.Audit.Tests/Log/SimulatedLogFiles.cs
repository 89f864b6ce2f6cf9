using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

/// <summary>The log of a simulated disk, for the product's own fsck.</summary>
internal sealed class SimulatedLogFiles(SimulatedDisk disk, string root) : ILogFiles
{
    public byte[]? Read(string path, int maxBytes) =>
        disk.FileExists($"{root}/{path}") ? DurableFile.ReadAll(disk, $"{root}/{path}", maxBytes) : null;

    public IEnumerable<string> List() => List("");

    private IEnumerable<string> List(string directory) => disk.ListFiles($"{root}/{directory}").Select(name => directory + name)
        .Concat(disk.ListDirectories($"{root}/{directory}").SelectMany(name => List($"{directory}{name}/")));
}
