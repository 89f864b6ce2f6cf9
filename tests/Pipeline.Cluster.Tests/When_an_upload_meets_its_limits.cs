using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipeline.Audit.Facts;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

public sealed class When_an_upload_meets_its_limits : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [SkippableFact]
    public async Task Every_demand_of_the_protocol_and_of_ours_is_met()
    {
        var checks = Path.GetFullPath(Path.Combine(SharedCorpus.Require("corpus"), "..", "tools", "tus", "tusconf.py"));
        Skip.IfNot(File.Exists(checks), "the protocol checks are not beside this checkout");
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort(), "--open-loopback");
        using var run = Process.Start(new ProcessStartInfo("python3", [checks, $"http://127.0.0.1:{node.Port}/files/"]) { RedirectStandardOutput = true })!;
        var said = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.True(run.ExitCode == 0 && said.Contains(" 0 failed", StringComparison.Ordinal), said);
    }

    [Fact]
    public async Task An_owner_has_so_many_and_no_more()
    {
        await using var node = await StartAsync(new { maxOpenUploads = 2, maxUploadBytes = 1000, maxOpenBytes = 1500 });
        var client = new TusClient(() => node.Local, null);
        Assert.Equal(413, (await client.CreateAsync(1001)).Status);
        var first = await client.CreateAsync(1000);
        Assert.Equal(201, first.Status);
        Assert.Equal(413, (await client.CreateAsync(501)).Status);
        Assert.Equal(201, (await client.CreateAsync(500)).Status);
        Assert.Equal(429, (await client.CreateAsync(0)).Status);
        Assert.Equal(204, (await client.DeleteAsync(first.Location!)).Status);
        Assert.Equal(201, (await client.CreateAsync(1)).Status);
    }

    [Fact]
    public async Task A_disk_that_is_nearly_full_takes_nothing_more_and_keeps_what_it_has()
    {
        string location;
        await using (var roomy = await StartAsync(new { reserveBytes = 0 }))
        {
            var client = new TusClient(() => roomy.Local, null);
            location = (await client.CreateAsync(1000)).Location!;
            Assert.Equal(100, (await client.PatchAsync(location, 0, new byte[100])).Offset);
            Assert.Equal(0, await roomy.StopAsync());
        }
        await using var full = await StartAsync(new { reserveBytes = long.MaxValue / 2 });
        var sender = new TusClient(() => full.Local, null);
        Assert.Equal(507, (await sender.CreateAsync(1)).Status);
        Assert.Equal(507, (await sender.PatchAsync(location, 100, new byte[100])).Status);
        Assert.Equal(100, (await sender.HeadAsync(location)).Offset);
    }

    [Fact]
    public async Task What_nobody_touches_for_long_is_over_and_is_recorded()
    {
        await using var node = await StartAsync(new { idleHours = 0 });
        var client = new TusClient(() => node.Local, null);
        // With no time at all the creation itself is too late already.
        Assert.Equal(410, (await client.CreateAsync(1000)).Status);
        await PublishedAsync(node);
        Assert.Equal("expired", Assert.Single(LogEntries.Read(_place.Log).Of<UploadDiscarded>()).Why);
        var spool = Path.Combine(_place.Data, "spool");
        await Eventually.HoldsAsync(
            () => Task.FromResult(Directory.GetFiles(spool, "upload-*").Length == 0), TimeSpan.FromSeconds(20), () => "it is still in the spool");
    }

    [Fact]
    public async Task Other_bytes_than_declared_are_refused_kept_apart_and_recorded()
    {
        await using var node = await StartAsync(new { });
        var client = new TusClient(() => node.Local, null);
        var bytes = Some.Bytes(1000, 1);
        var created = await client.CreateAsync(1000, TusClient.Metadata("sha256", Some.Digest("other").ToString()));
        var answer = await client.PatchAsync(created.Location!, 0, bytes);
        Assert.Equal(422, answer.Status);
        Assert.Contains("UPLOAD_HASH_MISMATCH", answer.Body, StringComparison.Ordinal);
        Assert.Equal(410, (await client.HeadAsync(created.Location!)).Status);
        await PublishedAsync(node);
        var refused = Assert.Single(LogEntries.Read(_place.Log).Of<UploadRefused>());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), refused.Found.ToString());
        Assert.Empty(LogEntries.Read(_place.Log).Of<UploadCompleted>());
        var quarantine = Path.Combine(_place.Data, "spool", "quarantine");
        await Eventually.HoldsAsync(
            () => Task.FromResult(Directory.Exists(quarantine) && Directory.GetFiles(quarantine).Any(f => File.ReadAllBytes(f).AsSpan().SequenceEqual(bytes))),
            TimeSpan.FromSeconds(20), () => "the bytes are not in quarantine");
    }

    [Fact]
    public async Task An_id_of_the_sender_makes_one_upload_however_often_it_asks()
    {
        await using var node = await StartAsync(new { });
        var client = new TusClient(() => node.Local, null);
        var name = TusClient.Metadata("client_upload_id", "track 1");
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.CreateAsync(10, name)));
        Assert.All(all, a => Assert.Equal(201, a.Status));
        var location = Assert.Single(all.Select(a => a.Location).Distinct());
        Assert.Equal(409, (await client.CreateAsync(11, name)).Status);
        Assert.NotNull((await client.PatchAsync(location!, 0, new byte[10])).Digest);
        var after = await client.CreateAsync(10, name);
        Assert.Equal((201, location, 10L), (after.Status, after.Location, after.Offset!.Value));
    }

    [Fact]
    public async Task A_body_that_trickles_is_cut_and_what_came_is_held()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort(), "--open-loopback");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{node.Port}/") };
        var client = new TusClient(() => http, null);
        var location = (await client.CreateAsync(100_000)).Location!;
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, node.Port!.Value);
        var stream = slow.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"PATCH {location} HTTP/1.1\r\nHost: 127.0.0.1:{node.Port}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 100000\r\n\r\n"));
        var sent = 0;
        var ended = stream.ReadAsync(new byte[1]).AsTask();
        await Eventually.HoldsAsync(
            async () =>
            {
                if (!ended.IsCompleted)
                {
                    try
                    {
                        await stream.WriteAsync(new byte[] { 0 });
                        sent++;
                    }
                    catch (IOException)
                    {
                        // The end of this connection is what is waited for.
                        return true;
                    }
                }
                return ended.IsCompleted;
            },
            TimeSpan.FromSeconds(60), () => $"after {sent} bytes it still waits");
        Assert.InRange((await client.HeadAsync(location)).Offset!.Value, 1, sent);
    }

    [Fact]
    public async Task Another_tenant_learns_nothing()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort());
        var (ours, theirs) = (await ThreeNodes.KeyAsync(node, "bluehour"), await ThreeNodes.KeyAsync(node, "redhouse"));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{node.Port}/") };
        var (owner, other) = (new TusClient(() => http, ours), new TusClient(() => http, theirs));
        var location = (await owner.CreateAsync(10, TusClient.Metadata("client_upload_id", "one"))).Location!;
        var never = location[..^4] + (location.EndsWith("0000", StringComparison.Ordinal) ? "1111" : "0000");
        foreach (var finished in new[] { false, true })
        {
            Assert.Equal(404, (await other.HeadAsync(location)).Status);
            foreach (var (there, missing) in new[]
            {
                (await other.PatchAsync(location, 0, new byte[5]), await other.PatchAsync(never, 0, new byte[5])),
                (await other.DeleteAsync(location), await other.DeleteAsync(never)),
            })
            {
                Assert.Equal(404, there.Status);
                Assert.Equal(missing.Body.Replace(never["/files/".Length..], "", StringComparison.Ordinal), there.Body.Replace(location["/files/".Length..], "", StringComparison.Ordinal));
            }
            Assert.Equal(finished ? 10 : 0, (await owner.HeadAsync(location)).Offset);
            if (!finished)
            {
                Assert.Equal(204, (await owner.PatchAsync(location, 0, new byte[10])).Status);
            }
        }
        Assert.NotEqual(location, (await other.CreateAsync(10, TusClient.Metadata("client_upload_id", "one"))).Location);
    }

    private async Task<NodeProcess> StartAsync(object limits)
    {
        var config = _place.At("config.json");
        File.WriteAllText(config, JsonSerializer.Serialize(new { uploads = limits }));
        return await NodeProcess.StartAsync(_place.Data, null, "--config", config);
    }

    private static async Task PublishedAsync(NodeProcess node) => await Eventually.HoldsAsync(
        async () => await node.LogAsync() is { Size: > 0 } log && log.Size == log.PublishedSize, TimeSpan.FromSeconds(20), node.LastWords);
}
