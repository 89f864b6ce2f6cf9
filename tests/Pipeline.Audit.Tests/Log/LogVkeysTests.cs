using System.Text;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

/// <summary>The files vkey and vkeys, and how a log directory and the keys at hand stand to each other.</summary>
public sealed class LogVkeysTests
{
    private static NoteVerifierKey Key(int seed, string origin = "log.example/2026") =>
        NoteVerifierKey.TryParse(Some.Vkey(seed, origin), out var key, out var problem) ? key : throw new InvalidOperationException(problem);

    private static byte[] Lines(params int[] seeds) => LogVkeys.Lines(seeds.Select(s => Key(s)));

    private static LogVkeys Ours(int current, int? next = null, params int[] retired) =>
        LogVkeys.Of(Key(current), next is { } n ? Key(n) : null, retired.Select(s => Key(s)));

    private static (string Current, string? Next, string[] Retired) Names(LogVkeys keys) => (keys.Current.Vkey, keys.Next?.Vkey, [.. keys.Retired.Select(k => k.Vkey)]);

    [Fact]
    public void What_is_written_is_read_again_and_the_file_vkey_says_who_signs()
    {
        var keys = Ours(3, 4, 1, 2);
        Assert.Equal(Lines(1, 2, 3, 4), keys.Format());
        Assert.True(LogVkeys.TryRead(Lines(3), keys.Format(), out var read, out _, out _));
        Assert.Equal(Names(keys).Retired, Names(read).Retired);
        Assert.Equal((keys.Current.Vkey, keys.Next!.Vkey), (read.Current.Vkey, read.Next!.Vkey));
        Assert.True(LogVkeys.TryRead(Lines(4), keys.Format(), out read, out _, out _));
        Assert.Equal((Key(4).Vkey, null, 3), (read.Current.Vkey, read.Next?.Vkey, read.Retired.Count));
        Assert.True(LogVkeys.TryRead(Lines(7), null, out read, out _, out _));
        Assert.Equal([Key(7).Vkey], read.All.Select(k => k.Vkey));
    }

    [Fact]
    public void A_list_that_does_not_hold_together_is_refused_with_its_reason()
    {
        (byte[] Vkey, byte[]? Vkeys, string File, string Why)[] wrong =
        [
            (Lines(1, 2), null, "vkey", "more than one line"),
            ([], null, "vkey", "is empty"),
            ([.. Lines(1), (byte)'\n'], null, "vkey", "line 2"),
            (Encoding.ASCII.GetBytes(Key(1).Vkey + "\r\n"), null, "vkey", "line 1"),
            (Lines(5), Lines(1, 2), "vkeys", "does not list"),
            (Lines(1), Lines(1, 2, 3), "vkeys", "more than one key after"),
            (Lines(1), Lines(1, 2, 1), "vkeys", "twice"),
            (Lines(1), [.. Lines(1), .. LogVkeys.Lines([Key(2, "other.example")])], "vkeys", "two logs"),
            (Lines(1), [.. Lines(1), .. new byte[LogVkeys.MaxBytes]], "vkeys", "more than"),
            (Lines(1), Lines([.. Enumerable.Range(1, LogVkeys.MaxKeys + 1)]), "vkeys", "more than 64 keys"),
        ];
        foreach (var (vkey, vkeys, file, why) in wrong)
        {
            Assert.False(LogVkeys.TryRead(vkey, vkeys, out _, out var where, out var problem), why);
            Assert.Equal(file, where);
            Assert.Contains(why, problem, StringComparison.Ordinal);
        }
        using var witness = NoteSigner.FromSeed("log.example/2026", Some.Bytes(32, 1), NoteKeyType.Cosignature);
        Assert.False(LogVkeys.TryParseLines(LogVkeys.Lines([witness.VerifierKey]), out _, out var cosigner));
        Assert.Contains("cosigner", cosigner, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_behind_the_keys_fits_and_teaches_them_its_past()
    {
        (LogVkeys Ours, byte[]? Vkey, byte[]? Vkeys, int[] Retired)[] fits =
        [
            (Ours(1), null, null, []),
            (Ours(1), Lines(1), null, []),
            (Ours(1, 2), Lines(1), null, []),                   // begun
            (Ours(1, 2), Lines(1), Lines(1, 2), []),
            (Ours(2, null, 1), Lines(1), Lines(1, 2), [1]),     // finished, the directory not yet
            (Ours(2, null, 1), Lines(2), Lines(1, 2), [1]),
            (Ours(2, null, 1), Lines(1), null, [1]),            // a backup from before
            (Ours(2), Lines(2), Lines(1, 2), [1]),              // the list of the past was not in the key backup
            (Ours(1, null, 9), Lines(1), Lines(1, 9), [9]),     // a next key that was given up
        ];
        foreach (var (ours, vkey, vkeys, retired) in fits)
        {
            var fit = Assert.IsType<ShownKeys.Fit>(ShownKeys.Compare(ours, vkey, vkeys));
            Assert.Equal((ours.Current.Vkey, ours.Next?.Vkey), (fit.Keys.Current.Vkey, fit.Keys.Next?.Vkey));
            Assert.Equal(retired.Select(r => Key(r).Vkey), fit.Keys.Retired.Select(k => k.Vkey));
        }
    }

    [Fact]
    public void A_directory_with_later_keys_or_with_those_of_another_log_does_not_fit()
    {
        (LogVkeys Ours, byte[] Vkey, byte[]? Vkeys, bool IsLater)[] wrong =
        [
            (Ours(1), Lines(1), Lines(1, 2), true),             // the next key is lost
            (Ours(1), Lines(2), Lines(1, 2), true),             // keys from before the change
            (Ours(1, 2), Lines(2), Lines(1, 2), true),
            (Ours(1), Lines(2), null, false),
            (Ours(2, null, 1), Lines(3), null, false),
            (Ours(1), LogVkeys.Lines([Key(1, "other.example")]), null, false),
            (Ours(1), "nonsense\n"u8.ToArray(), null, false),
        ];
        foreach (var (ours, vkey, vkeys, isLater) in wrong)
        {
            var contradict = Assert.IsType<ShownKeys.Contradict>(ShownKeys.Compare(ours, vkey, vkeys));
            Assert.Equal(isLater, contradict.IsLater);
        }
    }
}
