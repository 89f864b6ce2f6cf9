using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Audit.Tests.Log;

/// <summary>
/// Keys and log on a disk that keeps only what was synced. At every step of a change of key the power goes; then a node
/// could sign, whether one starts or not the same command ends the change, once.
/// </summary>
public sealed class When_the_power_goes_while_the_key_changes(ITestOutputHelper output)
{
    private const string Origin = "log.example/2026";
    private const string KeysDirectory = "/keys";
    private const string LogFolder = "/data/log";
    private const int StatesPerStep = 8;

    private static readonly Checkpoint Head = new(Origin, 7, MerkleTree.LeafHash("x"u8));

    private static NoteSigner Signer(int seed) => NoteSigner.FromSeed(Origin, Some.Bytes(32, seed));

    private static KeyFiles Files(SimulatedDisk disk) => new(disk, KeysDirectory, Origin);

    private static LogSigner Open(SimulatedDisk disk) =>
        Files(disk).TryOpen(out var signer, out var problem) ? signer : throw new InvalidDataException(problem);

    /// <summary>A log of one key, or for a finish in the middle of its change, as a node left it.</summary>
    private static SimulatedDisk Before(KeyChange change)
    {
        var disk = new SimulatedDisk();
        DurableFile.EnsureDirectory(disk, KeysDirectory);
        DurableFile.EnsureDirectory(disk, LogFolder);
        var files = Files(disk);
        files.Draw(files.CurrentPath, Some.Bytes(32, 1));
        if (change == KeyChange.Finish)
        {
            files.Draw(files.NextPath, Some.Bytes(32, 2));
        }
        using var signer = Open(disk);
        ShownKeys.Write(disk, LogFolder, signer.Keys, () => LogFolder + "/.t");
        DurableFile.Replace(disk, LogFolder + "/checkpoint", signer.Sign(Head).Format());
        return disk;
    }

    /// <summary>Every key that is drawn is another one, in every run.</summary>
    private sealed class Dice
    {
        private int _drawn = 100;

        public byte[] Draw(int count) => Some.Bytes(count, Interlocked.Increment(ref _drawn));
    }

    private static KeyChanged Run(SimulatedDisk disk, KeyChange change, Dice dice) => new KeyRotation(disk, Files(disk), LogFolder, dice.Draw).Run(change);

    /// <summary>What a node would find: keys that sign, a directory that fits them, and its own published checkpoint.</summary>
    private static string? NodeCannotStart(SimulatedDisk disk)
    {
        if (!Files(disk).TryOpen(out var signer, out var problem))
        {
            return problem;
        }
        using (signer)
        {
            if (ShownKeys.Look(disk, LogFolder, signer.Keys) is not ShownKeys.Fit fit)
            {
                return "the keys do not fit the log";
            }
            var shown = PublishedCheckpoint.Read(DurableFile.ReadAll(disk, LogFolder + "/checkpoint", SignedNote.MaxNoteBytes), fit.Keys);
            return shown is PublishedCheckpoint.Ours ? null : "the published checkpoint is not under our keys any more";
        }
    }

    private static string? NotEnded(SimulatedDisk disk, KeyChange change)
    {
        using var old = Signer(1);
        using var signer = Open(disk);
        var keys = signer.Keys;
        var vkeys = LogFolder + "/vkeys";
        if (!LogVkeys.TryRead(
            DurableFile.ReadAll(disk, LogFolder + "/vkey", 5000), disk.FileExists(vkeys) ? DurableFile.ReadAll(disk, vkeys, 5000) : null, out var shown, out _, out var problem))
        {
            return problem;
        }
        var ended = change == KeyChange.Begin
            ? keys.Current.Vkey == old.VerifierKey.Vkey && keys.Next is not null && keys.Retired.Count == 0
            : keys.Current.Vkey != old.VerifierKey.Vkey && keys.Next is null && keys.Retired.Select(k => k.Vkey).SequenceEqual([old.VerifierKey.Vkey]);
        return !ended ? $"{change} ended with {keys.All.Count} keys, {keys.Retired.Count} of them retired"
            : !shown.All.Select(k => k.Vkey).SequenceEqual(keys.All.Select(k => k.Vkey)) || shown.Current.Vkey != keys.Current.Vkey ? "the log does not show the keys"
            : disk.ListFiles(KeysDirectory).Count != 2 || Files(disk).Private.Count() != (change == KeyChange.Begin ? 2 : 1) ? "a file is left over among the keys"
            : null;
    }

