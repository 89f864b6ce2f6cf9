using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Pipeline.Audit.Durable;

namespace Pipeline.Benchmarks;

/// <summary>
/// Uploads as their senders meet them, by one client on the same machine: a node that syncs and hashes before it answers,
/// beside @tus/server, which does neither, beside nginx taking a PUT into the page cache, and beside the disk itself.
/// </summary>
internal static class UploadBenchmark
{
    private const int PatchBytes = 8 * 1024 * 1024;
    private const long StreamBytes = 1024L * 1024 * 1024;
    private const int StreamRounds = 5;

    private const int SmallBytes = 1024 * 1024;
    private const int SmallUploads = 300;
    private const int AtOnce = 8;
    // A server that has just started compiles itself for a while, each of them: the best of many rounds is past that.
    private const int SmallRounds = 6;

    private const double StreamGoal = 450;
    private const double StreamGoalOfTus = 0.8;
    private const double SmallGoalOfDisk = 0.35;
    private const double SmallGoalOfTus = 1.0;

    public static IEnumerable<Row> Run()
    {
        var scratch = Directory.CreateTempSubdirectory("mp-bench-").FullName;
        try
        {
            using var node = BenchServer.Node(Path.Combine(scratch, "node"));
            using var tus = BenchServer.Tus(Path.Combine(scratch, "tus"));
            using var nginx = BenchServer.Nginx(Path.Combine(scratch, "nginx"));
            var (ours, peer, put) = (0.0, 0.0, 0.0);
            for (var round = 0; round < StreamRounds; round++)
            {
                ours = Math.Max(ours, Stream(node));
                peer = Math.Max(peer, Stream(tus));
                put = Math.Max(put, Put(nginx));
            }
            yield return new Row("uploads: one stream of 1 GiB in 8 MiB PATCHes, received; theirs: nginx, one PUT", "MB/s", ours, put, StreamGoal, true);
            yield return new Row("uploads: the same; theirs: @tus/server, neither hashed nor synced", "MB/s", ours, peer, Math.Round(StreamGoalOfTus * peer, 2), true);
            (ours, peer) = (0.0, 0.0);
            var floor = 0.0;
            for (var round = 0; round < SmallRounds; round++)
            {
                ours = Math.Max(ours, Small(node));
                peer = Math.Max(peer, Small(tus));
                floor = Math.Max(floor, Disk(Path.Combine(scratch, $"floor-{round}")));
            }
            yield return new Row(
                "uploads: 1 MiB, 8 at once, received; theirs: the disk (create, write, fdatasync, link, sync)", "uploads/s", ours, floor, Math.Round(SmallGoalOfDisk * floor, 2), true);
            yield return new Row("uploads: the same; theirs: @tus/server, neither hashed nor synced", "uploads/s", ours, peer, Math.Round(SmallGoalOfTus * peer, 2), true);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static double Stream(BenchServer server)
    {
        var content = RandomNumberGenerator.GetBytes(PatchBytes);
        var started = Stopwatch.GetTimestamp();
        Upload(server, content, StreamBytes).GetAwaiter().GetResult();
        return StreamBytes / 1e6 / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Put(BenchServer server)
    {
        using var content = new RepeatedContent(RandomNumberGenerator.GetBytes(PatchBytes), StreamBytes);
        var started = Stopwatch.GetTimestamp();
        using var answer = server.Http.PutAsync("file", content).GetAwaiter().GetResult();
        answer.EnsureSuccessStatusCode();
        return StreamBytes / 1e6 / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Small(BenchServer server)
    {
        var block = RandomNumberGenerator.GetBytes(SmallBytes);
        var next = 0;
        var started = Stopwatch.GetTimestamp();
        Task.WaitAll([.. Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            var content = (byte[])block.Clone();
            for (int number; (number = Interlocked.Increment(ref next)) <= SmallUploads;)
            {
                // No two alike: a vault keeps equal bytes once.
                BinaryPrimitives.WriteInt32LittleEndian(content, number);
                await Upload(server, content, SmallBytes);
            }
        }))]);
        return SmallUploads / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task Upload(BenchServer server, byte[] content, long length)
    {
        using var create = new HttpRequestMessage(HttpMethod.Post, "files/");
        create.Headers.Add("Tus-Resumable", "1.0.0");
        create.Headers.Add("Upload-Length", length.ToString(CultureInfo.InvariantCulture));
        using var created = await server.Http.SendAsync(create);
        created.EnsureSuccessStatusCode();
        var place = created.Headers.Location!;
        for (var at = 0L; at < length;)
        {
            using var patch = new HttpRequestMessage(HttpMethod.Patch, new Uri(server.Http.BaseAddress!, place))
            {
                Content = new ReadOnlyMemoryContent(content.AsMemory(0, (int)Math.Min(content.Length, length - at))),
            };
            patch.Headers.Add("Tus-Resumable", "1.0.0");
            patch.Headers.Add("Upload-Offset", at.ToString(CultureInfo.InvariantCulture));
            patch.Content.Headers.ContentType = new("application/offset+octet-stream");
            using var patched = await server.Http.SendAsync(patch);
            patched.EnsureSuccessStatusCode();
            at = long.Parse(patched.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>What any durable upload must at least do, as often at once.</summary>
    private static double Disk(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "named"));
        var disk = new PosixDisk();
        var block = RandomNumberGenerator.GetBytes(SmallBytes);
        var next = 0;
        var started = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, AtOnce).Select(_ => new Thread(() =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) <= SmallUploads;)
            {
                var name = number.ToString(CultureInfo.InvariantCulture);
                using (var file = disk.CreateNew(Path.Combine(folder, name)))
                {
                    file.Write(0, block);
                    file.SyncData();
                }
                disk.Link(Path.Combine(folder, name), Path.Combine(folder, "named", name));
                disk.SyncDirectory(Path.Combine(folder, "named"));
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        return SmallUploads / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>A long body that needs no long buffer.</summary>
    private sealed class RepeatedContent(byte[] block, long length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(System.IO.Stream stream, System.Net.TransportContext? context)
        {
            for (var left = length; left > 0; left -= block.Length)
            {
                await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(block.Length, left)));
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
