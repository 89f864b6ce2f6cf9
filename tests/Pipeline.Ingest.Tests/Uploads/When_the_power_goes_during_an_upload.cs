using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Ingest.Tests.Uploads;

/// <summary>
/// The life of uploads under a disk that keeps only what was synced: at every step the power goes (or only the process
/// dies, a second one goes on, and then the power goes), in many possible states afterwards. Whatever a client was
/// answered must be there, and it must be able to finish.
/// </summary>
public sealed class When_the_power_goes_during_an_upload(ITestOutputHelper output)
{
    private const int MinimumPoints = 3000;
    private const int StatesPerStep = 24;

    /// <summary>Steps; a little longer than all there are.</summary>
    private const int LongestSecondLife = 200;

    /// <summary>Steps; every other second life ends in or just after its first take-over.</summary>
    private const int ShortSecondLife = 24;

    [Theory, InlineData(false), InlineData(true)]
    public async Task Everything_answered_is_held_and_every_upload_can_be_finished(bool dieFirst)
    {
        var (points, broken) = await TryAllAsync(Seeds.ForTest(output.WriteLine), (_, _, _) => false, dieFirst, StatesPerStep);
        output.WriteLine($"{points} power-loss points");
        Assert.True(broken.Count == 0, string.Join('\n', broken.Take(20)));
        Assert.True(points >= MinimumPoints, $"only {points} points");
    }

    /// <param name="moment">What the uploads were doing, as <see cref="UploadLives"/> calls it.</param>
    /// <param name="which">Which of the syncs of this kind and place in that moment, from 1.</param>
    [Theory]
    [InlineData("open the spool", SyncKind.Directory, "/uploads", 1, false)]
    [InlineData("create", SyncKind.FileData, UploadLives.Spool + "/*.new", 1, false)]
    [InlineData("create", SyncKind.Directory, UploadLives.Spool, 1, false)]
    [InlineData("commit", SyncKind.FileData, UploadLives.Spool + "/*.1", 1, false)]
    [InlineData("commit", SyncKind.FileData, UploadLives.Spool + "/*.1.state", 1, false)]
    [InlineData("take over from the dead", SyncKind.Directory, UploadLives.Spool, 2, true)]
    [InlineData("take over from the dead", SyncKind.FileData, UploadLives.Spool + "/*.state", 1, true)]
    [InlineData("take over from the frozen", SyncKind.FileData, UploadLives.Spool + "/*.2", 1, false)]
    [InlineData("take over from the frozen", SyncKind.Directory, UploadLives.Spool, 2, false)]
    [InlineData("go on in distrust", SyncKind.FileData, UploadLives.Spool + "/*.2", 1, false)]
    [InlineData("go on in distrust", SyncKind.Directory, UploadLives.Spool, 2, false)]
    [InlineData("adopt", SyncKind.Directory, UploadLives.Vault + "/cas/sha256/??/??", 1, false)]
    [InlineData("adopt", SyncKind.Directory, UploadLives.Vault + "/cas/sha256/??", 1, false)]
    [InlineData("put into quarantine", SyncKind.Directory, UploadLives.Spool + "/quarantine", 1, false)]
    [InlineData("put into quarantine", SyncKind.Directory, UploadLives.Spool, 1, false)]
    public async Task Leaving_out_any_one_sync_is_seen(string moment, SyncKind kind, string where, int which, bool dieFirst)
    {
        var left = 0;
        var (_, broken) = await TryAllAsync(
            Seeds.ForTest(output.WriteLine),
            (lives, k, path) =>
            {
                if (lives.Moment != moment)
                {
                    lives.Syncs = 0;
                    return false;
                }
                if (k != kind || path.Count(c => c == '/') != where.Count(c => c == '/')
                    || !System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(where, path, ignoreCase: false)
                    || ++lives.Syncs != which)
                {
                    return false;
                }
                left++;
                return true;
            },
            dieFirst, statesPerStep: dieFirst ? StatesPerStep : 8);
        Assert.True(left > 0, "there is no such sync");
        Assert.NotEmpty(broken);
    }

    private static async Task<(int Points, List<string> Broken)> TryAllAsync(
        Random random, Func<UploadLives, SyncKind, string, bool> ignore, bool dieFirst, int statesPerStep)
    {
        var points = 0;
        var broken = new List<string>();
        for (var step = 1L; ; step++)
        {
            var finished = false;
            for (var state = 0; state < statesPerStep; state++, points++)
            {
                var lives = new UploadLives();
                var disk = new SimulatedDisk { IgnoreSync = (kind, path) => ignore(lives, kind, path) };
                disk.MakeDirectory("/data");
                disk.SyncDirectory("/");
                disk.CrashAt(disk.Steps + step);
                finished = await lives.GoOnAsync(disk, "first");
                if (dieFirst && !finished)
                {
                    disk.AfterProcessDeath();
                    // The power may go at any moment of the second life, or after it.
                    disk.CrashAt(disk.Steps + random.Next(1, state % 2 == 0 ? LongestSecondLife : ShortSecondLife));
                    await lives.GoOnAsync(disk, "second");
                }
                var after = disk.AfterPowerLoss(state == 0 ? null : random);
                if (await lives.BrokenAsync(after) is { } promise)
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
}
