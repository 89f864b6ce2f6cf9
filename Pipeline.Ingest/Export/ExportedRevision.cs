using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Export;

/// <summary>Which revision of a release an export takes along: the one archived last, or the latest that came when none was.</summary>
/// <param name="Delivery">The vault document that lists message and files.</param>
/// <param name="Results">Stage and result document of each stage passed, in their order.</param>
/// <param name="Archived">The revision has that fate.</param>
public sealed record ExportedRevision(
    EntityId Release, int Revision, Sha256Digest Delivery, IReadOnlyList<(string Stage, Sha256Digest Result)> Results, bool Archived)
{
    /// <summary>Null when the facts hold no revision of a release.</summary>
    /// <param name="facts">The release's own, in the order of the log.</param>
    public static ExportedRevision? Of(IReadOnlyList<Fact> facts)
    {
        var number = facts.OfType<ReleaseArchived>().LastOrDefault()?.Revision ?? facts.OfType<ReleaseReceived>().LastOrDefault()?.Revision;
        if (facts.OfType<ReleaseReceived>().LastOrDefault(f => f.Revision == number) is not { } received)
        {
            return null;
        }
        var results = facts.OfType<StagePassed>().Where(f => f.Revision == number).ToList();
        return new ExportedRevision(
            received.Release, received.Revision, received.Contents, [.. results.Select(f => (StageOf(f), f.Result))],
            results.OfType<ReleaseArchived>().Any());
    }

    /// <summary>Every object that any revision names: what its owner may ask for.</summary>
    public static IEnumerable<Sha256Digest> DocumentsOf(IReadOnlyList<Fact> facts) =>
        facts.OfType<StagePassed>().Select(f => f.Result)
            .Concat(facts.OfType<ReleaseReceived>().SelectMany(f => new[] { f.Contents, f.Message }))
            .Distinct();

    private static string StageOf(StagePassed fact) => fact switch
    {
        ChecksumsVerified => "checksum",
        AudioInspected => "audio",
        MetadataVerified => "metadata",
        RightsCleared => "rights",
        ReleaseArchived => "archive",
        _ => throw new InvariantBrokenException("every stage has its fact"),
    };
}
