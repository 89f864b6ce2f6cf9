using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Actors.Releases;

/// <summary>What a release decides. Pure: the rules of stages are in the Ingest floor, here is only the order of things.</summary>
public static class ReleaseDecider
{
    /// <summary>Runs of one stage on one input before people must look: a file that kills its node each time stops here.</summary>
    public const int MaxAttempts = 5;

    public static Decision Decide(Release state, SubmitRelease c, Salts salts)
    {
        if (state.Taken.TryGetValue(Release.RoundKey(c.Delivery, c.Round), out var revision))
        {
            return Decision.Answer(Answer(c, HandOver.Applied, revision));
        }
        if (state.Input is { } current)
        {
            var sameMessage = current.Delivery == c.Delivery;
            if (!sameMessage && c.Created < current.Created)
            {
                return Decision.Answer(Answer(c, HandOver.Superseded, state.Revision));
            }
            if (!sameMessage && c.Created == current.Created)
            {
                return Decision.Answer(Refuse(c, state, Finding.Reject(
                    "CREATED_EQUAL", "message creation time", DateTimeOffset.FromUnixTimeMilliseconds(c.Created).ToString("O"),
                    "Another message about this release carries the same creation time, so neither is the later one.",
                    "Send it again with the true creation time and a new message id.")));
            }
            if (sameMessage && state.Phase is not (Phase.Quarantined or Phase.Running))
            {
                return Decision.Answer(Refuse(c, state, Finding.Reject(
                    "MESSAGE_ALREADY_APPLIED", "delivery", c.Details.MessageId,
                    $"This message was applied already and the release is {state.Phase.ToString().ToLowerInvariant()}; it now came with other files.",
                    "To change the release send a new message (release.json: raise the revision, set a later 'created').")));
            }
        }
        var received = Received(state, c, salts[0]);
        return state.Phase == Phase.Quarantined
            ? Decision.Write(Answer(c, HandOver.Applied, received.Revision), Resolved(state, c, salts[1]), received)
            : Decision.Write(Answer(c, HandOver.Applied, received.Revision), received);
    }

    /// <summary>Before a run: counts it, or stops.</summary>
    public static Decision BeginStage(Release state, string versions, long at, Salts salts)
    {
        if (state.Phase != Phase.Running)
        {
            return Decision.Nothing;
        }
        var input = state.Input!;
        if (state.Attempts >= MaxAttempts)
        {
            return Decision.Write(null, Quarantined(state, at, salts[0], [Finding.Block(
                "STAGE_EXHAUSTED", $"stage {StageName(state.Stage)}", $"{state.Attempts}",
                $"The {StageName(state.Stage)} stage was begun {state.Attempts} times and never came to an end; a file may be stopping our tools.",
                "An operator looks at the node's log and answers the quarantine; the sender need not do anything yet.")]));
        }
        return Decision.Write(null, new StageAttempted
        {
            Tenant = input.Tenant,
            By = Pseudonym.System,
            Command = input.Command,
            At = at,
            Release = input.Release,
            Revision = state.Revision,
            Stage = StageName(state.Stage),
            Attempt = state.Attempts + 1,
            Input = state.StageInput(versions).Digest,
        });
    }

    public static Decision Decide(Release state, StageDone c, string versions, Salts salts, long at)
    {
        // Not the run we wait for: an old revision, a second run of a stage long passed.
        if (state.Phase != Phase.Running || c.Revision != state.Revision || c.Stage != state.Stage
            || c.Input != state.StageInput(versions).Digest)
        {
            return Decision.Nothing;
        }
        return c.Outcome switch
        {
            StageOutcome.Passed passed => Decision.Write(null, Passed(state, passed, c.Input, at, salts[0])),
            // An update that cannot be accepted waits for a better one; the archived revision and its claims stand meanwhile.
            StageOutcome.Failed failed when failed.Findings.Refuse() && !state.EverArchived => Decision.Write(null, Rejected(state, failed.Findings, at, salts[0])),
            StageOutcome.Failed failed => Decision.Write(null, Quarantined(state, at, salts[0], failed.Findings)),
            _ => Decision.Nothing,
        };
    }

    public static Decision Decide(Release state, ResolveQuarantine c, Salts salts) =>
        state.Phase != Phase.Quarantined || c.Principal.Tenant != state.Input!.Tenant
            ? Decision.Answer(Standing(state, c.Release))
            : Decision.Write(
                Standing(state with { Phase = Phase.Running }, c.Release),
                Resolved(state, c.Principal.Pseudonym, c.Command, c.At, c.Note, salts[0]));

    public static Decision Decide(Release state, WithdrawRelease c, Salts salts) =>
        state.Phase is Phase.Unknown or Phase.Rejected or Phase.Withdrawn || c.Principal.Tenant != state.Input!.Tenant
            ? Decision.Answer(Standing(state, c.Release))
            : Decision.Write(Standing(state with { Phase = Phase.Withdrawn }, c.Release), new ReleaseWithdrawn
            {
                Tenant = state.Input.Tenant,
                By = c.Principal.Pseudonym,
                Command = c.Command,
                At = c.At,
                Release = c.Release,
                Revision = state.Revision,
                Private = Sealed<Reason>.Close(new Reason(c.Note), salts[0], FactJson.Default.Reason),
            });

    public static Decision Decide(Release state, ClaimsAreFree c, Salts _, long at) =>
        !state.ClaimsHeld || c.Revision != state.Revision ? Decision.Nothing : Decision.Write(null, new ReleaseClaimsFreed
        {
            Tenant = state.Input!.Tenant,
            By = Pseudonym.System,
            Command = state.Input.Command,
            At = at,
            Release = c.Release,
            Revision = state.Revision,
        });

