using System.Security.Cryptography;
using System.Text.Json;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Facts;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

/// <summary>Three nodes, two stores in two failure domains, one of which goes with the disk of a node.</summary>
public sealed class When_a_nodes_disk_is_lost : IDisposable
{
    private const int Uploads = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Place _place = new();

    private string Replica => _place.At("replica");

    public void Dispose() => _place.Dispose();

    [SkippableFact]
    public async Task Everything_received_is_there_and_the_second_copy_comes_back()
    {
        var postgres = PostgresServer.NewDatabase();
        await using var cluster = await ThreeNodes.StartAsync(_place, postgres, sharedSpool: true, "--replica", $"{Replica},domain=second");
        var received = new List<(string Location, byte[] Bytes, string Sha256)>();
        for (var n = 0; n < Uploads; n++)
        {
            var bytes = Some.Bytes(200_000 + n, n);
            var client = new TusClient(() => cluster.Http(n % 3), cluster.Key);
            var location = (await client.CreateAsync(bytes.Length)).Location!;
            var done = await client.PatchAsync(location, 0, bytes);
            Assert.Equal((204, Convert.ToHexStringLower(SHA256.HashData(bytes))), (done.Status, done.Digest));
            received.Add((location, bytes, done.Digest!));
        }

        // The disk of the node that has the replica: its objects are gone, and so is the node.
        await cluster.Nodes[2].KillAsync();
        Directory.Delete(Path.Combine(Replica, "cas"), recursive: true);
        Assert.DoesNotContain(received, r => InReplica(r.Sha256));

        foreach (var (location, bytes, _) in received)
        {
            Assert.Equal(bytes, await new TusClient(() => cluster.Http(0), cluster.Key).GetAsync(location));
        }
        // The patrol may have to move to a living node first. What it reads by itself it mends by itself; the rest an
        // operator's scrub finds and an operator's repair mends.
        MpProcess? said = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                await VaultAsync(cluster, "scrub");
                await VaultAsync(cluster, "repair");
                return (said = await VaultAsync(cluster, "scrub")).ExitCode == 0 && received.TrueForAll(r => InReplica(r.Sha256));
            },
            Patience, () => $"the second copies did not come back: {said}\n{cluster.Nodes[0].LastWords()}\n{cluster.Nodes[1].LastWords()}");
        Assert.All(received, r => Assert.Equal(r.Bytes, File.ReadAllBytes(InReplicaAt(r.Sha256))));
        await Eventually.HoldsAsync(
            async () => (await cluster.Nodes[0].LogAsync()) is var log && log.Size == log.PublishedSize, Patience, () => "the log is not published");
        var facts = LogEntries.Read(cluster.Log);
        var lost = received.Select(r => r.Sha256).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(lost, facts.Of<CopyDamaged>().Where(d => d.State == "missing").Select(d => d.Digest.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(lost, facts.Of<CopyRepaired>().Select(d => d.Digest.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_receipt_is_verified_without_the_node_that_gave_it()
    {
        var bytes = Some.Bytes(100_000, 9);
        var receipt = _place.At("receipt");
        string vkey;
        await using (var node = await NodeProcess.StartAsync(_place.Data))
        {
            var client = new TusClient(() => node.Local, null);
            var location = (await client.CreateAsync(bytes.Length, TusClient.Metadata("filename", "a.wav"))).Location!;
            Assert.Equal(204, (await client.PatchAsync(location, 0, bytes)).Status);
            var upload = location.Split('/')[^1];
            using var answer = await node.Local.GetAsync($"api/v1/uploads/{upload}/receipt");
            var said = JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(), AnswerJson.Default.ReceiptAnswer)!;
            Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(bytes)), (long)bytes.Length), (said.Digest, said.SizeBytes));
            Assert.Equal((1, 1, false), (said.Domains, said.Wanted, said.Witnessed));
            Assert.NotEmpty(said.DoesNotProve);
            var proved = await MpProcess.RunAsync("log", "prove", "--upload", upload, "--data", _place.Data, "-o", receipt);
            Assert.True(proved.ExitCode == 0, proved.ToString());
            vkey = _place.At("vkey");
            await File.WriteAllTextAsync(vkey, said.Vkey + "\n");
            // Ended by its sender, its receipt still stands.
            Assert.Equal(204, (await client.DeleteAsync(location)).Status);
            Assert.Equal(410, (await client.HeadAsync(location)).Status);
        }
        Directory.Delete(_place.Data, recursive: true);
        var entry = Path.Combine(receipt, "entry");
        var verified = await MpProcess.RunAsync("log", "verify-proof", Path.Combine(receipt, "proof.tlog-proof"), "--entry", entry, "--vkey", vkey);
        Assert.True(verified.ExitCode == 0, verified.ToString());
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(bytes)), await File.ReadAllTextAsync(entry), StringComparison.Ordinal);
        var altered = await File.ReadAllBytesAsync(entry);
        altered[^2] ^= 1;
        await File.WriteAllBytesAsync(entry, altered);
        Assert.Equal(1, (await MpProcess.RunAsync("log", "verify-proof", Path.Combine(receipt, "proof.tlog-proof"), "--entry", entry, "--vkey", vkey)).ExitCode);
    }

    private static Task<MpProcess> VaultAsync(ThreeNodes cluster, string order) =>
        MpProcess.RunAsync("vault", order, "--data", cluster.Nodes[0].Data, "--json");

    private bool InReplica(string sha256) => File.Exists(InReplicaAt(sha256));

    private string InReplicaAt(string sha256) => Path.Combine(Replica, "cas", "sha256", sha256[..2], sha256[2..4], sha256);
}
