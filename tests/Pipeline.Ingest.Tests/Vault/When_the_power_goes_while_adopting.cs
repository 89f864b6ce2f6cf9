using System.IO.Enumeration;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Ingest.Tests.Vault;

/// <summary>
/// Adoption into a primary that links and a replica on another file system that copies. At every step the power goes (or
/// only the process dies, a second one finishes, and then the power goes). What was acknowledged must be whole in
/// <em>each</em> of the two stores, since each is what is left when the other burns.
/// </summary>
public sealed class When_the_power_goes_while_adopting(ITestOutputHelper output)
{
    private const string Spool = "/data/spool";
    private const string Primary = "/data/vault";
    private const string Replica = "/mnt/replica";
    private const int MinimumPoints = 3000;
    private const int StatesPerStep = 30;

    private static readonly byte[][] Uploads =
        [.. new[] { 0, 600, 1300, 5000 }.Select((length, i) => Enumerable.Repeat((byte)(i + 1), length).ToArray())];

    private static readonly Sha256Digest RottenId = Sha256Digest.Of(Uploads[2]);

    private static string PathOf(string root, Sha256Digest id) => $"{root}/cas/sha256/{id.ToString()[..2]}/{id.ToString()[2..4]}/{id}";

    /// <summary>What the run was told and what therefore must hold.</summary>
    private sealed class Told
    {
        public HashSet<int> Received { get; } = [];

        public byte[]? Rotten { get; set; }
    }

    private static SimulatedDisk NewDisk(Func<SyncKind, string, bool> ignore)
    {
        var disk = new SimulatedDisk { IgnoreSync = ignore, Mounts = ["/mnt"] };
        foreach (var (directory, parent) in new[] { ("/data", "/"), (Spool, "/data"), ("/mnt", "/") })
        {
            disk.MakeDirectory(directory);
            disk.SyncDirectory(parent);
        }
        for (var i = 0; i < Uploads.Length; i++)
        {
            // As an upload lies there after its last byte was answered: data synced, name synced.
            using var file = disk.CreateNew($"{Spool}/{i}");
            file.Write(0, Uploads[i]);
            file.SyncData();
        }
        disk.SyncDirectory(Spool);
        return disk;
    }

    private static CopiedVault Vault(SimulatedDisk disk, TemporaryFiles own, TemporaryFiles other)
    {
        IObjectStore[] stores =
        [
            new FileStore(disk, "primary", "a", Primary, own, [Spool, own.Folder]),
            new FileStore(disk, "replica-1", "b", Replica, other, []),
        ];
        return new CopiedVault(
            disk, stores, CopyPolicy.For([.. stores.Select(PlacedStore.Of)], null).Policy!, new CopyLimits(), own,
            new FetchedObjects(disk, "/data/fetched"), TimeProvider.System, _ => { });
    }

    private static async Task<bool> RunAsync(SimulatedDisk disk, string start, Told told, string rottenIn)
    {
        try
        {
            var vault = Vault(disk, TemporaryFiles.Open(disk, Primary, start), TemporaryFiles.Open(disk, Replica, start));
            for (var i = 0; i < Uploads.Length; i++)
            {
                await AdoptAsync(disk, vault, i, told);
            }
            if (told.Rotten is null)
            {
                told.Received.Remove(2);
                disk.Rot(PathOf(rottenIn, RottenId), 700);
                told.Rotten = DurableFile.ReadAll(disk, PathOf(rottenIn, RottenId), 10_000);
            }
            // The same bytes come again: in the one store they are found good, in the other they are rotten and give way.
            await vault.StoreAsync(Uploads[2], CancellationToken.None);
            told.Received.Add(2);
            return true;
        }
        catch (SimulatedPowerLossException)
        {
            return false;
        }
    }

    private static async Task AdoptAsync(SimulatedDisk disk, CopiedVault vault, int upload, Told told)
    {
        var path = $"{Spool}/{upload}";
        if (!disk.FileExists(path))
        {
            return;
        }
        var id = Sha256Digest.Of(Uploads[upload]);
        var custody = await vault.AdoptAsync(path, id, Uploads[upload].Length, CancellationToken.None);
        Assert.Equal((2, 2), (custody.Domains, custody.Wanted));
        Assert.Equal(["primary", "replica-1"], custody.Copies);
        told.Received.Add(upload);
        // Received: the spool's own name goes.
        disk.Unlink(path);
    }

