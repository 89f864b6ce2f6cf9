using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Pipeline.Actors.Cli;
using Pipeline.Audit.Log;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Ingest.Export;
using static Pipeline.Cluster.Tests.Support.ReleaseFolders;

namespace Pipeline.Cluster.Tests;

/// <summary>An owner leaves with everything, and a stranger can check it without us.</summary>
public sealed class When_a_release_is_exported(OneNode house) : IClassFixture<OneNode>
{
    [Fact]
    public async Task The_bag_has_every_file_and_every_fact_and_a_stranger_verifies_each_offline()
    {
        var (folder, release) = await ArchivedAsync();
        var bag = house.Place.At($"bag-{release}");
        var exported = await ExportAsync(house.First, release, bag);
        Assert.True(exported.ExitCode == 0, exported.ToString());

        var report = BagValidator.Validate(bag, CancellationToken.None);
        Assert.True(report.IsValid, string.Join('\n', report.Findings));
        Assert.Empty(report.Findings);
        Assert.Equal(0, (await MpProcess.RunAsync("export", "--verify", bag)).ExitCode);
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(Path.Combine(bag, "data", "delivery", Path.GetFileName(file))));
        }

        // The key comes from the log's owner, not from the bag.
        var vkey = Path.Combine(house.Node.Data, "log", "vkey");
        var facts = Directory.EnumerateDirectories(Path.Combine(bag, "data", "facts")).Order(StringComparer.Ordinal).ToList();
        var line = JsonSerializer.Deserialize(exported.Output, ExportJson.Default.ExportLine)!;
        Assert.Equal((line.Facts, line.Files, line.Bytes), (facts.Count, report.PayloadFiles, report.PayloadBytes));
        var previous = -1L;
        foreach (var fact in facts)
        {
            var entry = await File.ReadAllBytesAsync(Path.Combine(fact, "entry"));
            Assert.True(LeafEnvelope.TryDecode(entry, out var envelope, out _));
            // The thread has no gap: each leaf names the one before it.
            Assert.Equal((release, previous), (envelope.Asset, envelope.Prev));
            Assert.True(TLogProof.TryParse(await File.ReadAllBytesAsync(Path.Combine(fact, "proof.tlog-proof")), out var proof, out var problem), problem);
            Assert.True(NoteVerifierKey.TryParse((await File.ReadAllTextAsync(vkey)).TrimEnd('\n'), out var key, out _));
            Assert.IsType<ProofVerdict.Proven>(proof.Verify(entry, key));
            previous = proof.Index;
        }
        var manifests = facts.Select(f => Path.GetFileName(f)[13..]).ToList();
        Assert.Contains("delivery.received.1", manifests);
        Assert.Equal("release.archived.1", manifests[^1]);
        var verified = await MpProcess.RunAsync("log", "verify-proof", Path.Combine(facts[^1], "proof.tlog-proof"), "--entry", Path.Combine(facts[^1], "entry"), "--vkey", vkey);
        Assert.True(verified.ExitCode == 0, verified.ToString());
        Assert.DoesNotContain(Directory.EnumerateFiles(bag, "opening.*", SearchOption.AllDirectories), _ => true);
    }

    [Fact]
    public async Task With_openings_each_private_part_fits_its_leaf()
    {
        var (_, release) = await ArchivedAsync();
        var bag = house.Place.At($"open-{release}");
        var exported = await ExportAsync(house.First, release, bag, "--openings");
        Assert.True(exported.ExitCode == 0, exported.ToString());
        var opened = Directory.EnumerateFiles(bag, "opening.json", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!).ToList();
        Assert.NotEmpty(opened);
        foreach (var fact in opened)
        {
            var salt = new Audit.Facts.Salt(Convert.FromHexString(await File.ReadAllTextAsync(Path.Combine(fact, "opening.salt"))));
            var commitment = Audit.Facts.Commitments.Of(salt, await File.ReadAllBytesAsync(Path.Combine(fact, "opening.json")));
            Assert.Contains($"\"private\":\"{commitment}\"", await File.ReadAllTextAsync(Path.Combine(fact, "entry")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nobody_exports_what_another_tenant_owns()
    {
        var (folder, release) = await ArchivedAsync();
        var bag = house.Place.At($"stolen-{release}");
        var refused = await ExportAsync(house.Second, release, bag);
        Assert.Equal(1, refused.ExitCode);
        Assert.False(Directory.Exists(bag));
        var file = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "01.flac"))));
        foreach (var path in (string[])["contents", "facts", $"objects/{file}"])
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, await StatusAsync(house.First, $"api/v1/releases/{release}/{path}")));
            Assert.Equal((path, HttpStatusCode.NotFound), (path, await StatusAsync(house.Second, $"api/v1/releases/{release}/{path}")));
        }
    }

    [Fact]
    public async Task An_object_of_another_release_is_not_found_under_this_one()
    {
        var (_, release) = await ArchivedAsync();
        var (other, second) = await ArchivedAsync();
        var file = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(other, "01.flac"))));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(house.First, $"api/v1/releases/{second}/objects/{file}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(house.First, $"api/v1/releases/{release}/objects/{file}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(house.First, $"api/v1/releases/{release}/objects/{new string('0', 64)}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(house.First, $"api/v1/releases/{release}/objects/x"));
    }

    [Fact]
    public async Task A_damaged_object_makes_no_bag()
    {
        var (folder, release) = await ArchivedAsync();
        var hex = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "01.flac"))));
        var stored = Path.Combine(house.Node.Data, "vault", "cas", "sha256", hex[..2], hex[2..4], hex);
        var bytes = await File.ReadAllBytesAsync(stored);
        File.SetUnixFileMode(stored, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(stored, bytes);
        var bag = house.Place.At($"damaged-{release}");
        var refused = await ExportAsync(house.First, release, bag);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains(hex, refused.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(bag)!, $"damaged-{release}*"));

        File.Delete(stored);
        var missing = await ExportAsync(house.First, release, bag);
        Assert.Equal(3, missing.ExitCode);
        Assert.Contains("OBJECT_UNAVAILABLE", missing.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(bag)!, $"damaged-{release}*"));
    }

    [Fact]
    public async Task The_verb_says_what_it_cannot_do()
    {
        var (_, release) = await ArchivedAsync();
        var taken = Directory.CreateDirectory(house.Place.At($"taken-{release}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(taken, "mine"), "mine");
        Assert.Equal(3, (await ExportAsync(house.First, release, taken)).ExitCode);
        Assert.Equal(["mine"], Directory.EnumerateFileSystemEntries(taken).Select(p => Path.GetFileName(p)));
        Assert.Equal(1, (await MpProcess.RunAsync("export", "--verify", taken)).ExitCode);
        Assert.Equal(3, (await MpProcess.RunAsync("export", "--verify", taken + "-not")).ExitCode);
        Assert.Equal(2, (await MpProcess.RunAsync("export", release, "--server", house.Url)).ExitCode);
        Assert.Equal(2, (await MpProcess.RunAsync("export", "recording-local-1", "-o", taken, "--server", house.Url)).ExitCode);
        Assert.Equal(2, (await MpProcess.RunAsync("export", release, "--verify", taken)).ExitCode);
    }

    private async Task<(string Folder, string Release)> ArchivedAsync()
    {
        var number = house.Fresh();
        var folder = Single(house.Place.Releases, number);
        var done = await house.IngestAsync(house.First, folder);
        Assert.True(done.ExitCode == 0, done.ToString());
        return (folder, done.Answer.Release!);
    }

    private Task<MpProcess> ExportAsync(string key, string release, string bag, params string[] more) =>
        MpProcess.RunAsync(["export", release, "-o", bag, "--server", house.Url, "--key", key, "--json", .. more]);

    private async Task<HttpStatusCode> StatusAsync(string key, string path)
    {
        using var http = house.Http(key);
        using var response = await http.GetAsync(path);
        return response.StatusCode;
    }
}
