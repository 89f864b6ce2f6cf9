using System.Text;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>An entry as far as the domain is concerned.</summary>
/// <param name="Fact">Null when this release cannot read it; then <paramref name="Problem"/> or <paramref name="Manifest"/> says why.</param>
internal readonly record struct ReadLeaf(UInt128 Source, string Manifest, Fact? Fact, string? Problem);

/// <summary>The entries of one bundle, and what they hash to.</summary>
/// <param name="Hashes">Leaf hashes, 32 bytes each.</param>
/// <param name="Root">Over them, where the bundle is full.</param>
internal sealed record ReadBundle(ReadLeaf[] Leaves, byte[] Hashes, Sha256Digest? Root);

/// <summary>Entries to facts: the half of the domain check that each bundle goes through alone, on any thread.</summary>
internal static class LeafReading
{
    /// <exception cref="LogDamagedException">The bundle is missing or ends before its last entry.</exception>
    internal static ReadBundle Bundle(TileReader tiles, long number, Openings? openings)
    {
        var (bytes, places) = tiles.Split(number);
        var hashes = new byte[places.Length * MerkleTree.HashBytes];
        MerkleTree.LeafHashes(bytes, places, hashes);
        var leaves = new ReadLeaf[places.Length];
        for (var i = 0; i < leaves.Length; i++)
        {
            leaves[i] = Read(bytes.AsSpan(places[i].From, places[i].Length), (number * TilePath.FullWidth) + i, openings);
        }
        return new ReadBundle(leaves, hashes, leaves.Length == TilePath.FullWidth ? MerkleTree.PerfectRoot(hashes) : null);
    }

    private static ReadLeaf Read(ReadOnlySpan<byte> entry, long index, Openings? openings)
    {
        if (!LeafEnvelopeReader.TryRead(entry, out var spans))
        {
            return new ReadLeaf(0, "", null, "does not begin with the envelope of a leaf");
        }
        var source = EnvelopeRows.Source(entry[spans.Source]);
        if (FactManifest.Find(entry[spans.Manifest]) is not { } manifest)
        {
            return new ReadLeaf(source, Encoding.ASCII.GetString(entry[spans.Manifest]), null, null);
        }
        try
        {
            var fact = FactCodec.Decode(manifest, entry[spans.PublicFrom..]);
            var leaf = new ReadLeaf(source, manifest, fact, Disagreement(fact, entry, spans));
            return openings?.Find(index) is var (opened, salt) ? Opened(leaf, opened, salt) : leaf;
        }
        catch (InvalidDataException e)
        {
            return new ReadLeaf(source, manifest, null, e.Message);
        }
    }

    /// <summary>The fact with what it committed to. An opening of something else is told, and the fact is judged without it.</summary>
    private static ReadLeaf Opened(in ReadLeaf leaf, byte[] bytes, Salt salt)
    {
        try
        {
            return leaf with { Fact = leaf.Fact!.WithOpening(bytes, salt) };
        }
        catch (Exception e) when (e is InvalidDataException or System.Text.Json.JsonException)
        {
            return leaf with { Problem = $"its opening: {e.Message}" };
        }
    }

    /// <summary>What envelope and fact say of one thing, they say alike.</summary>
    private static string? Disagreement(Fact fact, ReadOnlySpan<byte> entry, LeafEnvelopeSpans spans)
    {
        if (!Ascii.Equals(entry[spans.Tenant], fact.Tenant.Text))
        {
            return $"the envelope's tenant is not the fact's, {fact.Tenant.Text}";
        }
        if (!Ascii.Equals(entry[spans.Asset], fact.GetAsset()))
        {
            return $"the envelope's asset is not the fact's, '{fact.GetAsset()}'";
        }
        return Subject.Of(fact).Id is { } id && id.Tenant != fact.Tenant ? $"{id.Text} belongs to another tenant than the fact about it" : null;
    }
}

/// <summary>The root over bundles as they come: full ones as subtrees, the last one leaf by leaf.</summary>
internal sealed class BundleTree
{
    private readonly CompactRange _full = new();
    private byte[] _rest = [];

    internal void Append(ReadBundle bundle)
    {
        Invariant.Require(_rest.Length == 0, "only the last bundle of a log is not full");
        if (bundle.Root is { } root)
        {
            _full.Append(root);
        }
        else
        {
            _rest = bundle.Hashes;
        }
    }

    internal Sha256Digest Root()
    {
        // A subtree of 256 leaves for each full bundle: the same hashes, counted in leaves.
        var range = CompactRange.Decode(_full.Size * TilePath.FullWidth, _full.Encode());
        for (var at = 0; at < _rest.Length; at += MerkleTree.HashBytes)
        {
            range.Append(new Sha256Digest(_rest.AsSpan(at, MerkleTree.HashBytes)));
        }
        return range.Root();
    }
}
