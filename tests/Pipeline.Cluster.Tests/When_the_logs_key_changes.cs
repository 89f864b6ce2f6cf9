using System.Text.Json;
using Pipeline.Actors.Backups;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

/// <summary>A real node, before, between and after; its readers with the old key, the new one, and both.</summary>
public sealed class When_the_logs_key_changes : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Place _place = new();
    private int _restored;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Old_receipts_stay_valid_the_log_says_what_happened_and_fsck_which_key_is_needed()
    {
        string first;
        await using (var node = await NodeProcess.StartAsync(_place.Data))
        {
            first = await ReceiptAsync(node, 1);
            var refused = await RotateAsync("--begin");
            Assert.True(refused.ExitCode == 3 && refused.Errors.Contains("running node", StringComparison.Ordinal), refused.ToString());
            Assert.Equal(0, await node.StopAsync());
        }
        var old = _place.At("old.vkey");
        File.Copy(Path.Combine(_place.Log, "vkey"), old);
        var privateKey = Directory.EnumerateFiles(_place.Data + ".keys").Single();
        File.Copy(privateKey, Path.Combine(Directory.CreateDirectory(_place.At("old.keys")).FullName, Path.GetFileName(privateKey)));
        BackupMaking.Make(new PosixDisk(), _place.Data, _place.Log, _place.At("early"), TimeProvider.System);
        Yes(await RotateAsync("--begin"));
        Assert.Equal(1, (await RotateAsync("--finish")).ExitCode);
        await using (var node = await NodeProcess.StartAsync(_place.Data))
        {
            await Eventually.HoldsAsync(
                () => Task.FromResult(Lines() == 2 && LogEntries.Read(_place.Log).Of<LogKeyAnnounced>().Count == 1), Patience, node.LastWords);
            using var keys = await node.Local.GetAsync("log/vkeys");
            Assert.Equal(TimeSpan.FromMinutes(5), keys.Headers.CacheControl!.MaxAge);
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(_place.Log, "vkeys")), await keys.Content.ReadAsStringAsync());
            Assert.Equal(0, await node.StopAsync());
        }
        Assert.True(Fsck.Run(new LogDirectory(_place.Log), new FsckOptions { LogKeys = KeysIn(old) }).IsClean);
        Yes(await RotateAsync("--finish"));
        string second;
        await using (var node = await NodeProcess.StartAsync(_place.Data))
        {
            second = await ReceiptAsync(node, 2);
            await Eventually.HoldsAsync(
                () => Task.FromResult(Lines() == 1 && LogEntries.Read(_place.Log).Of<LogKeyRetired>().Count == 1), Patience, node.LastWords);
            Assert.Equal(0, await node.StopAsync());
        }

        var (vkey, all) = (Path.Combine(_place.Log, "vkey"), Path.Combine(_place.Log, "vkeys"));
        var told = LogEntries.Read(_place.Log);
        Assert.Equal((await File.ReadAllTextAsync(vkey)).TrimEnd(), Assert.Single(told.Of<LogKeyAnnounced>()).Vkey);
        Assert.Equal((await File.ReadAllTextAsync(old)).TrimEnd(), Assert.Single(told.Of<LogKeyRetired>()).Vkey);
        Yes(await MpProcess.RunAsync("log", "fsck", _place.Log, "--domain", "--vkey", all));
        var denied = await MpProcess.RunAsync("log", "fsck", _place.Log, "--vkey", old);
        Assert.True(denied.ExitCode == 1 && denied.Output.Contains($"is signed by {(await File.ReadAllTextAsync(vkey)).TrimEnd()}", StringComparison.Ordinal), denied.ToString());

        Assert.Equal((true, true, false), (Verifies(first, old), Verifies(first, all), Verifies(first, vkey)));
        Assert.Equal((false, true, true), (Verifies(second, old), Verifies(second, all), Verifies(second, vkey)));
        Yes(await MpProcess.RunAsync("log", "verify-proof", Path.Combine(first, "proof"), "--entry", Path.Combine(first, "entry"), "--vkey", all));

        var witness = await MpProcess.RunAsync("log", "witness", "--data", _place.At("witness"), "--log-vkey", all, "--print-policy");
        Assert.Equal(2, witness.Output.Split('\n').Count(l => l.StartsWith("log ", StringComparison.Ordinal)));

        // No backup has a key. The new keys fit a backup from before the change, and the old ones none from after it.
        var disk = new PosixDisk();
        BackupMaking.Make(disk, _place.Data, _place.Log, _place.At("late"), TimeProvider.System);
        foreach (var backup in new[] { "early", "late" })
        {
            Assert.DoesNotContain(
                Directory.EnumerateFiles(_place.At(backup), "*", SearchOption.AllDirectories), f => File.ReadAllText(f).Contains("PRIVATE+KEY", StringComparison.Ordinal));
        }
        Assert.Equal(KeyStanding.There, Restore("early", _place.Data + ".keys"));
        Assert.Equal(KeyStanding.There, Restore("late", _place.Data + ".keys"));
        Assert.Equal(KeyStanding.Another, Restore("late", _place.At("old.keys")));

        KeyStanding Restore(string backup, string keys) => BackupRestoring.Restore(
            disk, _place.At(backup), _place.At($"restored-{_restored++}"), keys, null, TimeProvider.System).Key;
    }

    private Task<MpProcess> RotateAsync(string how) => MpProcess.RunAsync("log", "rotate-key", "--data", _place.Data, how);

    /// <summary>Signature lines of the published checkpoint.</summary>
    private int Lines() => File.ReadAllText(Path.Combine(_place.Log, "checkpoint")).Split("\n\u2014 ").Length - 1;

    /// <summary>An upload and its receipt, in a folder of its own.</summary>
    private async Task<string> ReceiptAsync(NodeProcess node, int seed)
    {
        var client = new TusClient(() => node.Local, null);
        var bytes = Some.Bytes(1000 + seed, seed);
        var location = (await client.CreateAsync(bytes.Length)).Location!;
        Assert.Equal(204, (await client.PatchAsync(location, 0, bytes)).Status);
        var receipt = JsonSerializer.Deserialize(
            await node.Local.GetByteArrayAsync($"api/v1/uploads/{location.Split('/')[^1]}/receipt"), AnswerJson.Default.ReceiptAnswer)!;
        var folder = Directory.CreateDirectory(_place.At($"receipt-{seed}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "proof"), receipt.Proof.Proof);
        await File.WriteAllBytesAsync(Path.Combine(folder, "entry"), Convert.FromBase64String(receipt.Proof.Entry));
        await File.WriteAllTextAsync(Path.Combine(folder, "vkey"), receipt.Vkey + "\n");
        Assert.True(Verifies(folder, Path.Combine(folder, "vkey")));
        return folder;
    }

    private static bool Verifies(string receipt, string vkeys) =>
        TLogProof.TryParse(File.ReadAllBytes(Path.Combine(receipt, "proof")), out var proof, out _)
        && proof.Verify(File.ReadAllBytes(Path.Combine(receipt, "entry")), KeysIn(vkeys)) is ProofVerdict.Proven;

    private static IReadOnlyList<NoteVerifierKey> KeysIn(string file) =>
        LogVkeys.TryParseLines(File.ReadAllBytes(file), out var keys, out var problem) ? keys : throw new InvalidDataException(problem);

    private static void Yes(MpProcess run) => Assert.True(run.ExitCode == 0, run.ToString());
}
