using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Pipeline.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Cluster.Tests;

public sealed class When_an_upload_is_large(ITestOutputHelper output) : IDisposable
{
    private const long Gibibyte = 1024L * 1024 * 1024;

    /// <summary>1 GiB, and 10 GiB with <c>MP_TEST_LONG=1</c>.</summary>
    private static readonly long Bytes = Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1" ? 10 * Gibibyte : Gibibyte;

    /// <summary>Peak resident memory of the node, in KiB.</summary>
    private const long MostResidentKibibytes = 300 * 1024;

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task The_node_needs_no_more_memory_than_for_a_small_one()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort(), "--open-loopback");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{node.Port}/"), Timeout = TimeSpan.FromMinutes(20) };
        var client = new TusClient(() => http, null);
        var location = (await client.CreateAsync(Bytes)).Location!;
        var source = new Zeros(Bytes);
        var done = await client.PatchAsync(location, 0, source);
        Assert.True(done.Status == 204, $"{done}");
        Assert.Equal(Bytes, done.Offset);
        Assert.Equal(source.Sha256, done.Digest);
        var peak = long.Parse(
            File.ReadLines($"/proc/{node.Pid}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
        output.WriteLine($"peak of {peak / 1024} MiB resident for {Bytes / Gibibyte} GiB");
        Assert.InRange(peak, 1, MostResidentKibibytes);
    }

    /// <summary>A sparse source: as many zeros as asked, hashed as they go.</summary>
    private sealed class Zeros(long bytes) : HttpContent
    {
        private static readonly byte[] Block = new byte[1024 * 1024];

        public string Sha256 { get; private set; } = "";

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var left = bytes; left > 0;)
            {
                var count = (int)Math.Min(left, Block.Length);
                await stream.WriteAsync(Block.AsMemory(0, count));
                hash.AppendData(Block, 0, count);
                left -= count;
            }
            Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes;
            return true;
        }
    }
}
