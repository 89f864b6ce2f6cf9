using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Pipeline.Audit.Facts;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Cluster.Tests;

/// <summary>Three nodes with one vault; the spool is theirs together, or each has its own.</summary>
public sealed class When_an_uploads_owner_is_frozen(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan TakeOver = TimeSpan.FromMinutes(2);

    private readonly Place _place = new();
    private readonly byte[] _bytes = Some.Bytes(3_000_000, 4);

    public void Dispose() => _place.Dispose();

    [SkippableFact]
    public async Task Another_finishes_and_the_woken_one_harms_nothing()
    {
        var postgres = PostgresServer.NewDatabase();
        await using (var cluster = await ThreeNodes.StartAsync(_place, postgres, sharedSpool: true))
        {
            var location = (await Client(cluster, 0).CreateAsync(_bytes.Length)).Location!;
            Assert.Equal(1_000_000, (await Client(cluster, 1).PatchAsync(location, 0, _bytes[..1_000_000])).Offset);
            var owner = Enumerable.Range(0, 3).Single(n => HasOpen(cluster.Nodes[n], location));
            var (second, third) = ((owner + 1) % 3, (owner + 2) % 3);

            // Half a request is with the owner when it freezes.
            using var rest = new HeldBody(_bytes[1_000_000..], 500_000);
            var frozenAnswer = Client(cluster, owner).PatchAsync(location, 1_000_000, rest);
            await rest.HalfIsSent;
            await SignalAsync(cluster.Nodes[owner], "STOP");
            try
            {
                var asked = Stopwatch.GetTimestamp();
                TusAnswer standing = TusAnswer.None;
                await Eventually.HoldsAsync(
                    async () => (standing = await Client(cluster, second).HeadAsync(location)).Status == 200, TakeOver,
                    () => $"{standing}\n{cluster.Nodes[second].LastWords()}");
                output.WriteLine($"taken over at {standing.Offset} after {Stopwatch.GetElapsedTime(asked)}");
                Assert.True(standing.Offset >= 1_000_000);
                TusAnswer done = TusAnswer.None;
                await Eventually.HoldsAsync(
                    async () =>
                    {
                        var at = (await Client(cluster, third).HeadAsync(location)).Offset;
                        done = at is { } from ? await Client(cluster, third).PatchAsync(location, from, _bytes[(int)from..]) : TusAnswer.None;
                        return done.Digest is not null;
                    },
                    TakeOver, () => $"{done}");
                Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_bytes)), done.Digest);
            }
            finally
            {
                await SignalAsync(cluster.Nodes[owner], "CONT");
            }
            rest.SendTheRest();
            Assert.NotEqual(204, (await frozenAnswer).Status);
            Assert.Equal(_bytes, await Client(cluster, second).GetAsync(location));
            await PublishedAsync(cluster.Nodes[second]);
        }
        var path = Assert.Single(Directory.GetFiles(_place.At("vault/cas"), Convert.ToHexStringLower(SHA256.HashData(_bytes)), SearchOption.AllDirectories));
        Assert.Equal(_bytes, File.ReadAllBytes(path));
        await MpProcess.FsckIsCleanAsync(_place.At("log"));
        Assert.Single(LogEntries.Read(_place.At("log")).Of<UploadCompleted>());
    }

    [SkippableFact]
    public async Task Any_node_takes_any_request_and_parts_of_different_nodes_become_one_file()
    {
        var postgres = PostgresServer.NewDatabase();
        await using var cluster = await ThreeNodes.StartAsync(_place, postgres);
        var parts = new List<string>();
        for (var part = 0; part < 6; part++)
        {
            // Another node for each request.
            var created = await Client(cluster, part % 3).CreateAsync(500_000, concat: "partial");
            Assert.Equal(201, created.Status);
            var first = await Client(cluster, (part + 1) % 3).PatchAsync(created.Location!, 0, _bytes[(part * 500_000)..((part * 500_000) + 200_000)]);
            Assert.Equal((204, 200_000L), (first.Status, first.Offset!.Value));
            Assert.Equal(200_000, (await Client(cluster, (part + 2) % 3).HeadAsync(created.Location!)).Offset);
            var last = await Client(cluster, (part + 2) % 3).PatchAsync(created.Location!, 200_000, _bytes[((part * 500_000) + 200_000)..((part + 1) * 500_000)]);
            Assert.Equal((204, 500_000L), (last.Status, last.Offset!.Value));
            parts.Add(created.Location!);
        }
        Assert.True(Enumerable.Range(0, 3).Count(n => parts.Any(p => HasOpen(cluster.Nodes[n], p))) > 1, "all parts went to one node");
        for (var node = 0; node < 3; node++)
        {
            // Each becomes a final upload of its own, with one node or another.
            var final = await Client(cluster, node).CreateAsync(null, concat: $"final;{string.Join(' ', parts)}");
            Assert.True(final.Status == 201, $"{final}");
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_bytes)), final.Digest);
            Assert.Equal(_bytes, await Client(cluster, (node + 1) % 3).GetAsync(final.Location!));
        }
        Assert.Equal(204, (await Client(cluster, 1).DeleteAsync(parts[0])).Status);
        Assert.Equal(410, (await Client(cluster, 2).HeadAsync(parts[0])).Status);
    }

    [SkippableFact]
    public async Task Without_a_spool_of_all_what_a_lost_node_held_is_gone_and_its_sender_is_told()
    {
        Skip.IfNot(Seeds.IsTurnOf(0, 2), Seeds.NotItsTurn);
        var postgres = PostgresServer.NewDatabase();
        await using var cluster = await ThreeNodes.StartAsync(_place, postgres);
        var location = (await Client(cluster, 0).CreateAsync(_bytes.Length)).Location!;
        Assert.Equal(204, (await Client(cluster, 0).PatchAsync(location, 0, _bytes[..100_000])).Status);
        var owner = Enumerable.Range(0, 3).Single(n => HasOpen(cluster.Nodes[n], location));
        await cluster.Nodes[owner].KillAsync();
        var other = Client(cluster, (owner + 1) % 3);
        TusAnswer answer = TusAnswer.None;
        await Eventually.HoldsAsync(
            async () => (answer = await other.PatchAsync(location, 100_000, _bytes[100_000..200_000])).Status == 410, TakeOver, () => $"{answer}");
        Assert.Contains("held by a node that has gone", answer.Body, StringComparison.Ordinal);
    }

    private static TusClient Client(ThreeNodes cluster, int node) => new(() => cluster.Http(node), cluster.Key);

    private static bool HasOpen(NodeProcess node, string location) =>
        new DirectoryInfo($"/proc/{node.Pid}/fd").EnumerateFileSystemInfos()
            .Any(fd => fd.LinkTarget?.Contains(location["/files/".Length..], StringComparison.Ordinal) == true);

    private static async Task PublishedAsync(NodeProcess node) => await Eventually.HoldsAsync(
        async () => await node.LogAsync() is var log && log.Size == log.PublishedSize && log.Size > 0, TimeSpan.FromSeconds(60), node.LastWords);

    private static async Task SignalAsync(NodeProcess node, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", node.Pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>A body that stops half-way until it is told to go on.</summary>
    private sealed class HeldBody(byte[] bytes, int half) : HttpContent
    {
        private readonly TaskCompletionSource _half = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task HalfIsSent => _half.Task;

        public void SendTheRest() => _goOn.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes.AsMemory(0, half));
            await stream.FlushAsync();
            _half.TrySetResult();
            await _goOn.Task;
            await stream.WriteAsync(bytes.AsMemory(half));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
