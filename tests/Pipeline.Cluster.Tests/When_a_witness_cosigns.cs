using System.Net;
using System.Text.Json;
using Pipeline.Actors.Hosting;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

/// <summary>A node and a witness, each a process with a key of its own.</summary>
public sealed class When_a_witness_cosigns : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Place _place = new();
    private readonly int _port = NodeProcess.FreePort();

    private string Witness => _place.At("witness");

    private string Vkey => _place.At("vkey");

    private string Policy => _place.At("policy");

    public void Dispose() => _place.Dispose();

    private async Task<WitnessProcess> WitnessAsync()
    {
        var witness = await WitnessProcess.StartAsync(Witness, Vkey, _port);
        await File.WriteAllTextAsync(Policy, witness.Policy);
        return witness;
    }

    /// <summary>A first life of the node gives the log its key, which the witness must know.</summary>
    private async Task MakeLogAsync()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data);
        var vkey = Path.Combine(_place.Log, "vkey");
        await Eventually.HoldsAsync(() => Task.FromResult(File.Exists(vkey)), Patience, node.LastWords);
        File.Copy(vkey, Vkey);
        Assert.Equal(0, await node.StopAsync());
    }

    private Task<NodeProcess> NodeAsync() => NodeProcess.StartAsync(_place.Data, null, "--policy", Policy);

    private static async Task<string> UploadAsync(NodeProcess node, int seed)
    {
        var client = new TusClient(() => node.Local, null);
        var bytes = Some.Bytes(1000 + seed, seed);
        var location = (await client.CreateAsync(bytes.Length)).Location!;
        Assert.Equal(204, (await client.PatchAsync(location, 0, bytes)).Status);
        return location.Split('/')[^1];
    }

    private static async Task<ReceiptAnswer> ReceiptAsync(NodeProcess node, string upload) =>
        JsonSerializer.Deserialize(await node.Local.GetByteArrayAsync($"api/v1/uploads/{upload}/receipt"), AnswerJson.Default.ReceiptAnswer)!;

    private static Task<bool> WitnessedAsync(NodeProcess node, long atLeast) => Eventually.TryAsync(
        async () => await node.LogAsync() is var log && log.Size >= atLeast && log.WitnessedSize == log.Size, Patience);

    private Task<MpProcess> FsckAsync() => MpProcess.RunAsync("log", "fsck", _place.Log, "--policy", Policy);

    private async Task<MpProcess> VerifyAsync(NodeProcess node, string upload)
    {
        var proof = _place.At("proof");
        var proved = await MpProcess.RunAsync("log", "prove", "--upload", upload, "--data", node.Data, "-o", proof);
        Assert.True(proved.ExitCode == 0, proved.ToString());
        return await MpProcess.RunAsync("log", "verify-proof", Path.Combine(proof, "proof.tlog-proof"), "--entry", Path.Combine(proof, "entry"), "--policy", Policy);
    }

    [Fact]
    public async Task Receipts_say_so_and_pass_a_policy_and_a_silent_witness_stops_no_reader()
    {
        await MakeLogAsync();
        var witness = await WitnessAsync();
        try
        {
            await using var node = await NodeAsync();
            var first = await UploadAsync(node, 1);
            var receipt = await ReceiptAsync(node, first);
            Assert.True(receipt.Witnessed);
            Assert.Equal(["w1"], receipt.Proof.Witnesses);
            var verified = await VerifyAsync(node, first);
            Assert.True(verified.ExitCode == 0, verified.ToString());
            Assert.Contains("cosigned by w1", verified.Output, StringComparison.Ordinal);
            Assert.True(await WitnessedAsync(node, 1));
            Assert.True((await FsckAsync()).ExitCode == 0);
            var standing = Assert.Single((await node.LogAsync()).Witnesses!);
            Assert.Equal(("w1", false, ""), (standing.Name, standing.IsIndependent, standing.Problem));

            await witness.KillAsync();
            var second = await UploadAsync(node, 2);
            receipt = await ReceiptAsync(node, second);
            Assert.False(receipt.Witnessed);
            Assert.Contains(receipt.DoesNotProve, s => s.Contains("no quorum of witnesses", StringComparison.Ordinal));
            Assert.Equal(1, (await VerifyAsync(node, second)).ExitCode);
            var fsck = await FsckAsync();
            Assert.True(fsck.ExitCode == 1 && fsck.Output.Contains("is not reached", StringComparison.Ordinal), fsck.ToString());
            // What was witnessed once is so for ever.
            Assert.Equal(0, (await VerifyAsync(node, first)).ExitCode);

            await witness.DisposeAsync();
            witness = await WitnessAsync();
            Assert.True(await WitnessedAsync(node, 2), node.LastWords());
            Assert.True((await ReceiptAsync(node, second)).Witnessed);
            fsck = await FsckAsync();
            Assert.True(fsck.ExitCode == 0, fsck.ToString());
        }
        finally
        {
            await witness.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_database_and_a_log_from_an_older_copy_are_convicted_by_the_witness_alone()
    {
        await MakeLogAsync();
        await using var witness = await WitnessAsync();
        await using (var node = await NodeAsync())
        {
            await UploadAsync(node, 1);
            Assert.True(await WitnessedAsync(node, 1));
            Assert.Equal(0, await node.StopAsync());
        }
        var copy = _place.At("copy");
        CopyTree(_place.Data, copy);
        await using (var node = await NodeAsync())
        {
            await UploadAsync(node, 2);
            Assert.True(await WitnessedAsync(node, 2));
            Assert.Equal(0, await node.StopAsync());
        }
        Directory.Delete(_place.Data, recursive: true);
        CopyTree(copy, _place.Data);

        await using var restored = NodeProcess.Launch(_place.Data, null, null, "--policy", Policy);
        LogAnswer? log = null;
        Assert.True(
            await Eventually.TryAsync(
                async () => await restored.ReadyzAsync() is HttpStatusCode.ServiceUnavailable && (log = await restored.LogAsync()).Halted is not null, Patience),
            restored.LastWords());
        Assert.Contains("RolledBack: witness w1 shows", log!.Halted, StringComparison.Ordinal);
        var evidence = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Path.Combine(_place.Log, "evidence"))));
        // Two notes under our own key: ours of today, and the one the witness kept.
        Assert.Equal(2, evidence.Split("\u2014 musicpipeline.local/").Length - 1);
        Assert.Contains("\u2014 witness.musicpipeline.local/", evidence, StringComparison.Ordinal);
        // Reading stays up, receiving does not.
        Assert.Equal(HttpStatusCode.OK, (await restored.Local.GetAsync("log/checkpoint")).StatusCode);
        Assert.Equal(503, (await new TusClient(() => restored.Local, null).CreateAsync(5)).Status);
    }

    [Fact]
    public async Task A_policy_that_does_not_name_the_log_is_refused_before_anything_is_written()
    {
        await MakeLogAsync();
        await File.WriteAllTextAsync(Policy, "quorum none\n");
        var refused = await MpProcess.RunAsync("node", "--data", _place.Data, "--urls", ";", "--policy", Policy);
        Assert.Equal(3, refused.ExitCode);
        var vkey = (await File.ReadAllTextAsync(Vkey)).TrimEnd();
        Assert.Contains($"add the line 'log {vkey}'", refused.Errors, StringComparison.Ordinal);
    }

    private static void CopyTree(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".sock", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
