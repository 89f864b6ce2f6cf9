using System.Text.Json;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Patrol;
using Pipeline.Audit.Facts;
using Pipeline.Cluster.Tests.Support;
using static Pipeline.Cluster.Tests.Support.ReleaseFolders;

namespace Pipeline.Cluster.Tests;

public sealed class When_a_copy_in_the_vault_is_damaged : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Without_a_replica_the_scrub_names_it_nothing_is_touched_and_nobody_pretends_to_mend_it()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data);
        await ArchivedAsync(71);
        var damaged = Damage(LargestObject(Path.Combine(_place.Data, "vault")));
        var bytes = await File.ReadAllBytesAsync(damaged);

        var scrub = await VaultAsync("scrub");

        Assert.True(scrub.ExitCode == 1, scrub.ToString());
        var (bad, vault) = Read(scrub);
        var copy = Assert.Single(bad);
        Assert.Equal((Path.GetFileName(damaged), "primary", "mismatch"), (copy.Digest, copy.Store, copy.State));
        Assert.Equal([0L], copy.Blocks);
        Assert.StartsWith("release-local-", Assert.Single(copy.Owners), StringComparison.Ordinal);
        Assert.Contains("copy-damaged.md", copy.Remedy, StringComparison.Ordinal);
        Assert.Equal((1L, 1L), (vault.Bad, vault.BelowWanted));
        Assert.Equal(1, (await VaultAsync("status")).ExitCode);

        var repair = await VaultAsync("repair");

        Assert.True(repair.ExitCode == 1, repair.ToString());
        Assert.Equal(bytes, await File.ReadAllBytesAsync(damaged));
        await FactsAsync(node, log => log.Of<CopyDamaged>() is [{ Store: "primary", State: "mismatch" }] && log.Of<CopyRepaired>().Count == 0 && log.Of<PatrolRound>().Count == 1);
        await MpProcess.FsckIsCleanAsync(_place.Log);
    }

    [Fact]
    public async Task An_object_that_is_in_no_store_is_missed_and_found_again_when_it_is_back()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data);
        await ArchivedAsync(72);
        var path = LargestObject(Path.Combine(_place.Data, "vault"));
        File.Move(path, _place.At("away"));

        var scrub = await VaultAsync("scrub");

        Assert.True(scrub.ExitCode == 1, scrub.ToString());
        Assert.Equal((Path.GetFileName(path), "missing"), (Assert.Single(Read(scrub).Bad).Digest, Assert.Single(Read(scrub).Bad).State));
        File.Move(_place.At("away"), path);
        var again = await VaultAsync("scrub");
        Assert.True(again.ExitCode == 0, again.ToString());
        await FactsAsync(node, log => log.Of<CopyDamaged>().Count == 1 && log.Of<CopyRepaired>() is [{ Source: "primary" }]);
    }

    [Fact]
    public async Task A_damaged_primary_is_mended_from_the_replica_and_the_facts_are_in_the_log()
    {
        await using (var node = await NodeProcess.StartAsync(_place.Data, null, "--replica", $"{_place.At("replica")},domain=other"))
        {
            await ArchivedAsync(73);
            var well = await VaultAsync("scrub");
            Assert.True(well.ExitCode == 0, well.ToString());
            var path = LargestObject(Path.Combine(_place.Data, "vault"));
            var good = await File.ReadAllBytesAsync(path);
            Damage(path);
            var scrub = await VaultAsync("scrub");
            Assert.True(scrub.ExitCode == 1, scrub.ToString());
            Assert.Equal((Path.GetFileName(path), "primary"), (Assert.Single(Read(scrub).Bad).Digest, Assert.Single(Read(scrub).Bad).Store));

            var repair = await VaultAsync("repair");

            Assert.True(repair.ExitCode == 0, repair.ToString());
            Assert.Equal(good, await File.ReadAllBytesAsync(path));
            Assert.Single(Directory.GetFiles(Path.Combine(_place.Data, "vault", "quarantine")));
            Assert.Equal(0, (await VaultAsync("scrub")).ExitCode);
            await FactsAsync(node, log => log.Of<CopyDamaged>().Count == 1
                && log.Of<CopyRepaired>() is [{ Store: "primary" } repaired] && repaired.Source != "primary" && log.Of<PatrolRound>().Count == 3);
        }
        // A verb without a running node starts one, which knows what was found before.
        var status = await VaultAsync("status");
        Assert.True(status.ExitCode == 0, status.ToString());
        Assert.NotNull(Read(status).Vault.OldestCheck);
        await MpProcess.FsckIsCleanAsync(_place.Log);
    }

    [Fact]
    public async Task Only_an_operator_may_look_at_the_vault_or_have_it_read()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort());
        var label = await ThreeNodes.KeyAsync(node, "bluehour");
        var refused = await MpProcess.RunAsync("vault", "status", "--server", $"http://127.0.0.1:{node.Port}", "--key", label);
        Assert.Equal(3, refused.ExitCode);
        Assert.Equal(3, (await MpProcess.RunAsync("vault", "scrub", "--server", $"http://127.0.0.1:{node.Port}", "--key", label)).ExitCode);
        Assert.Equal(0, (await VaultAsync("status")).ExitCode);
        Assert.Equal(2, (await MpProcess.RunAsync("vault", "scrub", "--data", _place.Data, "--limit", "0")).ExitCode);
    }

    private async Task ArchivedAsync(int number)
    {
        var ingest = await MpProcess.IngestAsync(_place.Data, Single(_place.Releases, number));
        Assert.True(ingest.ExitCode == 0, ingest.ToString());
    }

    private Task<MpProcess> VaultAsync(string verb) => MpProcess.RunAsync("vault", verb, "--data", _place.Data, "--json");

    private static (IReadOnlyList<BadCopyAnswer> Bad, VaultAnswer Vault) Read(MpProcess verb)
    {
        var lines = verb.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (
            [.. lines[..^1].Select(l => JsonSerializer.Deserialize(l, AnswerJson.Default.BadCopyAnswer)!)],
            JsonSerializer.Deserialize(lines[^1], AnswerJson.Default.VaultAnswer)!);
    }

    private static string LargestObject(string vault) =>
        Directory.GetFiles(Path.Combine(vault, "cas"), "*", SearchOption.AllDirectories).MaxBy(f => new FileInfo(f).Length)!;

    /// <summary>One byte in the middle, as a medium does it: no time, size or owner changes.</summary>
    private static string Damage(string path)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var was = file.ReadByte();
        file.Position = file.Length / 2;
        file.WriteByte((byte)(was ^ 1));
        return path;
    }

    private async Task FactsAsync(NodeProcess node, Func<LogEntries, bool> hold) => await Eventually.HoldsAsync(
        () => Task.FromResult(hold(LogEntries.Read(_place.Log))), TimeSpan.FromSeconds(30),
        () => string.Join('\n', LogEntries.Read(_place.Log).All.Select(e => e.Envelope.Manifest).Append(node.LastWords())));
}
