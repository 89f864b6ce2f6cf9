using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>What <c>mp inspect</c> says of a message alone, without its files: nothing is stored and no claim is asked.</summary>
/// <param name="Release">Null when the message is refused.</param>
/// <param name="Findings">Of reader and rules, in the order of the checks.</param>
public sealed record CatalogueInspection(UnvalidatedRelease? Release, IReadOnlyList<Finding> Findings)
{
    /// <summary>True when nothing in the message itself would stop the release.</summary>
    public bool WouldPass => Release is not null && !Findings.Stop();

    public static CatalogueInspection Of(string fileName, ReadOnlyMemory<byte> message, DateOnly asOf) =>
        CatalogueReader.Read(fileName, message) switch
        {
            ReadMessage.Read read => new CatalogueInspection(
                read.Release, ReadMessage.Bound([.. read.Findings, .. MetadataRules.Check(read.Release, null, asOf)])),
            ReadMessage.Refused refused => new CatalogueInspection(null, refused.Findings),
            _ => throw new InvariantBrokenException("a message is read or refused"),
        };
}
