using Pipeline.Audit.Evidence;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;
using static Pipeline.Audit.Tests.Evidence.Tale;

namespace Pipeline.Audit.Tests.Evidence;

/// <summary>Each rule of the domain check by an example that keeps it and one that breaks it.</summary>
public sealed class DomainCheckTests
{
    private static Tale Archived(string name = "album") => new Tale().Uploaded(name).Delivered(name).HandedIn(name).Passed(name);

    private static CopyDamaged Damage(string store = "primary", string state = "mismatch") => A<CopyDamaged>() with { Store = store, State = state };

    private static CopyRepaired Repair(string store = "primary") => A<CopyRepaired>() with { Store = store };

    private static void IsClean(Tale tale) => Assert.Empty(tale.Check().Defects);

    private static void IsWrong(Tale tale, string says) =>
        Assert.Contains(tale.Check().Defects, d => d.What.Contains(says, StringComparison.Ordinal));

    private static void IsOpen(Tale tale, string id, string state)
    {
        var report = tale.Check();
        Assert.Empty(report.Defects);
        Assert.Contains(report.Open, o => o.Id.StartsWith(id, StringComparison.Ordinal) && o.State == state);
    }

    [Fact]
    public void An_archived_release_leaves_nothing_open()
    {
        var report = Archived().Counted().Check();
        Assert.Empty(report.Defects);
        Assert.Empty(report.Open);
        Assert.Contains(report.Checked, s => s.StartsWith("1 censuses", StringComparison.Ordinal));
        Assert.Contains(report.NotChecked, s => s.Contains("--openings FILE", StringComparison.Ordinal));
        Assert.Contains(report.NotChecked, s => s.Contains("payouts", StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_log_is_a_story_without_a_time()
    {
        var report = new Tale().Check();
        Assert.True(report.IsClean);
        Assert.Null(report.AsOf);
    }

    [Fact]
    public void What_has_no_fate_is_open()
    {
        IsOpen(new Tale().Received("album"), "delivery-", "received, without an outcome");
        IsOpen(new Tale().Delivered("album").Passed("album", to: 2), "release-", "in stage metadata");
        IsOpen(new Tale().Delivered("album").Quarantined("album", 0), "release-", "quarantined");
        IsOpen(new Tale().Uploaded("album"), "upload-", "received, in no delivery");
        IsOpen(Archived().Tell("patrol", Damage()), "copy of ", "damaged (mismatch)");
        IsOpen(
            Archived().Tell("release:album", A<ReleaseWithdrawn>() with { Release = Some.Release() }), "release-", "withdrawn, its claims not given back");
    }

    [Fact]
    public void Ages_are_counted_to_the_newest_fact_or_to_the_instant_that_was_given()
    {
        var tale = new Tale().Delivered("album").Quarantined("album", 0).Uploaded("other");
        var since = Some.Time + (4 * 1000);
        Assert.Equal((since, 3000L), tale.Check().Open.Where(o => o.State == "quarantined").Select(o => (o.Since, o.AgeMilliseconds)).Single());
        var later = tale.Check(new DomainOptions { AsOf = since + 77, Parallelism = 1 });
        Assert.Equal(77, later.Open.Single(o => o.State == "quarantined").AgeMilliseconds);
        Assert.Equal(0, later.Open[^1].AgeMilliseconds);
    }

    [Fact]
    public void Many_open_things_are_listed_oldest_first_and_the_rest_is_counted()
    {
        var tale = new Tale();
        Enumerable.Range(0, 12).ToList().ForEach(i => tale.Received($"album {i}"));
        var report = tale.Check(new DomainOptions { MaxOpen = 5, Parallelism = 1 });
        Assert.Equal((5, 7L), (report.Open.Count, report.MoreOpen));
        Assert.Equal(0, report.Open[0].Index);
    }

    [Fact]
    public void A_quarantine_that_is_resolved_goes_on_where_it_was() => IsClean(
        new Tale().Delivered("album").Passed("album", to: 1).Quarantined("album", 1).Resolved("album").Passed("album", from: 1));

    [Fact]
    public void A_later_message_supersedes_an_open_release_and_an_earlier_one_is_kept_without_effect()
    {
        var tale = new Tale().Delivered("album", "second", created: 20).Received("album", "first", created: 10)
            .Tell("delivery:albumfirst", A<DeliverySuperseded>() with { Delivery = Some.Delivery("albumfirst"), Release = Some.Release() })
            .Delivered("album", "third", revision: 2, created: 30).Passed("album", revision: 2);
        IsClean(tale);
        IsWrong(
            new Tale().Received("album", "first").Tell("delivery:albumfirst", A<DeliverySuperseded>() with { Delivery = Some.Delivery("albumfirst"), Release = Some.Release() }),
            "has no later message");
    }

    [Fact]
    public void An_upload_may_be_withdrawn_after_it_was_received_and_not_before()
    {
        var withdrawn = A<UploadDiscarded>() with { Upload = Some.Upload("albumm 1"), Why = "withdrawn" };
        IsClean(new Tale().Uploaded("album").Tell("upload:albumm 1", withdrawn));
        IsWrong(new Tale().Tell("upload:albumm 1", withdrawn), "was not received");
        IsWrong(new Tale().Uploaded("album").Tell("upload:albumm 1", withdrawn with { Why = "expired" }), "it is discarded after it was completed");
    }

    [Fact]
    public void Nothing_final_happens_twice()
    {
        IsWrong(Archived().Tell("upload:albumm 1", A<UploadCompleted>() with { Upload = Some.Upload("albumm 1"), Digest = Some.Digest("album file 1") }), "completed after it was completed");
        IsWrong(Archived().Tell("release:album", A<ReleaseArchived>() with { Release = Some.Release(), Input = Some.Digest("album 4") }), "stage archive passes while archived");
        IsWrong(Archived().Tell("delivery:albumm", A<DeliveryRejected>() with { Delivery = Some.Delivery("albumm"), Round = 1, Release = Some.Release() }), "two outcomes: applied, then rejected");
        IsWrong(Archived().Tell("upload:albumm 1", A<UploadDelivered>() with { Upload = Some.Upload("albumm 1"), Delivery = Some.Delivery("albumm") }), "twice");
        IsWrong(Archived().Tell("claim:album", A<IdentifierClaimed>() with { Holder = Some.Sender("album"), Subject = Some.Recording("album"), Release = Some.Release() }), "claims it twice");
        IsWrong(Archived().Tell("patrol", Damage()).Tell("patrol", Damage()), "told twice");
        IsWrong(Archived().Delivered("album", revision: 2), "received after round 1");
    }

    [Fact]
    public void Digests_agree_from_the_upload_to_the_archive()
    {
        static Tale Changed<T>(Func<T, Fact> change)
            where T : Fact => Of(Archived().Told.Select(t => t.Fact is T fact ? t with { Fact = change(fact) } : t));
        IsWrong(Changed<UploadCompleted>(f => f.Digest == Some.Digest("album m") ? f with { Digest = Some.Digest("forged") } : f), "the message of");
        IsWrong(Changed<UploadCompleted>(f => f.Digest == Some.Digest("album file 1") ? f with { Digest = Some.Digest("forged") } : f), "the file of track");
        IsWrong(Changed<EditionAdded>(f => f with { File = Some.Digest("forged") }), "the file of track");
        IsWrong(Changed<ReleaseReceived>(f => f with { Contents = Some.Digest("forged") }), "other contents");
        IsWrong(Changed<DeliveryReceived>(f => f with { Message = Some.Digest("forged") }), "another message");
        IsWrong(Changed<ReleaseArchived>(f => f with { Input = Some.Digest("forged") }), "never attempted");
        IsWrong(Changed<ChecksumsVerified>(f => f with { Input = Some.Digest("forged") }), "never attempted");
    }

    [Fact]
    public void A_repair_follows_a_damage_of_that_copy()
    {
        IsClean(new Tale().Tell("patrol", Damage()).Tell("patrol", Damage(state: "missing")).Tell("patrol", Repair()));
        IsWrong(new Tale().Tell("patrol", Repair()), "was not damaged");
        IsWrong(new Tale().Tell("patrol", Damage()).Tell("patrol", Repair("replica-1")), "was not damaged");
    }

    [Fact]
    public void A_round_of_the_patrol_counts_what_was_found_in_it()
    {
        var round = A<PatrolRound>() with { Round = 1, Damaged = 1, Repaired = 1 };
        IsClean(new Tale().Tell("patrol", Damage()).Tell("patrol", Repair()).Tell("patrol", round));
        IsWrong(new Tale().Tell("patrol", Damage()).Tell("patrol", Repair()).Tell("patrol", round with { Damaged = 0 }), "counts 0 damages");
        IsWrong(new Tale().Tell("patrol", round with { Round = 2, Damaged = 0, Repaired = 0 }), "round 2 follows round 0");
    }

    [Fact]
    public void One_source_is_about_one_thing_and_one_thing_has_one_source()
    {
        IsWrong(Archived().Tell("release:album", A<ReleaseReceived>() with { Release = Some.Release("other") }), "speaks of release-");
        IsWrong(Archived().Tell("release:again", A<ReleaseReceived>() with { Release = Some.Release() }), "a second source speaks of release-");
    }

    [Fact]
    public void A_release_that_was_archived_is_never_rejected()
    {
        var tale = Archived().Delivered("album", "better", revision: 2, created: 9).Attempted("album", 0, revision: 2);
        IsClean(Of(tale.Told).Tell("release:album", A<ReleaseQuarantined>() with { Release = Some.Release(), Revision = 2, Stage = "checksum" }));
        IsWrong(tale.Tell("release:album", A<ReleaseRejected>() with { Release = Some.Release(), Revision = 2, Stage = "checksum" }), "after a revision of it was archived");
    }

    [Fact]
    public void A_claim_for_a_release_that_nobody_received_is_wrong() =>
        IsWrong(new Tale().Tell("claim:x", A<IdentifierClaimed>()), "was never received");

    [Fact]
    public void A_fact_of_another_tenant_than_its_subject_is_wrong() =>
        IsWrong(Of(Archived().Told.Select(t => t.Fact is ReleaseArchived f ? t with { Fact = f with { Tenant = TenantId.Local } } : t)), "another tenant");

    [Fact]
    public void An_unknown_manifest_is_said_and_its_source_not_judged_further()
    {
        var leaves = Archived().Leaves().ToList();
        var at = leaves.FindIndex(l => System.Text.Encoding.UTF8.GetString(l).Contains("audio.inspected.1", StringComparison.Ordinal));
        leaves[at] = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(leaves[at]).Replace("audio.inspected.1", "audio.inspected.9", StringComparison.Ordinal));
        var report = Check(leaves);
        Assert.Empty(report.Defects);
        Assert.Contains(report.NotChecked, s => s.Contains("'audio.inspected.9'", StringComparison.Ordinal));
    }

    [Fact]
    public void Entries_that_changed_under_the_check_are_noticed() => Assert.Contains(
        Check(Archived().Leaves(), root: Some.Digest("another root")).Defects,
        d => d.What.Contains("changed under the check", StringComparison.Ordinal));
}
