using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Ingest.Tests.Vault;

/// <summary>A repair is cut short at every step, on a disk that keeps only what it must.</summary>
public sealed class When_the_power_goes_while_mending(ITestOutputHelper output)
{
    private const string Primary = "/data/vault";
    private const string Replica = "/other/vault";
    private const int StatesPerStep = 60;
    private const int MinimumPoints = 3000;

    private static readonly byte[] Good = Some.Bytes(3000, 7);
    private static readonly Sha256Digest Id = Sha256Digest.Of(Good);

    [Fact]
    public async Task The_good_copy_stands_the_bad_one_is_kept_and_the_next_attempt_mends()
    {
        var (points, broken) = await TryAllAsync((_, _) => false, StatesPerStep);
        output.WriteLine($"{points} power-loss points");
        Assert.Empty(broken);
        Assert.True(points >= MinimumPoints, $"only {points} points");
    }

    [Theory]
    [InlineData(SyncKind.FileData, Primary + "/tmp/*")]
    [InlineData(SyncKind.Directory, Primary + "/cas/sha256/??/??")]
    [InlineData(SyncKind.Directory, Primary + "/quarantine")]
    public async Task Leaving_out_a_sync_is_seen(SyncKind kind, string where)
    {
        var (_, broken) = await TryAllAsync(
            (k, path) => k == kind && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(where, path, ignoreCase: false)
                && path.Count(c => c == '/') == where.Count(c => c == '/'),
            statesPerStep: 8);
        Assert.NotEmpty(broken);
    }

    /// <summary>The power goes at each step of a repair; what is broken then, in any state that may be left.</summary>
    private async Task<(int Points, List<string> Broken)> TryAllAsync(Func<SyncKind, string, bool> ignore, int statesPerStep)
    {
        var random = Seeds.ForTest(output.WriteLine);
        var broken = new List<string>();
        var points = 0;
        foreach (var missing in new[] { false, true })
        {
            var finished = false;
            for (var step = 1L; !finished; step++)
            {
                for (var state = 0; state < statesPerStep; state++, points++)
                {
                    var (disk, bad) = await DamagedAsync(missing);
                    disk.IgnoreSync = ignore;
                    disk.CrashAt(disk.Steps + step);
                    var record = new Recorded();
                    (finished, _) = await MendAsync(disk, "first", record);
                    var after = disk.AfterPowerLoss(state == 0 ? null : random);
                    if (await BrokenAsync(after, bad, record) is { } promise)
                    {
                        broken.Add($"step {step}, state {state}, {(missing ? "missing" : "rotten")}, said {string.Join("; ", record.Said)}: {promise}");
                    }
                }
            }
        }
        return (points, broken);
    }

    /// <summary>Null, or the first promise that does not hold.</summary>
    private static async Task<string?> BrokenAsync(SimulatedDisk after, byte[]? bad, Recorded record)
    {
        var primary = Read(after, Primary);
        if (!Read(after, Replica)!.SequenceEqual(Good))
        {
            return "the good copy is gone";
        }
        if (primary is not null && !primary.SequenceEqual(Good) && (bad is null || !primary.SequenceEqual(bad)))
        {
            return "half a copy stands";
        }
        if (bad is not null && !Evidence(after, primary).Any(e => e.SequenceEqual(bad)))
        {
            return "the evidence is gone";
        }
        if (record.Said.Contains("repaired primary from replica-1") && (primary is null || !primary.SequenceEqual(Good)))
        {
            return "said to be repaired and is not";
        }
        var (_, mended) = await MendAsync(after, "second", new Recorded());
        return mended && Read(after, Primary)!.SequenceEqual(Good) ? null : "the next attempt did not mend";
    }

    /// <summary>Two durable copies, of which the primary's has rotted or is not there.</summary>
    private static async Task<(SimulatedDisk Disk, byte[]? Bad)> DamagedAsync(bool missing)
    {
        var disk = new SimulatedDisk();
        foreach (var directory in new[] { "/data", "/other" })
        {
            disk.MakeDirectory(directory);
        }
        disk.SyncDirectory("/");
        foreach (var (root, name) in new[] { (Primary, "primary"), (Replica, "replica-1") }.Skip(missing ? 1 : 0))
        {
            using var temporary = TemporaryFiles.Open(disk, root, "setup");
            var path = temporary.Next();
            using (var file = disk.CreateNew(path))
            {
                file.Write(0, Good);
                file.SyncData();
            }
            await Store(disk, name, root, temporary).PutAsync(Id, path, Good.Length, CancellationToken.None);
            disk.Unlink(path);
        }
        if (missing)
        {
            return (disk, null);
        }
        disk.Rot(PathIn(disk, Primary), 1234);
        return (disk, Read(disk, Primary));
    }

    /// <summary>Whether it came to its end before the power went, and whether all copies were right then.</summary>
    private static async Task<(bool Ended, bool Mended)> MendAsync(SimulatedDisk disk, string processStart, Recorded record)
    {
        try
        {
            using var temporary = TemporaryFiles.Open(disk, Primary, processStart);
            using var elsewhere = TemporaryFiles.Open(disk, Replica, processStart);
            var reader = new CopyReader(BandwidthBudget.Unlimited, _ => { });
            var scrub = new Scrub(reader, new BlockLists(disk, Primary, temporary));
            var outcome = await new CopyMender(scrub, reader, disk, temporary, record).MendAsync(
                Id, Good.Length, [Store(disk, "primary", Primary, temporary), Store(disk, "replica-1", Replica, elsewhere)], CancellationToken.None);
            return (true, !outcome.Alarm && outcome.GivenUp.Count == 0);
        }
        catch (Exception e) when (e is SimulatedPowerLossException || e.InnerException is SimulatedPowerLossException)
        {
            return (false, false);
        }
    }

    private static FileStore Store(SimulatedDisk disk, string name, string root, TemporaryFiles temporary) =>
        new(disk, name, name, root, temporary, [temporary.Folder]);

    private static string PathIn(SimulatedDisk disk, string root)
    {
        var hex = Id.ToString();
        var path = $"{root}/cas/sha256/{hex[..2]}/{hex[2..4]}/{hex}";
        return disk.FileExists(path) ? path : "";
    }

    private static byte[]? Read(SimulatedDisk disk, string root) => PathIn(disk, root) is { Length: > 0 } path ? Bytes(disk, path) : null;

    private static byte[] Bytes(SimulatedDisk disk, string path)
    {
        using var source = (MemoryStream)disk.OpenRead(path);
        return source.ToArray();
    }

    private static IEnumerable<byte[]> Evidence(SimulatedDisk disk, byte[]? primary) =>
        disk.ListFiles($"{Primary}/quarantine").Select(name => Bytes(disk, $"{Primary}/quarantine/{name}")).Concat(primary is null ? [] : [primary]);
}
