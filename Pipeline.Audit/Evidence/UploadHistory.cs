using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>An upload: received, refused or gone, once; and which deliveries brought it into a release's story.</summary>
internal sealed record UploadHistory(EntityId Upload) : SourceHistory
{
    private const string Withdrawn = "withdrawn";

    /// <summary>What was received; stays after a withdrawal.</summary>
    internal Sha256Digest? Digest { get; init; }

    internal ImmutableList<EntityId> Deliveries { get; init; } = [];

    // How it ended; empty while it has not.
    private string End { get; init; } = "";

    private long Since { get; init; }

    private long Index { get; init; }

    internal override Step After(Fact fact, long index) => fact switch
    {
        UploadCompleted f => Judge(Ended("completed", f.At, index) with { Digest = f.Digest }, Once("completed")),
        UploadRefused f => Judge(Ended("refused", f.At, index), Once("refused")),
        // Only what was received can be withdrawn, and nothing else becomes of it.
        UploadDiscarded f when f.Why == Withdrawn => Judge(
            Ended(Withdrawn, f.At, index), End == "completed" ? null : "it is withdrawn and was not received"),
        UploadDiscarded f => Judge(Ended("discarded", f.At, index), Once("discarded")),
        UploadDelivered f => Judge(
            this with { Deliveries = Deliveries.Add(f.Delivery) },
            End == "completed" ? null : $"it is delivered while {(End.Length == 0 ? "not received" : End)}",
            Deliveries.Contains(f.Delivery) ? $"it is delivered to {f.Delivery.Text} twice" : null),
        _ => new Step(this, null),
    };

    internal override IEnumerable<OpenPoint> Open() => End == "completed" && Deliveries.IsEmpty
        ? [new OpenPoint(Upload.Text, "received, in no delivery", Since, Index)]
        : [];

    private UploadHistory Ended(string end, long at, long index) => this with { End = end, Since = at, Index = index };

    private string? Once(string end) => End.Length == 0 ? null : $"it is {end} after it was {End}";
}
