using System.Text;
using System.Text.RegularExpressions;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using Pipeline.Cluster.Tests.Support;

namespace Pipeline.Cluster.Tests;

/// <summary>A node, and somebody who has its address, the log's key and no access to its disk.</summary>
public sealed partial class When_an_auditor_is_far_away : IDisposable
{
    private readonly Place _place = new();
    private int _proofs;

    public void Dispose() => _place.Dispose();

    private string Vkey => Path.Combine(_place.Log, "vkey");

    [Fact]
    public async Task The_log_its_private_parts_and_single_files_are_checked_without_trusting_the_node()
    {
        var port = NodeProcess.FreePort();
        await using var node = await NodeProcess.StartAsync(_place.Data, port);
        var folder = ReleaseFolders.Write(_place.Releases, "song", [new(1, ReleaseFolders.Isrc(1), "Lantern")]);
        Assert.Equal(0, (await MpProcess.IngestAsync(_place.Data, folder)).ExitCode);
        await Eventually.HoldsAsync(
            async () => await node.LogAsync() is { Size: > 10 } log && log.Size == log.PublishedSize, TimeSpan.FromSeconds(30), node.LastWords);
        var server = $"http://127.0.0.1:{port}";
        var auditor = await KeyAsync("anna", "audit", "auditor");
        var label = await KeyAsync("lars", "local", "label");

        var whole = await MpProcess.RunAsync("log", "fsck", $"{server}/log", "--domain", "--vkey", Vkey, "--key", auditor);
        Assert.True(whole.ExitCode == 0, whole.ToString());
        Assert.Contains("--openings FILE", whole.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await MpProcess.RunAsync("log", "fsck", $"{server}/log")).ExitCode);
        Assert.Equal(3, (await MpProcess.RunAsync("log", "fsck", $"{server}/log", "--key", label)).ExitCode);

        // The label hands its private parts to the auditor it chose; what was changed on the way is found.
        var openings = _place.At("openings");
        Assert.Equal(0, (await MpProcess.RunAsync("log", "openings", "--server", server, "--key", label, "-o", openings)).ExitCode);
        Assert.NotEqual(0, (await MpProcess.RunAsync("log", "openings", "--server", server, "--key", auditor, "-o", _place.At("none"))).ExitCode);
        Assert.Contains("Lantern", await File.ReadAllTextAsync(openings), StringComparison.Ordinal);
        var opened = await MpProcess.RunAsync("log", "fsck", _place.Log, "--domain", "--openings", openings);
        Assert.True(opened.ExitCode == 0, opened.ToString());
        Assert.Matches("checked: [1-9][0-9]* private parts are what the log committed to", opened.Output);
        await File.WriteAllTextAsync(openings, (await File.ReadAllTextAsync(openings)).Replace("Lantern", "Lanterns", StringComparison.Ordinal));
        var changed = await MpProcess.RunAsync("log", "fsck", _place.Log, "--domain", "--openings", openings);
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("does not fit its commitment", changed.Output, StringComparison.Ordinal);

        // A file by its bytes for who sent it; an entry by its leaf hash for the auditor, and for nobody else's label.
        var file = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Single(f => !f.EndsWith(".json", StringComparison.Ordinal) && !f.EndsWith(".jpg", StringComparison.Ordinal) && !f.EndsWith(".png", StringComparison.Ordinal));
        var received = await ProveAsync("--hash", Sha256Digest.Of(await File.ReadAllBytesAsync(file)).ToString(), "--data", _place.Data);
        Assert.Contains("\"manifest\":\"edition.added.1\"", Encoding.UTF8.GetString(received), StringComparison.Ordinal);
        var leaf = MerkleTree.LeafHash(received).ToString();
        Assert.Equal(received, await ProveAsync("--hash", leaf, "--server", server, "--key", auditor));
        var stranger = await KeyAsync("sven", "redhouse", "label");
        Assert.Equal(1, (await MpProcess.RunAsync("log", "prove", "--hash", leaf, "--server", server, "--key", stranger, "-o", _place.At("none"))).ExitCode);
        Assert.Equal(1, (await MpProcess.RunAsync("log", "prove", "--hash", new string('0', 64), "--data", _place.Data, "-o", _place.At("none"))).ExitCode);
        Assert.Equal(1, (await MpProcess.RunAsync("log", "prove", "--payout", $"payout-local-{new string('0', 40)}", "--data", _place.Data, "-o", _place.At("none"))).ExitCode);
    }

    /// <summary>The entry that was proven; the proof was verified offline.</summary>
    private async Task<byte[]> ProveAsync(params string[] arguments)
    {
        var folder = Directory.CreateDirectory(_place.At($"proof-{++_proofs}")).FullName;
        var prove = await MpProcess.RunAsync(["log", "prove", .. arguments, "-o", folder]);
        Assert.True(prove.ExitCode == 0, prove.ToString());
        var (entry, proof) = (Path.Combine(folder, "entry"), Path.Combine(folder, "proof.tlog-proof"));
        Assert.Equal(0, (await MpProcess.RunAsync("log", "verify-proof", proof, "--entry", entry, "--vkey", Vkey)).ExitCode);
        return await File.ReadAllBytesAsync(entry);
    }

    private async Task<string> KeyAsync(string name, string tenant, string role)
    {
        var made = await MpProcess.RunAsync("key", "add", name, "--tenant", tenant, "--role", role, "--data", _place.Data);
        Assert.True(made.ExitCode == 0, made.ToString());
        return KeyText().Match(made.Output).Value;
    }

    [GeneratedRegex(@"\S+(?=\s*$)")]
    private static partial Regex KeyText();
}
