using Pipeline.Audit.Facts;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Cluster.Tests;

public sealed class When_uploads_meet_kill_9(ITestOutputHelper output) : IDisposable
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1";

    /// <summary>8 uploads, and 200 with <c>MP_TEST_LONG=1</c>.</summary>
    private static readonly int Uploads = IsLong ? 200 : 8;

    /// <summary>The node is killed at least this often.</summary>
    private static readonly int Kills = IsLong ? 40 : 3;

    /// <summary>And from 0 to this long after it was ready.</summary>
    private const int LongestLifeMilliseconds = 2000;

    private const int MaxBytes = 3_000_000;
    private const int AtOnce = 8;

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Every_byte_answered_stays_and_every_upload_is_received_once()
    {
        var random = Seeds.ForTest(output.WriteLine);
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(IsLong ? 30 : 8));
        var current = NodeProcess.Launch(_place.Data, null, null);
        try
        {
            var client = new TusClient(() => current.Local, null);
            // Some are empty, some fit one request, most need many.
            var senders = Enumerable.Range(0, Uploads)
                .Select(n => new TusSender(client, $"file {n}", Some.Bytes(n % 10 == 0 ? 0 : random.Next(1, n % 3 == 0 ? 5_000 : MaxBytes), random.Next()), new Random(random.Next())))
                .ToList();
            using var mayBegin = new SemaphoreSlim(AtOnce);
            var sending = Task.WhenAll(senders.Select(async sender =>
            {
                await mayBegin.WaitAsync(giveUp.Token);
                await sender.SendAsync(giveUp.Token);
                mayBegin.Release();
            }));
            var kill = 0;
            for (; kill < Kills && !sending.IsCompleted; kill++)
            {
                await current.ReadyAsync(TimeSpan.FromSeconds(60));
                await Task.Delay(random.Next(LongestLifeMilliseconds), giveUp.Token);
                var dead = current;
                await dead.KillAsync();
                current = NodeProcess.Launch(_place.Data, null, null);
                await dead.DisposeAsync();
            }
            output.WriteLine($"{kill} kills before all were received, {senders.Sum(s => s.Requests)} rounds");
            await current.ReadyAsync(TimeSpan.FromSeconds(60));
            await sending;
            foreach (var sender in senders)
            {
                Assert.Equal(sender.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await client.GetAsync(sender.Location))));
            }
            await Eventually.HoldsAsync(
                async () => await current.LogAsync() is var log && log.Size == log.PublishedSize && LogEntries.Read(_place.Log).Of<UploadCompleted>().Count >= Uploads,
                TimeSpan.FromSeconds(60), current.LastWords);
            // What a killed node left behind is cleared by the sweeper of the next, a minute later at most.
            await Eventually.HoldsAsync(
                () => Task.FromResult(!Left().Any()), TimeSpan.FromSeconds(90), () => $"left in the spool: {string.Join(' ', Left())}");
            Assert.Equal(0, await current.StopAsync());
        }
        finally
        {
            await giveUp.CancelAsync();
            await current.DisposeAsync();
        }
        await MpProcess.FsckIsCleanAsync(_place.Log);
        var entries = LogEntries.Read(_place.Log);
        entries.AreEachOnceAndInOrder();
        Assert.Equal(Uploads, entries.Of<UploadCompleted>().Select(f => f.Upload).Distinct().Count());
        Assert.Equal(Uploads, entries.Of<UploadCompleted>().Count);
        Assert.Empty(entries.Of<UploadDiscarded>());
        Assert.Empty(entries.Of<UploadRefused>());
    }

    private IEnumerable<string> Left() => Directory.EnumerateFiles(Path.Combine(_place.Data, "spool"), "upload-*", SearchOption.AllDirectories);
}
