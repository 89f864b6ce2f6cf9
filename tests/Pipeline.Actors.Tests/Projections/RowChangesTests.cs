using Pipeline.Actors.Projections;
using Pipeline.Audit.Facts;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Projections;

/// <summary>What pages and the sweeper see follows the facts, whatever strangers wrote into them.</summary>
public sealed class RowChangesTests
{
    private static T Of<T>()
        where T : Fact => SomeFacts.OfEveryKind.OfType<T>().Single();

    private static DeliveryRow Received(int round, DeliveryRow? before = null) => RowChanges.Next(before, Of<DeliveryReceived>() with { Round = round }, 0)!;

    [Fact]
    public void An_answer_to_an_earlier_round_leaves_the_open_one_open_for_the_sweeper()
    {
        var row = Received(2, Received(1));
        row = RowChanges.Next(row, Of<DeliveryApplied>() with { Round = 1 }, 1)!;
        Assert.Equal(("open", 2), (row.Fate, row.Round));
        Assert.Equal("applied", RowChanges.Next(row, Of<DeliveryApplied>() with { Round = 2 }, 2)!.Fate);
    }

    [Fact]
    public void A_title_with_a_character_no_database_takes_stops_no_row()
    {
        var hostile = Sealed<ReleaseDetails>.Close(new ReleaseDetails("a\0b", "c\0d", "S", "M"), Some.Salts[0], FactJson.Default.ReleaseDetails);
        var row = RowChanges.Next((ReleaseRow?)null, Of<ReleaseReceived>() with { Private = hostile }, 0)!;
        Assert.DoesNotContain('\0', row.Title + row.Artist);
    }

    [Fact]
    public void An_erased_title_is_shown_as_erased()
    {
        var fact = Of<ReleaseReceived>();
        var row = RowChanges.Next((ReleaseRow?)null, fact with { Private = Sealed<ReleaseDetails>.Erased(fact.Private.Commitment) }, 0)!;
        Assert.Equal("(erased)", row.Title);
    }

    [Fact]
    public void Only_what_the_pipeline_must_do_next_is_pending()
    {
        var row = RowChanges.Next((ReleaseRow?)null, Of<ReleaseReceived>(), 0)!;
        Assert.Equal(1, row.Pending);
        Assert.Equal(0, RowChanges.Next(row, Of<ReleaseQuarantined>(), 1)!.Pending);
        Assert.Equal(0, RowChanges.Next(row, Of<ReleaseArchived>(), 1)!.Pending);
        // Its claims must still be given back.
        Assert.Equal(1, RowChanges.Next(row, Of<ReleaseRejected>(), 1)!.Pending);
        Assert.Equal(0, RowChanges.Next(RowChanges.Next(row, Of<ReleaseRejected>(), 1), Of<ReleaseClaimsFreed>(), 2)!.Pending);
    }

    [Fact]
    public void The_lights_follow_the_stages()
    {
        var row = RowChanges.Next((ReleaseRow?)null, Of<ReleaseReceived>(), 0);
        row = RowChanges.Next(row, Of<ChecksumsVerified>(), 1);
        row = RowChanges.Next(row, Of<StageAttempted>(), 2)!;
        Assert.Equal("checksum:passed,audio:running,metadata:waiting,rights:waiting,archive:waiting", row.Stages);
    }
}
