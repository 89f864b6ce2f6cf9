using FsCheck.Xunit;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Uploads;

public sealed class SpoolStateTests
{
    private const string Root = "/spool";
    private const int SectorBytes = 512;

    private static readonly EntityId Id = Some.Upload();

    /// <summary>A spool with an upload that was committed at each of these offsets, and the bytes of its state.</summary>
    private static (SimulatedDisk Disk, byte[] State) CommittedAt(params int[] offsets)
    {
        var disk = new SimulatedDisk();
        var session = Spool.Open(disk, Root, "first").Create(new Upload(Id, Some.Person, null, 0, "filename YQ==", "partial", Some.Time, Some.Time));
        foreach (var offset in offsets)
        {
            session.Write(Some.Bytes(offset - (int)session.Upload.Offset, offset));
            session.Commit(null, Some.Time + offset);
        }
        return (disk, DurableFile.ReadAll(disk, StatePath, 10_000));
    }

    private static string StatePath => $"{Root}/{Id.Text}.1.state";

    private static Upload? Look(SimulatedDisk disk, byte[] state)
    {
        disk.Unlink(StatePath);
        using (var file = disk.CreateNew(StatePath))
        {
            file.Write(0, state);
        }
        using var spool = Spool.Open(disk, Root, "looking");
        return spool.Look(Id);
    }

    [Fact]
    public void What_was_said_at_the_creation_and_with_the_last_commit_reads_back()
    {
        var (disk, state) = CommittedAt(100, 250);
        Assert.Equal(new Upload(Id, Some.Person, null, 250, "filename YQ==", "partial", Some.Time, Some.Time + 250), Look(disk, state));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void A_torn_slot_leaves_the_commit_before_it(int commits)
    {
        var offsets = Enumerable.Range(1, commits).Select(n => n * 100).ToArray();
        var (disk, state) = CommittedAt(offsets);
        // The creation is the first to write a slot.
        var torn = (commits + 1) % 2 * SectorBytes;
        state.AsSpan(torn + 10, 5).Fill(0xAA);
        Assert.Equal(commits == 1 ? 0 : offsets[^2], Look(disk, state)?.Offset);
    }

    [Property(MaxTest = 500)]
    public void One_wrong_byte_costs_at_most_one_commit_and_never_adds_a_byte(ushort at, byte with)
    {
        var (disk, state) = CommittedAt(100, 250, 300);
        var index = at % state.Length;
        var changed = state[index] != with;
        state[index] = with;
        var found = Look(disk, state);
        // A byte of the header cannot be told from a state that was never whole.
        Assert.Contains(found?.Offset, index >= 2 * SectorBytes && changed ? [null] : new long?[] { 250, 300 });
    }

    [Property(MaxTest = 300)]
    public void Any_bytes_are_a_state_or_none_and_never_an_error(byte[] bytes, ushort zeros)
    {
        var (disk, _) = CommittedAt(100);
        Assert.Null(Look(disk, [.. bytes, .. new byte[zeros % 3000]]));
    }

    [Fact]
    public void Another_uploads_state_is_none_of_ours()
    {
        var (disk, state) = CommittedAt(100);
        var other = Some.Upload("other");
        using (var file = disk.CreateNew($"{Root}/{other.Text}.1.state"))
        {
            file.Write(0, state);
        }
        using var spool = Spool.Open(disk, Root, "looking");
        Assert.Null(spool.Look(other));
        Assert.Throws<SpoolStateLostException>(() => spool.Find(other));
    }

    [Fact]
    public void Fewer_bytes_than_were_held_are_a_loss_that_is_told()
    {
        var (disk, _) = CommittedAt(100);
        using (var data = disk.OpenExisting($"{Root}/{Id.Text}.1"))
        {
            data.Truncate(99);
        }
        disk.AfterProcessDeath();
        using var spool = Spool.Open(disk, Root, "looking");
        Assert.Throws<SpoolStateLostException>(() => spool.Find(Id));
    }
}