    private static string? Broken(SimulatedDisk disk, Told told)
    {
        foreach (var root in new[] { Primary, Replica })
        {
            foreach (var upload in told.Received)
            {
                var path = PathOf(root, Sha256Digest.Of(Uploads[upload]));
                if (!disk.FileExists(path) || !DurableFile.ReadAll(disk, path, 10_000).AsSpan().SequenceEqual(Uploads[upload]))
                {
                    return $"upload {upload} was received and is not in {root}";
                }
            }
            if (WrongUnderAName(disk, $"{root}/cas", told.Rotten) is { } wrong)
            {
                return wrong;
            }
        }
        return told.Rotten is null || Kept(disk, told.Rotten) ? null : "the damaged bytes are neither under their name nor in quarantine";
    }

    private static bool Kept(SimulatedDisk disk, byte[] rotten) =>
        new[] { Primary, Replica }
            .SelectMany(root => disk.ListFiles($"{root}/quarantine").Select(name => $"{root}/quarantine/{name}").Append(PathOf(root, RottenId)))
            .Where(disk.FileExists)
            .Any(path => DurableFile.ReadAll(disk, path, 10_000).AsSpan().SequenceEqual(rotten));

    private static string? WrongUnderAName(SimulatedDisk disk, string directory, byte[]? rotten) =>
        disk.ListFiles(directory)
            .Select(name => (Name: name, Bytes: DurableFile.ReadAll(disk, $"{directory}/{name}", 10_000)))
            .Where(file => Sha256Digest.Of(file.Bytes).ToString() != file.Name
                && !(rotten is not null && file.Bytes.AsSpan().SequenceEqual(rotten)))
            .Select(file => $"wrong bytes under {directory}/{file.Name}")
            .Concat(disk.ListDirectories(directory).Select(name => WrongUnderAName(disk, $"{directory}/{name}", rotten)))
            .FirstOrDefault(wrong => wrong is not null);

    private static async Task<(int Points, List<string> Broken)> TryAllAsync(
        Random random, Func<SyncKind, string, bool> ignore, bool dieFirst, int statesPerStep, string rottenIn, bool stopAtFirst = false)
    {
        var points = 0;
        var broken = new List<string>();
        for (var step = 1L; ; step++)
        {
            var finished = false;
            for (var state = 0; state < statesPerStep; state++, points++)
            {
                var disk = NewDisk(ignore);
                disk.CrashAt(disk.Steps + step);
                var told = new Told();
                finished = await RunAsync(disk, "first", told, rottenIn);
                if (dieFirst && !finished)
                {
                    disk.AfterProcessDeath();
                    Assert.True(await RunAsync(disk, "second", told, rottenIn));
                }
                if (Broken(disk.AfterPowerLoss(state == 0 ? null : random), told) is { } promise)
                {
                    broken.Add($"step {step}: {promise}");
                }
            }
            if (finished || (stopAtFirst && broken.Count > 0))
            {
                return (points, broken);
            }
        }
    }

    [Theory, InlineData(false, Primary), InlineData(true, Primary), InlineData(false, Replica), InlineData(true, Replica)]
    public async Task Everything_received_is_whole_in_each_of_the_two_stores(bool dieFirst, string rottenIn)
    {
        var (points, broken) = await TryAllAsync(Seeds.ForTest(output.WriteLine), (_, _) => false, dieFirst, StatesPerStep, rottenIn);
        output.WriteLine($"{points} power-loss points");
        Assert.Empty(broken);
        Assert.True(points >= MinimumPoints, $"only {points} points");
    }

    public static TheoryData<SyncKind, string, bool> Syncs()
    {
        var data = new TheoryData<SyncKind, string, bool> { { SyncKind.FileData, Replica + "/tmp/*", false } };
        foreach (var root in new[] { Primary, Replica })
        {
            data.Add(SyncKind.Directory, root + "/cas/sha256/??/??", false);
            data.Add(SyncKind.Directory, root + "/cas/sha256/??/??", true);
            data.Add(SyncKind.Directory, root + "/cas/sha256/??", false);
            data.Add(SyncKind.Directory, root + "/cas/sha256", false);
            data.Add(SyncKind.Directory, root + "/cas", false);
            data.Add(SyncKind.Directory, root + "/quarantine", false);
            data.Add(SyncKind.Directory, root, false);
        }
        data.Add(SyncKind.Directory, "/data", false);
        data.Add(SyncKind.Directory, "/mnt", false);
        return data;
    }

    [Theory, MemberData(nameof(Syncs))]
    public async Task Leaving_out_any_one_sync_is_seen(SyncKind kind, string where, bool dieFirst)
    {
        var (_, broken) = await TryAllAsync(
            Seeds.ForTest(output.WriteLine),
            (k, path) => k == kind && FileSystemName.MatchesSimpleExpression(where, path, ignoreCase: false)
                && path.Count(c => c == '/') == where.Count(c => c == '/'),
            dieFirst, statesPerStep: 4, where.StartsWith(Replica, StringComparison.Ordinal) ? Replica : Primary, stopAtFirst: true);
        Assert.NotEmpty(broken);
    }
}
