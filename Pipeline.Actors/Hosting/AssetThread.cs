using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Hosting;

/// <summary>An entry of the log, read: what it says in public. Its private part is in the journal.</summary>
public sealed record LogLeaf(SequencedEntry Entry, LeafEnvelope Envelope, Fact Fact)
{
    public string Manifest => Envelope.Manifest;

    /// <exception cref="InvariantBrokenException">The log store holds something that we did not write.</exception>
    public static LogLeaf Of(SequencedEntry entry)
    {
        Invariant.Require(LeafEnvelope.TryDecode(entry.Leaf, out var envelope, out var publicBytes), "an entry of the log store is a leaf of ours");
        return new LogLeaf(entry, envelope, FactCodec.Decode(envelope.Manifest, publicBytes.Span));
    }
}

/// <summary>The thread of leaves that bear one release or recording as their asset: each names the one before it.</summary>
internal static class AssetThread
{
    /// <summary>Facts of one thing; the log's own order stops no one, memory does.</summary>
    private const int MaxFacts = 100_000;

    /// <summary>Every leaf, oldest first; empty when the log has none.</summary>
    /// <exception cref="InvariantBrokenException">The leaves are not the tenant's or do not lead backwards.</exception>
    internal static List<LogLeaf> Read(SequencerStore store, EntityId asset)
    {
        var thread = new List<LogLeaf>();
        for (var index = store.LatestOfAsset(asset.Text) ?? -1; index >= 0;)
        {
            Invariant.Require(thread.Count < MaxFacts, $"a release or recording has fewer than {MaxFacts} facts");
            var leaf = LogLeaf.Of(store.ReadEntries(index, 1)[0]);
            Invariant.Require(
                leaf.Envelope.Tenant == asset.Tenant && leaf.Envelope.Prev < index, "the leaves of an asset are its tenant's and lead backwards");
            thread.Add(leaf);
            index = leaf.Envelope.Prev;
        }
        thread.Reverse();
        return thread;
    }
}
