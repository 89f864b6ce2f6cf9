using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue.Ern;

namespace Pipeline.Ingest.Catalogue;

/// <summary>What <c>mp inspect</c> says of a message alone, without its files: nothing is stored and no claim is asked.</summary>
/// <param name="Release">Null when the message is refused.</param>
/// <param name="Findings">Of reader and rules, in the order of the checks.</param>
public sealed record CatalogueInspection(UnvalidatedRelease? Release, IReadOnlyList<Finding> Findings)
{
    /// <summary>True when nothing in the message itself would stop the release.</summary>
    public bool WouldPass => (Release is not null || Purge is not null) && !Findings.Stop();

    /// <summary>The request of a message that asks for a release to be removed.</summary>
    public UnvalidatedPurge? Purge { get; init; }

    /// <param name="profile">What was agreed with the sender; by default the rules as they are listed.</param>
    /// <param name="schemas">The standard's schemas that the operator has, of any versions.</param>
    public static CatalogueInspection Of(
        string fileName, ReadOnlyMemory<byte> message, DateOnly asOf, SenderProfile? profile = null,
        IReadOnlyList<ErnSchemas>? schemas = null)
    {
        var agreed = profile ?? SenderProfile.Default;
        return CatalogueReader.Read(fileName, message) switch
        {
            ReadMessage.Read read => new CatalogueInspection(read.Release, Judged(read.Release, read.Findings)),
            ReadMessage.Purge { Request: var request } purge =>
                new CatalogueInspection(null, ReadMessage.Bound(agreed.Judge(BySchema(request.Format).Concat(purge.Findings)))) { Purge = request },
            ReadMessage.Refused { Release: { } release } refused => new CatalogueInspection(null, Judged(release, refused.Findings)),
            ReadMessage.Refused refused => new CatalogueInspection(null, refused.Findings),
            _ => throw new InvariantBrokenException("a message is read or refused"),
        };

        IReadOnlyList<Finding> Judged(UnvalidatedRelease release, IReadOnlyList<Finding> read) => ReadMessage.Bound(
            agreed.Judge(BySchema(release.Format).Concat(read).Concat(FileRules.Check(release)))
                .Concat(MetadataRules.Check(release, null, asOf, agreed)));

        IEnumerable<Finding> BySchema(string format) =>
            schemas?.FirstOrDefault(s => format == "ern/" + s.Number)?.Check(message) ?? Enumerable.Empty<Finding>();
    }
}
