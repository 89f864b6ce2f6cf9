using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>What a census counts a source as.</summary>
public enum CountedKind
{
    Other,
    Delivery,
    Release,
    Upload,
}

/// <summary>One source of facts.</summary>
/// <param name="Source">Its pseudonym in the leaves: 32 hex digits as a number.</param>
/// <param name="LastSeq">Its last number, from 1.</param>
public readonly record struct CountedSource(UInt128 Source, long LastSeq, CountedKind Kind);

/// <summary>
/// The figures of a census. Counted once from the journal and once from the log, by this one function; the two inputs
/// have nothing else in common. The root: sources in ascending order, for each the ASCII text <c>source number</c> (32
/// lower-case hex digits, one space, decimal digits) as a leaf of an RFC 6962 tree.
/// </summary>
public sealed record CensusCount(long Sources, long Facts, long Deliveries, long Releases, long Uploads, Sha256Digest Root)
{
    /// <param name="sources">In any order, each once. Sorted in place.</param>
    public static CensusCount Of(List<CountedSource> sources)
    {
        sources.Sort((left, right) => left.Source.CompareTo(right.Source));
        var (tree, facts) = (new CompactRange(), 0L);
        Span<long> kinds = stackalloc long[Enum.GetValues<CountedKind>().Length];
        var last = default(UInt128?);
        foreach (ref readonly var source in CollectionsMarshal.AsSpan(sources))
        {
            Invariant.Require(source.LastSeq >= 1 && source.Source != last, "a census counts each source that wrote, once");
            last = source.Source;
            facts += source.LastSeq;
            kinds[(int)source.Kind]++;
            tree.Append(MerkleTree.LeafHash(Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{source.Source:x32} {source.LastSeq}"))));
        }
        return new CensusCount(
            sources.Count, facts, kinds[(int)CountedKind.Delivery], kinds[(int)CountedKind.Release], kinds[(int)CountedKind.Upload], tree.Root());
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Facts} facts of {Sources} sources ({Deliveries} deliveries, {Releases} releases, {Uploads} uploads) with root {Root}");
}