    private static string? Broken(SimulatedDisk after, KeyChange change, Dice dice, bool nodeFirst)
    {
        try
        {
            if (nodeFirst && NodeCannotStart(after) is null)
            {
                using var signer = Open(after);
                ShownKeys.Write(after, LogFolder, ((ShownKeys.Fit)ShownKeys.Look(after, LogFolder, signer.Keys)).Keys, () => LogFolder + "/.t");
            }
            return NodeCannotStart(after)
                ?? (Run(after, change, dice) is KeyChanged.Refused(var why) ? $"the second run: {why}" : null)
                ?? NotEnded(after, change) ?? NodeCannotStart(after)
                // A third one is one too many, and does nothing.
                ?? (Run(after, change, dice) is KeyChanged.Refused(var third) ? $"the third run: {third}" : null)
                ?? NotEnded(after, change);
        }
        catch (Exception stuck) when (stuck is IOException or InvalidDataException)
        {
            return stuck.Message;
        }
    }

    private static (int Points, List<string> Broken) TryAll(KeyChange change, Random random, Func<SyncKind, string, bool> ignore, bool dieFirst, int stopAt = int.MaxValue)
    {
        var (points, broken) = (0, new List<string>());
        for (var step = 1L; ; step++)
        {
            var dice = new Dice();
            var disk = Before(change);
            disk.IgnoreSync = ignore;
            disk.CrashAt(disk.Steps + step);
            var finished = false;
            try
            {
                Run(disk, change, dice);
                finished = true;
            }
            catch (SimulatedPowerLossException)
            {
                if (dieFirst)
                {
                    Run(disk.AfterProcessDeath(), change, dice);
                }
            }
            for (var state = 0; state < StatesPerStep; state++)
            {
                points++;
                var after = disk.AfterPowerLoss(state == 0 ? null : random);
                if (Broken(after, change, dice, nodeFirst: state % 2 == 1) is { } wrong)
                {
                    broken.Add($"{change}, step {step}: {wrong}");
                }
            }
            if (finished || broken.Count >= stopAt)
            {
                return (points, broken);
            }
        }
    }

    [Theory]
    [InlineData(KeyChange.Begin, false)]
    [InlineData(KeyChange.Begin, true)]
    [InlineData(KeyChange.Finish, false)]
    [InlineData(KeyChange.Finish, true)]
    [InlineData(KeyChange.AtOnce, false)]
    [InlineData(KeyChange.AtOnce, true)]
    public void A_node_can_sign_afterwards_and_the_same_command_ends_the_change_once(KeyChange change, bool dieFirst)
    {
        var (points, broken) = TryAll(change, Seeds.ForTest(output.WriteLine), (_, _) => false, dieFirst);
        output.WriteLine($"{points} power-loss points");
        Assert.Empty(broken);
        Assert.True(points > 10 * StatesPerStep, $"only {points} points");
    }

    /// <summary>Each sync that the change rests on, left out, is seen.</summary>
    [Theory]
    [InlineData(KeyChange.Begin, SyncKind.FileData, KeysDirectory)]
    [InlineData(KeyChange.Finish, SyncKind.FileData, KeysDirectory)]
    [InlineData(KeyChange.Finish, SyncKind.Directory, KeysDirectory)]
    [InlineData(KeyChange.AtOnce, SyncKind.FileData, KeysDirectory)]
    [InlineData(KeyChange.AtOnce, SyncKind.Directory, KeysDirectory)]
    [InlineData(KeyChange.Finish, SyncKind.FileData, LogFolder)]
    public void Leaving_out_any_one_sync_is_seen(KeyChange change, SyncKind kind, string where) =>
        Assert.NotEmpty(TryAll(change, Seeds.ForTest(output.WriteLine), (k, path) => k == kind && path.StartsWith(where, StringComparison.Ordinal), false, stopAt: 1).Broken);
}
