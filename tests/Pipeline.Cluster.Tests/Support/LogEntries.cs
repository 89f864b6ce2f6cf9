using System.Text;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;

namespace Pipeline.Cluster.Tests.Support;

/// <summary>The published log of a directory, entry by entry, read from its bundles as any auditor reads it.</summary>
internal sealed class LogEntries
{
    private LogEntries(IReadOnlyList<(LeafEnvelope Envelope, Fact Fact)> all) => All = all;

    public IReadOnlyList<(LeafEnvelope Envelope, Fact Fact)> All { get; }

    public IReadOnlyList<T> Of<T>()
        where T : Fact => [.. All.Select(e => e.Fact).OfType<T>()];

    /// <summary>Reads up to the checkpoint's size.</summary>
    public static LogEntries Read(string log)
    {
        var size = long.Parse(
            Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(log, LogLayout.Checkpoint))).Split('\n')[1],
            System.Globalization.CultureInfo.InvariantCulture);
        var reader = new TileReader(new LogDirectory(log), size);
        var entries = new List<(LeafEnvelope, Fact)>();
        for (var index = 0L; index < size; index++)
        {
            Assert.True(LeafEnvelope.TryDecode(reader.Entry(index), out var envelope, out var publicBytes), $"entry {index} is no leaf");
            entries.Add((envelope, FactCodec.Decode(envelope.Manifest, publicBytes.Span)));
        }
        return new LogEntries(entries);
    }

    /// <summary>No entry twice and none left out: each source counts 1, 2, 3, … in the order of the log.</summary>
    public void AreEachOnceAndInOrder()
    {
        foreach (var source in All.GroupBy(e => e.Envelope.Source))
        {
            Assert.Equal(Enumerable.Range(1, source.Count()).Select(n => (long)n), source.Select(e => e.Envelope.Seq));
        }
    }
}
