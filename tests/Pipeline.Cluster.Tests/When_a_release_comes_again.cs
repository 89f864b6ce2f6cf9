using Pipeline.Cluster.Tests.Support;
using static Pipeline.Cluster.Tests.Support.ReleaseFolders;

namespace Pipeline.Cluster.Tests;

public sealed class When_a_release_comes_again : WithANode
{
    [Fact]
    public async Task The_same_folder_twice_is_a_duplicate_and_not_one_new_fact()
    {
        var folder = Single(Place.Releases, 1);
        var first = await MpProcess.IngestAsync(Place.Data, folder);
        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.Equal(("applied", "archived"), (first.Answer.Delivery, first.Answer.State));
        var before = await Node.LogAsync();

        var second = await MpProcess.IngestAsync(Place.Data, folder);

        Assert.True(second.ExitCode == 0, second.ToString());
        Assert.Equal(("duplicate", "archived"), (second.Answer.Delivery, second.Answer.State));
        Assert.Equal((first.Answer.Release, first.Answer.Log), (second.Answer.Release, second.Answer.Log));
        await SettledAsync();
        Assert.Equal((before.Size, before.Root), ((await Node.LogAsync()).Size, (await Node.LogAsync()).Root));
        await MpProcess.FsckIsCleanAsync(Place.Log);
    }

    [Fact]
    public async Task A_folder_that_lacked_a_file_resolves_its_quarantine_when_it_comes_complete()
    {
        var folder = Write(Place.Releases, "lacking", [new(11, Isrc(11)), new(12, Isrc(12))]);
        var missing = Path.Combine(folder, "02.flac");
        File.Move(missing, Place.At("kept.flac"));
        var lacking = await MpProcess.IngestAsync(Place.Data, folder);
        Assert.Equal((1, "quarantined"), (lacking.ExitCode, lacking.Answer.State));
        Assert.Contains(lacking.Answer.Findings, f => f.Place.Contains("02.flac", StringComparison.Ordinal) || f.Value.Contains("02.flac", StringComparison.Ordinal));

        File.Move(Place.At("kept.flac"), missing);
        var complete = await MpProcess.IngestAsync(Place.Data, folder);

        Assert.True(complete.ExitCode == 0, complete.ToString());
        Assert.Equal(("applied", "archived", lacking.Answer.Release), (complete.Answer.Delivery, complete.Answer.State, complete.Answer.Release));
        // Without the file again: those very contents are known, and the release stays what it is.
        File.Delete(missing);
        var again = await MpProcess.IngestAsync(Place.Data, folder);
        Assert.Equal((0, "duplicate", "archived"), (again.ExitCode, again.Answer.Delivery, again.Answer.State));
    }

    [Fact]
    public async Task A_single_and_then_an_album_with_the_same_recording_are_both_archived()
    {
        var both = await MpProcess.IngestAsync(
            Place.Data,
            Write(Place.Releases, "the-single", [new(21, Isrc(21))]),
            Write(Place.Releases, "the-album", [new(21, Isrc(21)), new(22, Isrc(22))]));
        Assert.True(both.ExitCode == 0, both.ToString());
        Assert.Equal(["archived", "archived"], both.Answers.Select(a => a.State));
        Assert.DoesNotContain(both.Rules, r => r.Contains("ISRC", StringComparison.Ordinal) || r.Contains("CLAIM", StringComparison.Ordinal));
        var found = await MpProcess.RunAsync("status", Isrc(21), "--data", Place.Data, "--json");
        Assert.Equal(2, found.Answers.Count);
    }

    [Fact]
    public async Task A_message_id_with_other_bytes_is_refused_by_name()
    {
        var folder = Single(Place.Releases, 31);
        Assert.Equal(0, (await MpProcess.IngestAsync(Place.Data, folder)).ExitCode);
        await File.AppendAllTextAsync(Path.Combine(folder, "release.json"), "\n");

        var changed = await MpProcess.IngestAsync(Place.Data, folder);

        Assert.Equal((1, "rejected"), (changed.ExitCode, changed.Answer.Delivery));
        var finding = Assert.Single(changed.Answer.Findings, f => f.Rule == "MESSAGE_ID_REUSED");
        Assert.NotEmpty(finding.Remedy);
        Assert.Equal("archived", Assert.Single(await Node.ReleasesAsync()).State);
    }

    [Fact]
    public async Task The_next_revision_of_an_archived_release_is_applied_and_an_older_one_is_superseded()
    {
        var third = Write(Place.Releases, "revised", [new(41, Isrc(41))], 3, "2026-09-03T10:00:00Z", m => m["title"] = "Third");
        var second = Write(Place.Releases, "revised", [new(41, Isrc(41))], 2, "2026-09-02T10:00:00Z", m => m["title"] = "Second");
        var first = Write(Place.Releases, "revised", [new(41, Isrc(41))], 1, "2026-09-01T10:00:00Z");

        var all = await MpProcess.IngestAsync(Place.Data, first, third, second);

        Assert.True(all.ExitCode == 0, all.ToString());
        Assert.Equal(["applied", "applied", "superseded"], all.Answers.Select(a => a.Delivery));
        Assert.Equal(("Third", 2), (all.Answers[2].Title, all.Answers[2].Revision));
    }

    /// <summary>Nothing in the journal that the log does not have yet, for a second.</summary>
    private async Task SettledAsync()
    {
        for (var same = 0; same < 5; same++)
        {
            var (size, _) = ((await Node.LogAsync()).Size, await Eventually.TryAsync(() => Task.FromResult(false), TimeSpan.FromMilliseconds(200)));
            same = (await Node.LogAsync()).Size == size ? same : 0;
        }
    }
}
