using System.Globalization;
using System.Text;
using Pipeline.Audit.Log;

namespace Pipeline.Audit.Tests.Log;

/// <summary>Journal rows for tests, and the checks that any log must pass.</summary>
internal static class SomeJournal
{
    public const string Origin = "musicpipeline.local/test/2026";

    public static JournalFact Fact(string source, long sequenceNr, long ordering = 0, string asset = "") => new(
        ordering, source, sequenceNr, "release.received.1", "local", asset,
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{sequenceNr}},"of":"{{source}}"}""")));

    /// <summary>Facts 1 to <paramref name="count"/> dealt round robin over a few sources and assets.</summary>
    public static IReadOnlyList<JournalFact> SomeFacts(int count, int sources = 7, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(i =>
            Fact($"release-local-{i % sources}", i / sources + 1, i + 1, i % 3 == 0 ? "" : $"asset-{i % sources}"))];

    /// <summary>Recomputes everything from the entries: root, tiles, gapless sources, asset chains, proofs.</summary>
    public static void RequireClean(SequencerStore store)
    {
        var head = store.ReadHead();
        var entries = new List<SequencedEntry>();
        while (store.ReadEntries(entries.Count, 1000) is { Count: > 0 } more)
        {
            entries.AddRange(more);
        }
        Assert.Equal(head.Size, entries.Count);
        var range = new CompactRange();
        var lastOfSource = new Dictionary<string, long>();
        var pseudonyms = new Dictionary<string, string>();
        var latestOfAsset = new Dictionary<string, long>();
        var nonces = new HashSet<string>();
        foreach (var (entry, index) in entries.Select((e, i) => (e, (long)i)))
        {
            Assert.Equal(index, entry.Index);
            Assert.True(LeafEnvelope.TryDecode(entry.Leaf, out var leaf, out _));
            Assert.Equal(lastOfSource.GetValueOrDefault(entry.PersistenceId) + 1, entry.SequenceNr);
            Assert.Equal(entry.SequenceNr, leaf.Seq);
            lastOfSource[entry.PersistenceId] = entry.SequenceNr;
            Assert.Equal(pseudonyms.TryAdd(entry.PersistenceId, leaf.Source) ? leaf.Source : pseudonyms[entry.PersistenceId], leaf.Source);
            Assert.True(nonces.Add(leaf.Nonce));
            Assert.Equal(leaf.Asset.Length == 0 ? -1 : latestOfAsset.GetValueOrDefault(leaf.Asset, -1), leaf.Prev);
            latestOfAsset[leaf.Asset] = index;
            range.Append(MerkleTree.LeafHash(entry.Leaf));
        }
        Assert.Equal(pseudonyms.Count, pseudonyms.Values.Distinct().Count());
        Assert.Equal(range.Root(), head.Root);
        Assert.Equal(range.Root(), ProofBuilder.Root(head.Size, store.ReadNodes));
        foreach (var index in entries.Count == 0 ? [] : new[] { 0L, head.Size / 2, head.Size - 1 })
        {
            var proof = ProofBuilder.Inclusion(index, head.Size, store.ReadNodes);
            Assert.True(Proofs.VerifyInclusion(
                index, head.Size, MerkleTree.LeafHash(entries[(int)index].Leaf), proof, head.Root));
        }
        foreach (var (asset, latest) in latestOfAsset.Where(a => a.Key.Length > 0))
        {
            Assert.Equal(latest, store.LatestOfAsset(asset));
        }
    }
}
