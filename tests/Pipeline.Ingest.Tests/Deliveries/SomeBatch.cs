using System.Globalization;
using Pipeline.Ingest.Deliveries;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Deliveries;

/// <summary>Batches in memory, and how they are read.</summary>
internal static class SomeBatch
{
    /// <summary>Releases 1 to <paramref name="count"/>, each with a message of its own and a sound file.</summary>
    internal static ErnBatch Of(int count) => new() { Releases = [.. Enumerable.Range(1, count).Select(Release)] };

    internal static BatchRelease Release(int number) =>
        BatchRelease.Of(Folder(number), Message(number), ("resources/01.flac", [(byte)number]));

    internal static string Folder(int number) => string.Create(CultureInfo.InvariantCulture, $"A10302B{number:0000000000}X");

    internal static ErnMessage Message(int number) => new()
    {
        MessageId = string.Create(CultureInfo.InvariantCulture, $"MSG-{number:0000}"),
        ProprietaryId = string.Create(CultureInfo.InvariantCulture, $"R{number}"),
    };

    internal static BatchReading Read(ErnBatch batch, Action<Dictionary<string, byte[]>>? change = null, bool withManifest = true)
    {
        var files = batch.Files(withManifest);
        change?.Invoke(files);
        return Read(batch.Name, files);
    }

    internal static BatchReading Read(string name, IReadOnlyDictionary<string, byte[]> files) =>
        DeliveryFolder.Read(new FolderContents(name, [.. files.Keys], path => files[path]));

    internal static Batch Whole(ErnBatch batch, Action<Dictionary<string, byte[]>>? change = null) =>
        Assert.IsType<BatchReading.Whole>(Read(batch, change)).Batch;

    /// <summary>Rules that something speaks of, the batch's own and the messages', each once.</summary>
    internal static IEnumerable<string> Rules(this Batch batch) =>
        batch.Findings.Concat(batch.Messages.SelectMany(m => m.Findings)).Select(f => f.Rule).Distinct();
}
