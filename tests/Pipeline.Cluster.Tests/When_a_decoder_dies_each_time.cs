using System.Net;
using Pipeline.Cluster.Tests.Support;

namespace Pipeline.Cluster.Tests;

public sealed class When_a_decoder_dies_each_time : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task The_release_is_quarantined_after_five_attempts_and_the_node_is_unharmed()
    {
        var programs = Directory.CreateDirectory(_place.At("bin")).FullName;
        var deadly = Path.Combine(programs, "ffmpeg");
        await File.WriteAllTextAsync(deadly, "#!/bin/sh\ncase \"$*\" in *-version*) echo 'ffmpeg version 0-deadly';; *) kill -9 $$;; esac\n");
        File.SetUnixFileMode(deadly, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        await using var node = NodeProcess.Launch(_place.Data, null, $"{programs}:{Environment.GetEnvironmentVariable("PATH")}");
        await node.ReadyAsync(TimeSpan.FromSeconds(60));

        var done = await MpProcess.IngestAsync(_place.Data, ReleaseFolders.Single(_place.Releases, 1));

        Assert.Equal((1, "quarantined"), (done.ExitCode, done.Answer.State));
        var finding = Assert.Single(done.Answer.Findings, f => f.Rule == "STAGE_EXHAUSTED");
        Assert.Equal(("stage audio", "5"), (finding.Place, finding.Value));
        Assert.Equal(HttpStatusCode.OK, await node.ReadyzAsync());

        // Its programs repaired and the quarantine answered, it goes on from where it was.
        Assert.Equal(0, await node.StopAsync());
        await using var repaired = await NodeProcess.StartAsync(_place.Data);
        var resolved = await MpProcess.RunAsync("resolve", done.Answer.Release!, "--note", "ffmpeg was replaced", "--data", _place.Data, "--json");
        Assert.True(resolved.ExitCode == 0, resolved.ToString());
        Assert.Equal("archived", resolved.Answer.State);
    }
}
