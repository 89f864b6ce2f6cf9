using Pipeline.Actors.Uploads;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Uploads;

public sealed class UploadDeciderTests
{
    private static readonly Custody TwoCopies = new(Some.Digest("bytes"), 99, ["primary", "replica-1"], 2, 2);

    private static Upload Whole(string metadata = "filename YS53YXY=") =>
        new(Some.Upload(), Some.Person, 99, 99, metadata, "", Some.Time - 1000, Some.Time + 1000);

    private static UploadEnd After(params IReadOnlyList<Fact> facts) => facts.Aggregate(UploadEnd.None, UploadEnd.Apply);

    private static UploadEnd Received() => After(UploadDecider.Complete(UploadEnd.None, Whole(), TwoCopies, Some.Time, Some.Salts).Facts);

    [Fact]
    public void A_completed_upload_says_what_it_is_and_how_many_copies_are_proven()
    {
        var decision = UploadDecider.Complete(UploadEnd.None, Whole(), TwoCopies, Some.Time, Some.Salts);
        var fact = Assert.IsType<UploadCompleted>(Assert.Single(decision.Facts));
        Assert.Equal(TwoCopies.Id, fact.Digest);
        Assert.Equal((2, 2), (fact.Domains, fact.Wanted));
        Assert.Equal("a.wav", fact.Private.Value!.FileName);
        var standing = Assert.IsType<UploadStanding>(decision.Reply);
        Assert.Equal((99L, TwoCopies.Id), (standing.Offset, standing.Digest!.Value));
    }

    [Fact]
    public void Completing_twice_writes_one_fact_and_answers_the_same()
    {
        var again = UploadDecider.Complete(Received(), Whole(), TwoCopies, Some.Time + 5, Some.Salts);
        Assert.Empty(again.Facts);
        Assert.Equal(TwoCopies.Id, Assert.IsType<UploadStanding>(again.Reply).Digest);
    }

    [Fact]
    public void Bytes_other_than_those_declared_are_refused_by_name()
    {
        var declared = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(Some.Digest("declared").ToString()));
        var refused = UploadDecider.Refuse(UploadEnd.None, Whole($"sha256 {declared}"), Some.Digest("came"), Some.Time, Some.Salts);
        var fact = Assert.IsType<UploadRefused>(Assert.Single(refused!.Facts));
        Assert.Equal(Some.Digest("came"), fact.Found);
        var standing = After(fact).Standing(Some.Upload())!;
        Assert.Equal((422, "UPLOAD_HASH_MISMATCH"), (standing.Status, standing.Finding!.Rule));
        Assert.Contains(Some.Digest("declared").ToString(), standing.Finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_declared_bytes_and_undeclared_ones_are_not_refused()
    {
        var declared = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(Some.Digest("came").ToString()));
        Assert.Null(UploadDecider.Refuse(UploadEnd.None, Whole($"sha256 {declared}"), Some.Digest("came"), Some.Time, Some.Salts));
        Assert.Null(UploadDecider.Refuse(UploadEnd.None, Whole(), Some.Digest("came"), Some.Time, Some.Salts));
    }

    [Fact]
    public void A_received_upload_that_its_sender_ends_is_gone_and_its_receipt_stays()
    {
        var ended = UploadDecider.Withdraw(Received(), Some.Upload(), Some.Person, Some.Time + 5);
        Assert.Equal("withdrawn", Assert.IsType<UploadDiscarded>(Assert.Single(ended.Facts)).Why);
        Assert.Equal(410, Assert.IsType<UploadStanding>(ended.Reply).Status);
        var state = After([.. UploadDecider.Complete(UploadEnd.None, Whole(), TwoCopies, Some.Time, Some.Salts).Facts, .. ended.Facts]);
        Assert.Empty(UploadDecider.Withdraw(state, Some.Upload(), Some.Person, Some.Time + 6).Facts);
        Assert.Equal(410, state.Standing(Some.Upload())!.Status);
    }

    [Fact]
    public void What_ended_once_does_not_end_again()
    {
        var ended = After(UploadDecider.Discard(UploadEnd.None, Some.Upload(), Some.Person, 5, UploadDecider.Terminated, Some.Time).Facts);
        Assert.Empty(UploadDecider.Discard(ended, Some.Upload(), Pseudonym.System, 5, UploadDecider.Expired, Some.Time).Facts);
        Assert.Empty(UploadDecider.Complete(ended, Whole(), TwoCopies, Some.Time, Some.Salts).Facts);
    }

    [Fact]
    public void A_delivery_takes_a_received_upload_once()
    {
        var deliver = new DeliverUpload(Some.Upload(), Some.Artist, Some.Delivery());
        var first = UploadDecider.Deliver(Received(), deliver, Some.Time);
        Assert.IsType<UploadDelivered>(Assert.Single(first.Facts));
        var state = first.Facts.Aggregate(Received(), UploadEnd.Apply);
        Assert.Empty(UploadDecider.Deliver(state, deliver, Some.Time).Facts);
        Assert.Equal(Some.Digest("bytes"), state.Standing(Some.Upload())!.Digest);
    }

    [Fact]
    public void Only_its_owner_and_the_tenants_staff_see_an_upload()
    {
        var other = Pseudonym.Parse("p-00000000000000bb");
        Assert.True(UploadEnd.IsSeenBy(Some.Artist, Some.Upload(), Some.Person));
        Assert.False(UploadEnd.IsSeenBy(Some.Artist, Some.Upload(), other));
        Assert.True(UploadEnd.IsSeenBy(Some.Artist with { Role = Role.Label }, Some.Upload(), other));
        Assert.False(UploadEnd.IsSeenBy(Some.Artist with { Tenant = TenantId.Parse("another"), Role = Role.Operator }, Some.Upload(), Some.Person));
    }
}
