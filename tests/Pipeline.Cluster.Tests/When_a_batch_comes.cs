using System.Xml.Linq;
using Pipeline.Actors.Hosting;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

public sealed class When_a_batch_comes : WithANode
{
    [Fact]
    public async Task Every_message_has_one_outcome_and_its_answer_and_the_same_again_adds_nothing()
    {
        // One good, the same once more in another folder, and one that breaks off in the middle.
        var good = Release("R1", 501);
        var broken = good with { Folder = "R2", MessageId = "MSG-BROKEN", Message = new ErnMessage { MessageId = "MSG-BROKEN" }.Utf8()[..^40] };
        var batch = new ErnBatch { Releases = [good, broken, good with { Folder = "R3" }] };
        var root = batch.WriteTo(Place.Releases);

        var first = await MpProcess.IngestAsync(Place.Data, root);

        Assert.True(first.ExitCode == 1, first.ToString());
        Assert.Equal(["archived", "rejected", "duplicate"], first.Answers.Select(a => a.Message!.Outcome));
        Assert.Equal(["MSG-0501", "MSG-BROKEN", "MSG-0501"], first.Answers.Select(a => a.Message!.MessageId));
        Assert.Contains(first.Answers[1].Findings, f => f.Rule == "XML_MALFORMED");
        Assert.All(first.Answers, a => Assert.NotNull(a.Log));
        Assert.Equal(["FileOK", "NewReleaseMessageInvalid", "FileOK"], first.Answers.Select(a => Answer(a).Element("FileStatus")!.Value));
        Assert.All(first.Answers, a => Assert.Contains($"Log entry {a.Log!.Index} of {a.Log.Origin}.", Answer(a).Element("ErrorText")!.Value, StringComparison.Ordinal));
        var written = Answers(root);
        Assert.Equal(["ACK_20260901100000000_R1.xml", "ACK_20260901100000000_R2.xml", "ACK_20260901100000000_R3.xml"], written.Keys);
        var before = await AtRestAsync();

        var second = await MpProcess.IngestAsync(Place.Data, root);

        Assert.Equal(["duplicate", "duplicate", "duplicate"], second.Answers.Select(a => a.Message!.Outcome));
        Assert.Equal(1, second.ExitCode);
        Assert.Equal(["archived", "rejected", "archived"], second.Answers.Select(a => a.State));
        Assert.Equal(written, Answers(root));
        var after = await AtRestAsync();
        Assert.Equal((before.Size, before.Root), (after.Size, after.Root));
        await MpProcess.FsckIsCleanAsync(Place.Log);
    }

    [Fact]
    public async Task Answers_do_not_follow_a_link_that_a_sender_laid()
    {
        var root = new ErnBatch { Releases = [Release("R1", 521)] }.WriteTo(Place.Releases);
        var elsewhere = Directory.CreateDirectory(Place.At("elsewhere")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(root, "acknowledgements"), elsewhere);

        var refused = await MpProcess.IngestAsync(Place.Data, root);

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("is a link to", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(elsewhere));
    }

    [Fact]
    public async Task What_the_manifest_does_not_vouch_for_is_not_handed_in_and_a_batch_without_one_waits()
    {
        var batch = new ErnBatch { Releases = [Release("R1", 511), Release("R2", 512)] };
        var root = batch.WriteTo(Place.Releases, withManifest: false);

        var early = await MpProcess.IngestAsync(Place.Data, root);
        Assert.Equal((0, "open"), (early.ExitCode, early.Answer.Message!.Outcome));
        Assert.False(Directory.Exists(Path.Combine(root, "acknowledgements")));

        await File.AppendAllTextAsync(Path.Combine(root, "R2", "message.xml"), "\n");
        await File.WriteAllTextAsync(Path.Combine(root, batch.Manifest), batch.ManifestXml());
        var whole = await MpProcess.IngestAsync(Place.Data, root);

        Assert.True(whole.ExitCode == 1, whole.ToString());
        Assert.Equal(["archived", "refused"], whole.Answers.Select(a => a.Message!.Outcome));
        Assert.Contains(whole.Answers[1].Findings, f => f.Rule == "BATCH_HASH_MISMATCH");
        Assert.Equal("SignatureOrHashSumWrongOrMissing", Answer(whole.Answers[1]).Element("FileStatus")!.Value);
        Assert.Single(await Node.ReleasesAsync());
    }

    /// <summary>The log once nothing has come to it for a second.</summary>
    private async Task<LogAnswer> AtRestAsync()
    {
        LogAnswer last;
        do
        {
            last = await Node.LogAsync();
        }
        while (await Eventually.TryAsync(async () => (await Node.LogAsync()).Size != last.Size, TimeSpan.FromSeconds(1)));
        return last;
    }

    private static BatchRelease Release(string folder, int number)
    {
        var sound = File.ReadAllBytes(Sounds.Flac(number, 31));
        return BatchRelease.Of(folder, new ErnMessage
        {
            MessageId = $"MSG-0{number}",
            Gtin = null,
            ProprietaryId = $"R{number}",
            Profile = "SimpleAudioSingle",
            Tracks = [new ErnTrack { Isrc = ReleaseFolders.Isrc(number), Duration = "PT31S", File = ErnFile.Of("resources/01.flac", sound) }],
        }, ("resources/01.flac", sound));
    }

    private static XElement Answer(ReleaseAnswer answer) => XDocument.Load(answer.Message!.Acknowledgement!).Root!;

    private static SortedDictionary<string, string> Answers(string root) => new(
        Directory.GetFiles(Path.Combine(root, "acknowledgements")).ToDictionary(f => Path.GetFileName(f), File.ReadAllText), StringComparer.Ordinal);
}
