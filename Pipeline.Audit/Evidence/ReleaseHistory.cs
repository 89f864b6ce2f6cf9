using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>Where a release is. Only the last three are fates.</summary>
internal enum ReleasePhase
{
    Unknown,
    Running,
    Quarantined,
    Archived,
    Rejected,
    Withdrawn,
}

/// <summary>What one revision was made from.</summary>
internal sealed record RevisionInput(EntityId Delivery, int Round, Sha256Digest Contents, Sha256Digest Message, long Created, long Index);

/// <summary>A release: revision by revision through the stages in their order, to one fate each.</summary>
internal sealed record ReleaseHistory(EntityId Release) : SourceHistory
{
    private static readonly string[] Stages = ["checksum", "audio", "metadata", "rights", "archive"];

    internal ImmutableList<RevisionInput> Revisions { get; init; } = [];

    internal ReleasePhase Phase { get; init; }

    // Of the current revision: how many stages it passed, runs begun of the next one, and their inputs.
    private int Passed { get; init; }

    private int Attempts { get; init; }

    private ImmutableList<Sha256Digest> Inputs { get; init; } = [];

    private bool EverArchived { get; init; }

    private bool ClaimsHeld { get; init; }

    private long Since { get; init; }

    private long Index { get; init; }

    private string Stage => Passed < Stages.Length ? Stages[Passed] : "none";

    internal override Step After(Fact fact, long index) => fact switch
    {
        ReleaseReceived f => Receive(f, index),
        StageAttempted f => Judge(
            this with { Attempts = f.Attempt, Inputs = Inputs.Add(f.Input) },
            Of(f.Revision), In(ReleasePhase.Running, "a stage is begun"), At(f.Stage),
            f.Attempt == Attempts + 1 ? null : $"attempt {f.Attempt} of stage {Stage} follows attempt {Attempts}"),
        StagePassed f => Pass(f, index),
        ReleaseQuarantined f => Judge(
            Enter(ReleasePhase.Quarantined, f.At, index), Of(f.Revision), In(ReleasePhase.Running, "it is quarantined"), At(f.Stage), Begun()),
        QuarantineResolved f => Judge(
            Enter(ReleasePhase.Running, f.At, index) with { Attempts = 0 }, Of(f.Revision), In(ReleasePhase.Quarantined, "a quarantine is resolved")),
        ReleaseRejected f => Judge(
            Enter(ReleasePhase.Rejected, f.At, index) with { ClaimsHeld = true },
            Of(f.Revision), In(ReleasePhase.Running, "it is rejected"), At(f.Stage), Begun(),
            EverArchived ? "it is rejected after a revision of it was archived" : null),
        ReleaseWithdrawn f => Judge(
            Enter(ReleasePhase.Withdrawn, f.At, index) with { ClaimsHeld = true }, Of(f.Revision),
            Phase is ReleasePhase.Unknown or ReleasePhase.Rejected or ReleasePhase.Withdrawn ? $"it is withdrawn while {Word}" : null),
        ReleaseClaimsFreed f => Judge(
            this with { ClaimsHeld = false }, Of(f.Revision),
            Phase is ReleasePhase.Rejected or ReleasePhase.Withdrawn && ClaimsHeld ? null : $"its claims are freed while {Word}{(ClaimsHeld ? "" : " and none are held")}"),
        _ => new Step(this, null),
    };

    internal override IEnumerable<OpenPoint> Open() => Phase switch
    {
        ReleasePhase.Running => [new OpenPoint(Release.Text, $"in stage {Stage}", Since, Index)],
        ReleasePhase.Quarantined => [new OpenPoint(Release.Text, "quarantined", Since, Index)],
        ReleasePhase.Rejected or ReleasePhase.Withdrawn when ClaimsHeld => [new OpenPoint(Release.Text, $"{Word}, its claims not given back", Since, Index)],
        _ => [],
    };

    private string Word => Phase.ToString().ToLowerInvariant();

    private Step Receive(ReleaseReceived f, long index)
    {
        var last = Revisions.IsEmpty ? null : Revisions[^1];
        var next = Enter(ReleasePhase.Running, f.At, index) with
        {
            Revisions = Revisions.Add(new RevisionInput(f.Delivery, f.Round, f.Contents, f.Message, f.Created, index)),
            Passed = 0,
            Attempts = 0,
            Inputs = [],
        };
        return Judge(
            next,
            f.Revision == Revisions.Count + 1 ? null : $"revision {f.Revision} is received after revision {Revisions.Count}",
            Phase == ReleasePhase.Quarantined ? "a revision is received before its quarantine is resolved" : null,
            Revisions.Any(r => (r.Delivery, r.Round) == (f.Delivery, f.Round)) ? $"round {f.Round} of {f.Delivery.Text} becomes two revisions" : null,
            last is null || last.Delivery == f.Delivery || f.Created > last.Created ? null : "a message takes effect after a later one did",
            last is not null && last.Delivery == f.Delivery && Phase is not ReleasePhase.Running ? $"a message that was applied takes effect again while {Word}" : null);
    }

    private Step Pass(StagePassed f, long index)
    {
        var stage = f switch
        {
            ChecksumsVerified => 0,
            AudioInspected => 1,
            MetadataVerified => 2,
            RightsCleared => 3,
            _ => 4,
        };
        var passed = this with { Passed = stage + 1, Attempts = 0, Inputs = [] };
        var next = stage + 1 == Stages.Length
            ? passed.Enter(ReleasePhase.Archived, f.At, index) with { EverArchived = true }
            : passed;
        return Judge(
            next, Of(f.Revision), In(ReleasePhase.Running, $"stage {Stages[stage]} passes"), At(Stages[stage]),
            Inputs.Contains(f.Input) ? null : $"stage {Stages[stage]} passes with an input that was never attempted");
    }

    private ReleaseHistory Enter(ReleasePhase phase, long at, long index) => this with { Phase = phase, Since = at, Index = index };

    private string? Of(int revision) => revision == Revisions.Count ? null : $"a fact of revision {revision} comes while it is at revision {Revisions.Count}";

    private string? In(ReleasePhase wanted, string what) => Phase == wanted ? null : $"{what} while {Word}";

    private string? Begun() => Inputs.IsEmpty ? $"stage {Stage} ends and was never begun" : null;

    private string? At(string stage) => stage == Stage ? null : $"a fact of stage {stage} comes while it is at stage {Stage}";
}
