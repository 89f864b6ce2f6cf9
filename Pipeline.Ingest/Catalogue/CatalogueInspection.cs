using Pipeline.Audit.Vocabulary;

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

    public static CatalogueInspection Of(string fileName, ReadOnlyMemory<byte> message, DateOnly asOf, SenderProfile? profile = null) =>
        CatalogueReader.Read(fileName, message) switch
        {
            ReadMessage.Read read => new CatalogueInspection(read.Release, All(read.Findings, read.Release, asOf, profile)),
            ReadMessage.Purge purge => new CatalogueInspection(null, purge.Findings) { Purge = purge.Request },
            ReadMessage.Refused { Release: { } release } refused => new CatalogueInspection(null, All(refused.Findings, release, asOf, profile)),
            ReadMessage.Refused refused => new CatalogueInspection(null, refused.Findings),
            _ => throw new InvariantBrokenException("a message is read or refused"),
        };

    private static IReadOnlyList<Finding> All(
        IReadOnlyList<Finding> read, UnvalidatedRelease release, DateOnly asOf, SenderProfile? profile) =>
        ReadMessage.Bound((profile ?? SenderProfile.Default).Judge(
            [.. read, .. MetadataRules.Check(release, null, asOf), .. FileRules.Check(release)]));
}
