using Pipeline.Ingest.Export;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Ingest.Tests.Export;

/// <summary>
/// An export on a disk that keeps only what was synced: whatever the power leaves, what bears the bag's name is the whole
/// bag, and once the writer returned it is there.
/// </summary>
public sealed class When_the_power_goes_while_exporting(ITestOutputHelper output)
{
    private const string Target = "/exports/album.bag";
    private const int MinimumPoints = 3000;
    private const int StatesPerStep = 80;

    private static readonly byte[][] Files = [.. new[] { 0, 10, 511, 1600 }.Select((length, i) => Some.Bytes(length, i))];

    private static async Task<bool> RunAsync(SimulatedDisk disk)
    {
        try
        {
            var writer = BagWriter.Begin(disk, Target);
            for (var i = 0; i < Files.Length; i++)
            {
                await writer.AddAsync($"folder-{i % 2}/file-{i}", Files[i], CancellationToken.None);
            }
            writer.Finish([new BagInfoElement("External-Identifier", "release-1")]);
            return true;
        }
        catch (SimulatedPowerLossException)
        {
            return false;
        }
    }

    private static string? Broken(SimulatedDisk disk, bool returned)
    {
        if (!disk.DirectoryExists(Target))
        {
            return returned ? "the bag that was announced is not there" : null;
        }
        var real = Directory.CreateTempSubdirectory("mp-bag-survivor-").FullName;
        try
        {
            disk.Dump(Target, real);
            var report = BagValidator.Validate(real, CancellationToken.None);
            return !report.IsValid || report.PayloadFiles != Files.Length || report.Findings.Count > 0 || report.Algorithms.Count != 2
                ? $"half a bag bears the name: {string.Join(", ", report.Findings.Select(f => f.Rule))}"
                : null;
        }
        finally
        {
            Directory.Delete(real, recursive: true);
        }
    }

    private static async Task<(int Points, List<string> Broken)> TryAllAsync(Random random, Func<SyncKind, string, bool> ignore, int statesPerStep)
    {
        var points = 0;
        var broken = new List<string>();
        for (var step = 1L; ; step++)
        {
            var finished = false;
            for (var state = 0; state < statesPerStep; state++, points++)
            {
                var disk = new SimulatedDisk { IgnoreSync = ignore };
                disk.CrashAt(step);
                finished = await RunAsync(disk);
                if (Broken(disk.AfterPowerLoss(state == 0 ? null : random), finished) is { } promise)
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

    [Fact]
    public async Task What_bears_the_name_is_the_whole_bag()
    {
        var (points, broken) = await TryAllAsync(Seeds.ForTest(output.WriteLine), (_, _) => false, StatesPerStep);
        output.WriteLine($"{points} power-loss points");
        Assert.Empty(broken);
        Assert.True(points >= MinimumPoints, $"only {points} points");
    }

    [Theory]
    [InlineData(SyncKind.FileData, "*/data/folder-1/file-1")]
    [InlineData(SyncKind.FileData, "*/bagit.txt")]
    [InlineData(SyncKind.FileData, "*/bag-info.txt")]
    [InlineData(SyncKind.FileData, "*/manifest-sha512.txt")]
    [InlineData(SyncKind.FileData, "*/tagmanifest-sha256.txt")]
    [InlineData(SyncKind.Directory, "*/data/folder-0")]
    [InlineData(SyncKind.Directory, "*/data")]
    [InlineData(SyncKind.Directory, "/exports/album.bag.partial-0")]
    [InlineData(SyncKind.Directory, "/exports")]
    public async Task Leaving_out_any_one_sync_is_seen(SyncKind kind, string where)
    {
        var (_, broken) = await TryAllAsync(
            Seeds.ForTest(output.WriteLine),
            (k, path) => k == kind && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(where, path, ignoreCase: false), statesPerStep: 12);
        Assert.NotEmpty(broken);
    }
}