    public static Decision Decide(Release state, GetRelease c, Salts _) => Decision.Answer(Standing(state, c.Release));

    /// <summary>The name a stage has in facts.</summary>
    public static string StageName(Stage stage) => stage.ToString().ToLowerInvariant();

    private static ReleaseStanding Standing(Release state, EntityId release) => new(
        state.Phase != Phase.Unknown, release, state.Revision,
        state.Phase.ToString().ToLowerInvariant(),
        [.. Release.Stages.Select((s, i) => new StageLight(StageName(s), Light(state, i)))],
        state.Findings, Shown(state, d => d.Title), Shown(state, d => d.Artist), state.Facts);

    private static string Shown(Release state, Func<ReleaseDetails, string> text) =>
        state.Input is null ? "" : state.Input.Private.Value is { } details ? text(details) : ErasedText.Shown;

    private static string Light(Release state, int index) =>
        index < state.Results.Count ? "passed"
        : index > state.Results.Count ? "waiting"
        : state.Phase switch
        {
            Phase.Quarantined or Phase.Rejected => "failed",
            Phase.Running when state.Attempts > 0 => "running",
            _ => "waiting",
        };

    private static ReleaseReceived Received(Release state, SubmitRelease c, Salt salt) => new()
    {
        Tenant = c.Tenant,
        By = c.By,
        Command = c.Command,
        At = c.ReceivedAt,
        Release = c.Release,
        Revision = state.Revision + 1,
        Delivery = c.Delivery,
        Round = c.Round,
        Contents = c.Contents,
        Message = c.Message,
        Created = c.Created,
        AsOf = DateTimeOffset.FromUnixTimeMilliseconds(c.ReceivedAt).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        Private = Sealed<ReleaseDetails>.Close(c.Details, salt, FactJson.Default.ReleaseDetails),
    };

    private static QuarantineResolved Resolved(Release state, SubmitRelease c, Salt salt) => Resolved(
        state, c.By, c.Command, c.ReceivedAt, $"answered by delivery {c.Delivery.Text}, round {c.Round}", salt);

    private static QuarantineResolved Resolved(
        Release state, Pseudonym by, CommandId command, long at, string note, Salt salt) => new()
        {
            Tenant = state.Input!.Tenant,
            By = by,
            Command = command,
            At = at,
            Release = state.Input.Release,
            Revision = state.Revision,
            Private = Sealed<Reason>.Close(new Reason(note), salt, FactJson.Default.Reason),
        };

    private static ReleaseQuarantined Quarantined(Release state, long at, Salt salt, IReadOnlyList<Finding> findings) => new()
    {
        Tenant = state.Input!.Tenant,
        By = Pseudonym.System,
        Command = state.Input.Command,
        At = at,
        Release = state.Input.Release,
        Revision = state.Revision,
        Stage = StageName(state.Stage),
        Rules = FindingLimits.RuleIds(findings),
        Private = Sealed<FindingList>.Close(FindingLimits.Bound(findings), salt, FactJson.Default.FindingList),
    };

    private static ReleaseRejected Rejected(Release state, IReadOnlyList<Finding> findings, long at, Salt salt) => new()
    {
        Tenant = state.Input!.Tenant,
        By = Pseudonym.System,
        Command = state.Input.Command,
        At = at,
        Release = state.Input.Release,
        Revision = state.Revision,
        Stage = StageName(state.Stage),
        Rules = FindingLimits.RuleIds(findings),
        Private = Sealed<FindingList>.Close(FindingLimits.Bound(findings), salt, FactJson.Default.FindingList),
    };

    private static StagePassed Passed(Release state, StageOutcome.Passed passed, Sha256Digest digest, long at, Salt salt)
    {
        var input = state.Input!;
        var findings = Sealed<FindingList>.Close(FindingLimits.Bound(passed.Findings), salt, FactJson.Default.FindingList);
        return state.Stage switch
        {
            Stage.Checksum => new ChecksumsVerified { Tenant = input.Tenant, By = Pseudonym.System, Command = input.Command, At = at, Release = input.Release, Revision = state.Revision, Input = digest, Result = passed.Result, Private = findings },
            Stage.Audio => new AudioInspected { Tenant = input.Tenant, By = Pseudonym.System, Command = input.Command, At = at, Release = input.Release, Revision = state.Revision, Input = digest, Result = passed.Result, Private = findings },
            Stage.Metadata => new MetadataVerified { Tenant = input.Tenant, By = Pseudonym.System, Command = input.Command, At = at, Release = input.Release, Revision = state.Revision, Input = digest, Result = passed.Result, Private = findings },
            Stage.Rights => new RightsCleared { Tenant = input.Tenant, By = Pseudonym.System, Command = input.Command, At = at, Release = input.Release, Revision = state.Revision, Input = digest, Result = passed.Result, Private = findings },
            Stage.Archive => new ReleaseArchived { Tenant = input.Tenant, By = Pseudonym.System, Command = input.Command, At = at, Release = input.Release, Revision = state.Revision, Input = digest, Result = passed.Result, Private = findings },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static HandedOver Answer(SubmitRelease c, HandOver outcome, int revision) =>
        new(c.Delivery, c.Round, outcome, revision, []);

    private static HandedOver Refuse(SubmitRelease c, Release state, Finding finding) =>
        new(c.Delivery, c.Round, HandOver.Refused, state.Revision, [finding]);
}
