using System.Text.Json;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Facts;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

/// <summary>A real node, before, between and after; its readers with the old key, the new one, and both.</summary>
public sealed class When_the_logs_key_changes : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Place _place = new();

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
        Yes(await RotateAsync("--begin"));
        Assert.Equal(1, (await RotateAsync("--finish")).ExitCode);
        await using (var node = await NodeProcess.StartAsync(_place.Data))
        {
            await Eventually.HoldsAsync(() => Task.FromResult(Lines() == 2), Patience, node.LastWords);
            using var keys = await node.Local.GetAsync("log/vkeys");
            Assert.Equal(TimeSpan.FromMinutes(5), keys.Headers.CacheControl!.MaxAge);
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(_place.Log, "vkeys")), await keys.Content.ReadAsStringAsync());
            Assert.Equal(0, await node.StopAsync());
        }
        Yes(await MpProcess.RunAsync("log", "fsck", _place.Log, "--vkey", old));
        Yes(await RotateAsync("--finish"));
        string second;
        await using (var node = await NodeProcess.StartAsync(_place.Data))
        {
            second = await ReceiptAsync(node, 2);
            await Eventually.HoldsAsync(() => Task.FromResult(Lines() == 1), Patience, node.LastWords);
            Assert.Equal(0, await node.StopAsync());
        }

        var (vkey, all) = (Path.Combine(_place.Log, "vkey"), Path.Combine(_place.Log, "vkeys"));
        var told = LogEntries.Read(_place.Log);
        Assert.Equal((await File.ReadAllTextAsync(vkey)).TrimEnd(), Assert.Single(told.Of<LogKeyAnnounced>()).Vkey);
        Assert.Equal((await File.ReadAllTextAsync(old)).TrimEnd(), Assert.Single(told.Of<LogKeyRetired>()).Vkey);
        await MpProcess.FsckIsCleanAsync(_place.Log);
        foreach (var key in new[] { vkey, all })
        {
            Yes(await MpProcess.RunAsync("log", "fsck", _place.Log, "--domain", "--vkey", key));
        }
        var denied = await MpProcess.RunAsync("log", "fsck", _place.Log, "--vkey", old);
        Assert.True(denied.ExitCode == 1 && denied.Output.Contains($"is signed by {(await File.ReadAllTextAsync(vkey)).TrimEnd()}", StringComparison.Ordinal), denied.ToString());

        Assert.Equal((0, 0), (await VerifyAsync(first, old), await VerifyAsync(first, all)));
        Assert.Equal((0, 0), (await VerifyAsync(second, vkey), await VerifyAsync(second, all)));
        Assert.Equal((1, 1), (await VerifyAsync(first, vkey), await VerifyAsync(second, old)));

        var witness = await MpProcess.RunAsync("log", "witness", "--data", _place.At("witness"), "--log-vkey", all, "--print-policy");
        Assert.Equal(2, witness.Output.Split('\n').Count(l => l.StartsWith("log ", StringComparison.Ordinal)));

        // No backup has a key; the right ones are known again, and those from before the change are not enough.
        Yes(await MpProcess.RunAsync("backup", "--data", _place.Data, "-o", _place.At("backup")));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_place.At("backup"), "*", SearchOption.AllDirectories), f => File.ReadAllText(f).Contains("PRIVATE+KEY", StringComparison.Ordinal));
        var restored = await MpProcess.RunAsync("restore", _place.At("backup"), "--data", _place.At("restored"), "--keys", _place.Data + ".keys");
        Assert.Contains("The log's key is there", restored.Output, StringComparison.Ordinal);
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
        Assert.Equal(0, await VerifyAsync(folder, Path.Combine(folder, "vkey")));
        return folder;
    }

    private static async Task<int> VerifyAsync(string receipt, string vkey) => (await MpProcess.RunAsync(
        "log", "verify-proof", Path.Combine(receipt, "proof"), "--entry", Path.Combine(receipt, "entry"), "--vkey", vkey)).ExitCode;

    private static void Yes(MpProcess run) => Assert.True(run.ExitCode == 0, run.ToString());
}
