using System.Collections.Immutable;
using Pipeline.Actors.Stages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Actors.Releases;

/// <summary>Where a release is.</summary>
public enum Phase
{
    Unknown,
    Running,

    /// <summary>Open: waits for the sender or the label. Not a fate.</summary>
    Quarantined,
    Archived,
    Rejected,
    Withdrawn,
}

/// <summary>The release: one input at a time goes through the stages.</summary>
/// <param name="Input">What this revision was made from.</param>
/// <param name="Results">Result documents of the stages passed, in stage order.</param>
/// <param name="Attempts">Runs begun of the current stage.</param>
/// <param name="Findings">Of all stages of this revision so far.</param>
/// <param name="Taken">Every delivery round that became a revision, and which.</param>
/// <param name="Claimed">What this and earlier revisions may have claimed and not given back.</param>
/// <param name="ClaimsHeld">True while claims of an ended revision may still be held.</param>
public sealed record Release(
    Phase Phase, int Revision, ReleaseReceived? Input, Stage Stage, ImmutableList<Sha256Digest> Results, int Attempts,
    ImmutableList<Finding> Findings, ImmutableDictionary<string, int> Taken,
    ImmutableList<ClaimedDocuments> Claimed, bool ClaimsHeld, long Facts)
{
    public static readonly Release Unknown = new(
        Phase.Unknown, 0, null, Stage.Checksum, [], 0, [], ImmutableDictionary<string, int>.Empty, [], false, 0);

    /// <summary>True once a revision was archived: what stands then, and its claims, no later revision takes away by failing.</summary>
    public bool EverArchived { get; init; }

    /// <summary>Stages in their order.</summary>
    public static readonly ImmutableArray<Stage> Stages =
        [Stage.Checksum, Stage.Audio, Stage.Metadata, Stage.Rights, Stage.Archive];

    /// <summary>The input of the stage this release is at.</summary>
    /// <param name="versions">Of rules and tools, as this node has them.</param>
    public StageInput StageInput(string versions) => new(
        Input!.Tenant, Stage, Input.Contents, Results,
        DateOnly.ParseExact(Input.AsOf, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), versions);

    /// <summary>Total and deterministic; accepts erased private parts.</summary>
    public static Release Apply(Release state, Fact fact) => Next(state, fact) with { Facts = state.Facts + 1 };

    internal static string RoundKey(EntityId delivery, int round) => $"{delivery.Text}/{round}";

    private static Release Next(Release state, Fact fact) => fact switch
    {
        ReleaseReceived f => state with
        {
            Phase = Phase.Running,
            Revision = f.Revision,
            Input = f,
            Stage = Stage.Checksum,
            Results = [],
            Attempts = 0,
            Findings = [],
            Taken = state.Taken.SetItem(RoundKey(f.Delivery, f.Round), f.Revision),
        },
        StageAttempted f => state with { Attempts = f.Attempt },
        ReleaseArchived f => state.Passed(f) with { Phase = Phase.Archived, EverArchived = true },
        MetadataVerified f => state.Passed(f) with { Claimed = state.Claimed.Add(new ClaimedDocuments(state.Results[1], f.Result)) },
        // Whatever an earlier revision held and this one does not name was given back by the stage.
        RightsCleared f => state.Passed(f) with { Claimed = [.. state.Claimed.TakeLast(1)] },
        StagePassed f => state.Passed(f),
        ReleaseQuarantined f => state with
        {
            Phase = Phase.Quarantined,
            Findings = [.. state.Findings.Union(f.Private.Value?.Findings ?? [])],
        },
        QuarantineResolved => state with { Phase = Phase.Running, Attempts = 0, Findings = [.. state.Findings.Where(x => x.Severity < Severity.Block)] },
        ReleaseRejected f => state with
        {
            Phase = Phase.Rejected,
            ClaimsHeld = true,
            Findings = state.Findings.AddRange(f.Private.Value?.Findings ?? []),
        },
        ReleaseWithdrawn => state with { Phase = Phase.Withdrawn, ClaimsHeld = true },
        ReleaseClaimsFreed => state with { ClaimsHeld = false, Claimed = [] },
        _ => state,
    };

    private Release Passed(StagePassed f)
    {
        var at = Stages.IndexOf(Stage);
        return this with
        {
            Stage = at + 1 < Stages.Length ? Stages[at + 1] : Stage,
            Results = Results.Add(f.Result),
            Attempts = 0,
            Findings = [.. Findings.Union(f.Private.Value?.Findings ?? [])],
        };
    }
}
