using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Releases;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Releases;

/// <summary>Whatever comes, in whatever order, however often: a release stays sound.</summary>
public sealed class ReleaseHistoryProperties
{
    private const string Versions = "v";

    /// <summary>One thing that can happen to a release, from two random bytes.</summary>
    private static Decision Happen(Release state, byte what, byte detail) => (what % 6) switch
    {
        0 => ReleaseDecider.Decide(state, new SubmitRelease(
            Some.Release(), Some.Tenant, Some.Person, Some.Command, Some.Delivery($"d{detail % 3}"), 1 + (detail / 3 % 2), Some.Digest($"c{detail % 6}"),
            Some.Digest($"m{detail % 3}"), 100 + (detail % 3), Some.Time, new ReleaseDetails("T", "A", "S", "M")), Some.Salts),
        1 => ReleaseDecider.BeginStage(state, Versions, Some.Time, Some.Salts),
        2 or 3 when state.Input is not null => ReleaseDecider.Decide(
            state, new StageDone(Some.Release(), state.Revision, state.Stage, state.StageInput(Versions).Digest, Outcome(detail)), Versions, Some.Salts, Some.Time),
        4 => ReleaseDecider.Decide(state, new ResolveQuarantine(Some.Release(), Some.Artist, Some.Command, Some.Time, "n"), Some.Salts),
        5 when detail % 8 == 0 => ReleaseDecider.Decide(state, new WithdrawRelease(Some.Release(), Some.Artist, Some.Command, Some.Time, "n"), Some.Salts),
        _ => Decision.Nothing,
    };

    private static StageOutcome Outcome(byte detail) => (detail % 8) switch
    {
        0 => new StageOutcome.Failed([Some.Blocking()]),
        1 => new StageOutcome.Failed([Some.Rejecting()]),
        2 => new StageOutcome.Inconclusive("x"),
        _ => new StageOutcome.Passed(Some.Digest($"r{detail}"), [Some.Warning()]),
    };

    [Property(MaxTest = 500)]
    public Property A_release_is_always_running_waiting_for_people_or_at_its_fate(NonEmptyArray<(byte, byte)> history)
    {
        var state = Release.Unknown;
        var facts = 0L;
        foreach (var (what, detail) in history.Get)
        {
            var decision = Happen(state, what, detail);
            state = decision.Facts.Aggregate(state, Release.Apply);
            facts += decision.Facts.Count;
            var sound = state.Facts == facts
                && (state.Phase == Phase.Unknown) == (facts == 0)
                && (state.Phase != Phase.Archived || state.Results.Count == 5)
                && (state.Phase != Phase.Running || (state.Results.Count == Release.Stages.IndexOf(state.Stage) && state.Attempts <= ReleaseDecider.MaxAttempts))
                && (state.Phase is not (Phase.Quarantined or Phase.Rejected) || state.Findings.Stop());
            if (!sound)
            {
                return false.Label($"unsound: {state}");
            }
        }
        return true.ToProperty();
    }

    [Property(MaxTest = 300)]
    public Property Replaying_the_journal_gives_the_state_that_was(NonEmptyArray<(byte, byte)> history)
    {
        var live = Release.Unknown;
        var journal = new List<(string Manifest, byte[] Bytes)>();
        foreach (var (what, detail) in history.Get)
        {
            foreach (var fact in Happen(live, what, detail).Facts)
            {
                journal.Add((FactManifest.Of(fact), FactCodec.ToJournal(fact)));
                live = Release.Apply(live, fact);
            }
        }
        var replayed = journal.Aggregate(Release.Unknown, (s, row) => Release.Apply(s, FactCodec.FromJournal(row.Manifest, row.Bytes)));
        return (replayed.Phase == live.Phase && replayed.Revision == live.Revision && replayed.Stage == live.Stage
            && replayed.Results.SequenceEqual(live.Results) && replayed.Attempts == live.Attempts
            && replayed.Findings.SequenceEqual(live.Findings) && replayed.Facts == live.Facts).ToProperty();
    }

    [Property(MaxTest = 300)]
    public Property Erased_private_parts_change_findings_and_nothing_else(NonEmptyArray<(byte, byte)> history)
    {
        var live = Release.Unknown;
        var erased = Release.Unknown;
        foreach (var (what, detail) in history.Get)
        {
            foreach (var fact in Happen(live, what, detail).Facts)
            {
                live = Release.Apply(live, fact);
                erased = Release.Apply(erased, FactCodec.Decode(FactManifest.Of(fact), FactCodec.PublicBytes(fact)));
            }
        }
        return (erased.Phase == live.Phase && erased.Revision == live.Revision && erased.Stage == live.Stage
            && erased.Results.SequenceEqual(live.Results) && erased.Attempts == live.Attempts && erased.Facts == live.Facts).ToProperty();
    }

    [Property(MaxTest = 300)]
    public Property A_submission_twice_is_that_submission_once(NonEmptyArray<(byte, byte)> history, byte detail)
    {
        var state = history.Get.Aggregate(Release.Unknown, (s, h) => Happen(s, h.Item1, h.Item2).Facts.Aggregate(s, Release.Apply));
        var first = Happen(state, 0, detail);
        var once = first.Facts.Aggregate(state, Release.Apply);
        var second = Happen(once, 0, detail);
        return (second.Facts.Count == 0 && ((HandedOver)second.Reply!).Outcome == ((HandedOver)first.Reply!).Outcome).ToProperty();
    }
}
