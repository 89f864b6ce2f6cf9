using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Ingest.Tests.Vault;

/// <summary>
/// The store path under a disk that keeps only what was synced: at every step the power goes (or only the process dies,
/// a second one finishes the work, and then the power goes), in many possible states afterwards.
/// </summary>
public sealed class When_the_power_goes_while_storing(ITestOutputHelper output)
{
    private const string Root = "/data/vault";
    private const int MinimumPoints = 3000;
    private const int StatesPerStep = 48;

    private static readonly byte[][] Objects =
        [[], .. new[] { 10, 511, 1600, 5000 }.Select((length, i) => Enumerable.Repeat((byte)(i + 1), length).ToArray())];

    private static readonly Sha256Digest RottenId = Sha256Digest.Of(Objects[3]);

    /// <summary>What the run was told and what therefore must hold.</summary>
    private sealed class Told
    {
        public Dictionary<Sha256Digest, byte[]> Stored { get; } = [];
        public byte[]? Rotten { get; set; }
    }

    private static string PathOf(Sha256Digest id)
    {
        var hex = id.ToString();
        return $"{Root}/cas/sha256/{hex[..2]}/{hex[2..4]}/{hex}";
    }

    private static async Task<bool> RunAsync(SimulatedDisk disk, string start, Told told)
    {
        try
        {
            var vault = CopiedVault.Alone(disk, Root, TemporaryFiles.Open(disk, Root, start), TimeProvider.System, _ => { });
            foreach (var document in Objects.Append(Objects[1]))
            {
                await StoreAsync(vault, document, told);
            }
            if (told.Rotten is null)
            {
                told.Stored.Remove(RottenId);
                disk.Rot(PathOf(RottenId), 700);
                told.Rotten = DurableFile.ReadAll(disk, PathOf(RottenId), 10_000);
            }
            await StoreAsync(vault, Objects[3], told);
            return true;
        }
        catch (SimulatedPowerLossException)
        {
            return false;
        }
    }

    private static async Task StoreAsync(CopiedVault vault, byte[] document, Told told)
    {
        var stored = await vault.StoreAsync(document, CancellationToken.None);
        Assert.Equal(Sha256Digest.Of(document), stored.Id);
        Assert.Equal(document.Length, stored.SizeBytes);
        told.Stored[stored.Id] = document;
    }

    /// <summary>Null, or the first promise that does not hold on <paramref name="disk"/>.</summary>
    private static async Task<string?> BrokenAsync(SimulatedDisk disk, Told told)
    {
        using var temporary = TemporaryFiles.Open(disk, Root, "after");
        if (disk.ListFiles($"{Root}/tmp").Any(name => name.Contains('_', StringComparison.Ordinal)))
        {
            return "a dead process's temporary file was not swept";
        }
        var vault = CopiedVault.Alone(disk, Root, temporary, TimeProvider.System, _ => { });
        foreach (var (id, document) in told.Stored)
        {
            try
            {
                if (!(await vault.ReadAsync(id, 10_000, CancellationToken.None)).AsSpan().SequenceEqual(document))
                {
                    return $"{id} reads as something else";
                }
            }
            catch (IOException error)
            {
                return error.Message;
            }
        }
        return WrongUnderAName(disk, $"{Root}/cas", told.Rotten) ?? LostEvidence(disk, told);
    }

    private static string? WrongUnderAName(SimulatedDisk disk, string directory, byte[]? rotten) =>
        disk.ListFiles(directory)
            .Select(name => (Name: name, Bytes: DurableFile.ReadAll(disk, $"{directory}/{name}", 10_000)))
            .Where(file => Sha256Digest.Of(file.Bytes).ToString() != file.Name
                && !(rotten is not null && file.Bytes.AsSpan().SequenceEqual(rotten)))
            .Select(file => $"wrong bytes under {file.Name}")
            .Concat(disk.ListDirectories(directory).Select(name => WrongUnderAName(disk, $"{directory}/{name}", rotten)))
            .FirstOrDefault(wrong => wrong is not null);

    private static string? LostEvidence(SimulatedDisk disk, Told told) =>
        told.Rotten is null
            || disk.ListFiles($"{Root}/quarantine").Select(name => $"{Root}/quarantine/{name}").Append(PathOf(RottenId))
                .Where(disk.FileExists)
                .Any(path => DurableFile.ReadAll(disk, path, 10_000).AsSpan().SequenceEqual(told.Rotten))
            ? null
            : "the damaged bytes are neither under their name nor in quarantine";

    private static async Task<(int Points, List<string> Broken)> TryAllAsync(
        Random random, Func<SyncKind, string, bool> ignore, bool dieFirst, int statesPerStep)
    {
        var points = 0;
        var broken = new List<string>();
        for (var step = 1L; ; step++)
        {
            var finished = false;
            for (var state = 0; state < statesPerStep; state++, points++)
            {
                var disk = new SimulatedDisk { IgnoreSync = ignore };
                disk.MakeDirectory("/data");
                disk.SyncDirectory("/");
                disk.CrashAt(disk.Steps + step);
                var told = new Told();
                finished = await RunAsync(disk, "first", told);
                if (dieFirst && !finished)
                {
                    disk.AfterProcessDeath();
                    Assert.True(await RunAsync(disk, "second", told));
                }
                var after = disk.AfterPowerLoss(state == 0 ? null : random);
                if (await BrokenAsync(after, told) is { } promise)
                {
                    broken.Add($"step {step}: {promise}");
                }
            }
            if (finished)
            {
                return (points, broken);
            }
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Everything_returned_is_there_and_nothing_wrong_is_under_a_name(bool dieFirst)
    {
        var (points, broken) = await TryAllAsync(Seeds.ForTest(output.WriteLine), (_, _) => false, dieFirst, StatesPerStep);
        output.WriteLine($"{points} power-loss points");
        Assert.Empty(broken);
        Assert.True(points >= MinimumPoints, $"only {points} points");
    }

    [Theory]
    [InlineData(SyncKind.FileData, Root + "/tmp/*", false)]
    [InlineData(SyncKind.Directory, Root + "/cas/sha256/??/??", false)]
    [InlineData(SyncKind.Directory, Root + "/cas/sha256/??/??", true)]
    [InlineData(SyncKind.Directory, Root + "/cas/sha256/??", false)]
    [InlineData(SyncKind.Directory, Root + "/cas/sha256", false)]
    [InlineData(SyncKind.Directory, Root + "/cas", false)]
    [InlineData(SyncKind.Directory, Root + "/quarantine", false)]
    [InlineData(SyncKind.Directory, Root, false)]
    [InlineData(SyncKind.Directory, "/data", false)]
    public async Task Leaving_out_any_one_sync_is_seen(SyncKind kind, string where, bool dieFirst)
    {
        var (_, broken) = await TryAllAsync(
            Seeds.ForTest(output.WriteLine),
            (k, path) => k == kind && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(where, path, ignoreCase: false)
                && path.Count(c => c == '/') == where.Count(c => c == '/'),
            dieFirst, statesPerStep: 6);
        Assert.NotEmpty(broken);
    }
}
