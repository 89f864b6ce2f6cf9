using System.Text.Json;
using Pipeline.Actors.Cli;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;
using static Pipeline.Cluster.Tests.Support.ReleaseFolders;

namespace Pipeline.Cluster.Tests;

public sealed class When_the_log_is_read_as_a_story : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task What_has_its_fate_is_clean_what_waits_is_listed_and_the_journal_was_counted()
    {
        await File.WriteAllTextAsync(_place.At("node.json"), """{"census": {"everySeconds": 1}}""");
        await using var node = await NodeProcess.StartAsync(_place.Data, null, "--config", _place.At("node.json"));
        var good = await MpProcess.IngestAsync(_place.Data, Single(_place.Releases, 81));
        Assert.True(good.ExitCode == 0, good.ToString());
        var bad = await MpProcess.IngestAsync(_place.Data, Write(
            _place.Releases, "bad", [new Track(82, Isrc(82))], change: m => m["tracks"]![0]!["sha256"] = new string('0', 64)));
        Assert.True(bad.ExitCode == 1, bad.ToString());
        Assert.Equal("quarantined", bad.Answer.State);
        await Eventually.HoldsAsync(
            () => Task.FromResult(LogEntries.Read(_place.Log).Of<Census>() is [.., { Releases: 2 }]), TimeSpan.FromSeconds(60), node.LastWords);

        var fsck = await MpProcess.RunAsync("log", "fsck", _place.Log, "--domain", "--json");

        Assert.True(fsck.ExitCode == 0, fsck.ToString());
        var story = Story(fsck);
        Assert.True(story.Clean, fsck.ToString());
        var open = Assert.Single(story.Open);
        Assert.Equal((bad.Answer.Release, "quarantined"), (open.Id, open.State));
        Assert.InRange(open.AgeMilliseconds, 0, 600_000);
        Assert.Contains(story.Checked, s => s.Contains("censuses of the journal count what the log has", StringComparison.Ordinal));
        Assert.Contains(story.NotChecked, s => s.Contains("--openings FILE", StringComparison.Ordinal));
        var printed = await MpProcess.RunAsync("log", "fsck", _place.Log, "--domain");
        Assert.Contains($"open: {bad.Answer.Release} quarantined since 20", printed.Output, StringComparison.Ordinal);
        Assert.EndsWith("domain clean: 1 open\n", printed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_story_that_cannot_be_is_a_defect_although_tree_and_signature_are_right()
    {
        using var signer = NoteSigner.FromSeed("musicpipeline.local/test/2026", new byte[32]);
        var delivered = SomeFacts.OfEveryKind.OfType<UploadDelivered>().Single();
        var leaf = new LeafEnvelope(FactManifest.Of(delivered), delivered.Tenant, new string('a', 32), 1, "", -1, new string('0', 32))
            .Encode(FactCodec.PublicBytes(delivered));
        LogOnDisk.Write(_place.Log, [leaf], [1], signer);
        Assert.Equal(0, (await MpProcess.RunAsync("log", "fsck", _place.Log)).ExitCode);

        var fsck = await MpProcess.RunAsync("log", "fsck", _place.Log, "--domain");

        Assert.True(fsck.ExitCode == 1, fsck.ToString());
        Assert.Contains("it is delivered while not received", fsck.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_is_not_clean_tells_no_story()
    {
        using var signer = NoteSigner.FromSeed("musicpipeline.local/test/2026", new byte[32]);
        LogOnDisk.Write(_place.Log, LogOnDisk.Leaves(3), [3], signer);
        File.Delete(Path.Combine(_place.Log, TilePath.Entries(0, 3).Text));
        var fsck = await MpProcess.RunAsync("log", "fsck", _place.Log, "--domain", "--json");
        Assert.True(fsck.ExitCode == 1, fsck.ToString());
        Assert.Equal((false, false), (Story(fsck).Clean, Story(fsck).Ran));
    }

    /// <summary>Its absence is seen here, and not by tests that pass without having asked it.</summary>
    [SkippableFact]
    public async Task A_verifier_that_is_not_ours_reads_the_logs_of_these_tests_in_the_long_form()
    {
        Skip.IfNot(MpProcess.OthersVerify, "only ops/test long asks it");
        Skip.IfNot(ChecksumDatabase.IsInstalled, ChecksumDatabase.Missing);
        using var signer = NoteSigner.FromSeed("musicpipeline.local/test/2026", new byte[32]);
        var received = SomeFacts.OfEveryKind.OfType<DeliveryReceived>().Single();
        var leaf = new LeafEnvelope(FactManifest.Of(received), received.Tenant, new string('a', 32), 1, received.Release!.Value.Text, -1, new string('0', 32))
            .Encode(FactCodec.PublicBytes(received));
        LogOnDisk.Write(_place.Log, [leaf], [1], signer);
        await MpProcess.FsckIsCleanAsync(_place.Log);

        // Ours reads notes as strictly; so only the program itself can be asked whether it looks.
        LogOnDisk.Write(_place.Log, [[.. leaf, (byte)' ']], [1], signer);
        File.WriteAllBytes(Path.Combine(_place.Log, TilePath.Entries(0, 1).Text), EntryBundle.Encode([leaf]));
        Assert.Equal(1, ChecksumDatabase.Authenticate(_place.Log, signer.VerifierKey.Vkey).ExitCode);
    }

    private static DomainLine Story(MpProcess fsck) =>
        JsonSerializer.Deserialize(fsck.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], DomainJson.Default.DomainLine)!;
}
