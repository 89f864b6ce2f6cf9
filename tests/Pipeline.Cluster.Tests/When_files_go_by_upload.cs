using System.Diagnostics;
using System.Security.Cryptography;
using Pipeline.Audit.Vocabulary;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;
using Xunit.Abstractions;
using static Pipeline.Cluster.Tests.Support.ReleaseFolders;
using TusClient = Pipeline.Actors.Cli.Uploading.TusClient;

namespace Pipeline.Cluster.Tests;

/// <summary><c>mp ingest --server</c> and tus-js-client on a real node, over lines that break and nodes that die.</summary>
public sealed class When_files_go_by_upload(ITestOutputHelper output) : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Both_sides_digests_are_told_and_equal_and_a_second_run_sends_nothing()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort(), "--open-loopback");
        var folder = Folder(1);
        var first = await IngestAsync(node.Port!.Value, folder);
        Assert.True(first.ExitCode == 0, first.ToString());
        var uploads = first.Answer.Uploads!;
        Assert.Equal(["release.json", "01.wav", "copy of 01.wav"], uploads.Select(u => u.Path));
        Assert.All(uploads, u => Assert.Equal((Sha256(Path.Combine(folder, u.Path)), u.Local), (u.Local, u.Server)));
        // The same bytes under two names are sent once.
        Assert.Equal(uploads[1].Upload, uploads[2].Upload);
        var second = await IngestAsync(node.Port!.Value, folder);
        Assert.Equal(("duplicate", 0), (second.Answer.Delivery, second.ExitCode));
        Assert.Equal(uploads, second.Answer.Uploads);
        var told = await MpProcess.RunAsync("ingest", folder, "--server", $"http://127.0.0.1:{node.Port}");
        Assert.Contains($"here {uploads[1].Local}, there {uploads[1].Local}", told.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_begun_under_another_name_and_left_are_sent_under_this_one()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort(), "--open-loopback");
        var folder = Folder(1);
        var path = Path.Combine(folder, "01.wav");
        var digest = Sha256Digest.Parse(Sha256(path));
        var length = new FileInfo(path).Length;
        var id = TusClient.ClientUploadId(new Uri($"http://127.0.0.1:{node.Port}/"), digest, length, 0);
        var left = await new Support.TusClient(() => node.Local, null).CreateAsync(
            length, string.Join(',', Support.TusClient.Metadata("filename", "old name.wav"), Support.TusClient.Metadata("sha256", digest.ToString()), Support.TusClient.Metadata("client_upload_id", id)));
        Assert.Equal(201, left.Status);
        var done = await IngestAsync(node.Port!.Value, folder);
        Assert.True(done.ExitCode == 0, done.ToString());
        var sent = done.Answer.Uploads!.Single(u => u.Path == "01.wav");
        Assert.Equal(digest.ToString(), sent.Server);
        Assert.NotEqual(left.Location!.Split('/')[^1], sent.Upload);
    }

    [Fact]
    public async Task A_line_that_is_cut_again_and_again_brings_the_file_over()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort(), "--open-loopback");
        var random = Seeds.ForTest(output.WriteLine);
        var (pieces, cuts, next, door) = (0, 0, 30, new Lock());
        await using var line = new TcpProxy(node.Port!.Value)
        {
            OnTheWayThere = _ =>
            {
                lock (door)
                {
                    if (++pieces < next || cuts == 12)
                    {
                        return;
                    }
                    (cuts, next) = (cuts + 1, pieces + random.Next(10, 50));
                }
                throw new IOException("cut");
            },
        };
        var done = await IngestAsync(line.Port, Folder(2));
        Assert.True(done.ExitCode == 0, done.ToString());
        Assert.True(cuts > 3, $"only {cuts} cuts in {pieces} pieces");
        Assert.All(done.Answer.Uploads!, u => Assert.Equal(u.Local, u.Server));
    }

    [Fact]
    public async Task A_node_that_is_killed_in_the_middle_is_gone_on_with_after_its_restart()
    {
        var port = NodeProcess.FreePort();
        var node = await NodeProcess.StartAsync(_place.Data, port, "--open-loopback");
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var passed = 0L;
        await using var line = new TcpProxy(port)
        {
            OnTheWayThere = bytes =>
            {
                if (Interlocked.Add(ref passed, bytes.Length) > TusClient.PatchBytes + (TusClient.PatchBytes / 2))
                {
                    half.TrySetResult();
                }
            },
        };
        try
        {
            var sending = IngestAsync(line.Port, Folder(3));
            await Task.WhenAny(half.Task, sending);
            await node.KillAsync();
            await node.DisposeAsync();
            node = await NodeProcess.StartAsync(_place.Data, port, "--open-loopback");
            var done = await sending;
            Assert.True(done.ExitCode == 0, done.ToString());
            Assert.All(done.Answer.Uploads!, u => Assert.Equal(u.Local, u.Server));
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_client_that_is_killed_in_the_middle_goes_on_with_what_is_held()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, NodeProcess.FreePort(), "--open-loopback");
        var folder = Folder(4);
        var total = new DirectoryInfo(folder).EnumerateFiles().Sum(f => f.Length);
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var passed = 0L;
        await using var line = new TcpProxy(node.Port!.Value)
        {
            OnTheWayThere = bytes =>
            {
                if (Interlocked.Add(ref passed, bytes.Length) > TusClient.PatchBytes + (TusClient.PatchBytes / 2))
                {
                    half.TrySetResult();
                }
            },
        };
        using (var first = Process.Start(new ProcessStartInfo(MpProcess.Binary, ["ingest", folder, "--server", $"http://127.0.0.1:{line.Port}", "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true })!)
        {
            await half.Task.WaitAsync(TimeSpan.FromMinutes(2));
            first.Kill();
            await first.WaitForExitAsync();
        }
        Interlocked.Exchange(ref passed, 0);
        var done = await IngestAsync(line.Port, folder);
        Assert.True(done.ExitCode == 0, done.ToString());
        Assert.True(passed < total - TusClient.PatchBytes + 100_000, $"{passed} of {total} bytes were sent again");
    }

    [SkippableFact]
    public async Task The_client_of_browsers_uploads_pauses_resumes_and_survives_a_restart()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "tus-js");
        Skip.IfNot(await RunsAsync("npm", script, "ci", "--no-audit", "--no-fund", "--ignore-scripts"), "npm is not installed");
        var port = NodeProcess.FreePort();
        var node = await NodeProcess.StartAsync(_place.Data, port, "--open-loopback");
        try
        {
            using var check = Process.Start(new ProcessStartInfo("node", ["check.js", $"http://127.0.0.1:{port}/files/"])
            {
                WorkingDirectory = script,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            var said = new List<string>();
            while (await check.StandardOutput.ReadLineAsync() is { } line)
            {
                said.Add(line);
                output.WriteLine(line);
                if (line == "RESTART")
                {
                    await node.KillAsync();
                    await node.DisposeAsync();
                    node = await NodeProcess.StartAsync(_place.Data, port, "--open-loopback");
                    await check.StandardInput.WriteLineAsync("restarted");
                    await check.StandardInput.FlushAsync();
                }
            }
            await check.WaitForExitAsync();
            Assert.True(check.ExitCode == 0, string.Join('\n', said));
            Assert.Equal(8, said.Count(l => l.StartsWith("ok ", StringComparison.Ordinal)));
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    /// <summary>A release whose one file takes three PATCHes, and has a twin beside it.</summary>
    private string Folder(int number)
    {
        var folder = Write(_place.Releases, $"large-{number}", [new Track(number, Isrc(number))], change: m => m["tracks"]![0]!["file"] = "01.wav", withAudio: false);
        File.WriteAllBytes(Path.Combine(folder, "01.wav"), Sounds.Wav(number, seconds: 120));
        if (number == 1)
        {
            File.Copy(Path.Combine(folder, "01.wav"), Path.Combine(folder, "copy of 01.wav"));
        }
        return folder;
    }

    private static Task<MpProcess> IngestAsync(int port, string folder) =>
        MpProcess.RunAsync(TimeSpan.FromMinutes(4), "ingest", folder, "--server", $"http://127.0.0.1:{port}", "--json");

    private static string Sha256(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static async Task<bool> RunsAsync(string program, string folder, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
