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
        var random = Seeds.ForTest(output.WriteLine);
        var points = 0;
        foreach (var missing in new[] { false, true })
        {
            var finished = false;
            for (var step = 1L; !finished; step++)
            {
                for (var state = 0; state < StatesPerStep; state++, points++)
                {
                    var (disk, bad) = await DamagedAsync(missing);
                    disk.CrashAt(disk.Steps + step);
                    var record = new Recorded();
                    finished = await MendAsync(disk, "first", record);
                    var after = disk.AfterPowerLoss(state == 0 ? null : random);

                    var place = $"step {step}, state {state}, {(missing ? "missing" : "rotten")}, said: {string.Join("; ", record.Said)}";
                    Assert.True(Read(after, Replica)!.SequenceEqual(Good), $"the good copy is gone: {place}");
                    var primary = Read(after, Primary);
                    Assert.True(primary is null || primary.SequenceEqual(Good) || primary.SequenceEqual(bad!), $"half a copy: {place}");
                    Assert.True(missing || Evidence(after, primary).Any(e => e.SequenceEqual(bad!)), $"the evidence is gone: {place}");
                    Assert.True(!record.Said.Contains("repaired primary from replica-1") || primary!.SequenceEqual(Good), $"said and not so: {place}");

                    Assert.True(await MendAsync(after, "second", new Recorded()));
                    Assert.True(Read(after, Primary)!.SequenceEqual(Good), $"the next attempt did not mend: {place}");
                }
            }
        }
        output.WriteLine($"{points} power-loss points");
        Assert.True(points >= MinimumPoints, $"only {points} points");
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

    /// <summary>False when the power went before its end.</summary>
    private static async Task<bool> MendAsync(SimulatedDisk disk, string processStart, Recorded record)
    {
        try
        {
            using var temporary = TemporaryFiles.Open(disk, Primary, processStart);
            using var elsewhere = TemporaryFiles.Open(disk, Replica, processStart);
            var reader = new CopyReader(BandwidthBudget.Unlimited, _ => { });
            var scrub = new Scrub(reader, new BlockLists(disk, Primary, temporary));
            var outcome = await new CopyMender(scrub, reader, disk, temporary, record).MendAsync(
                Id, Good.Length, [Store(disk, "primary", Primary, temporary), Store(disk, "replica-1", Replica, elsewhere)], CancellationToken.None);
            Assert.Empty(outcome.GivenUp);
            return true;
        }
        catch (Exception e) when (e is SimulatedPowerLossException || e.InnerException is SimulatedPowerLossException)
        {
            return false;
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
