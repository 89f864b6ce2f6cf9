using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;
using static Pipeline.Audit.Tests.Evidence.Tale;

namespace Pipeline.Audit.Tests.Evidence;

/// <summary>What a log may say of its own keys.</summary>
public sealed class LogKeyHistoryTests
{
    private static string Key(int seed) => Some.Vkey(seed);

    private static LogKeyAnnounced Announced(int key, int follows) => A<LogKeyAnnounced>() with { Vkey = Key(key), Follows = Key(follows) };

    private static LogKeyRetired Retired(int key, int successor) => A<LogKeyRetired>() with { Vkey = Key(key), Successor = Key(successor) };

    private static Tale Told(params Fact[] facts) => Of(facts.Select(f => new Telling("log-keys", f)));

    private static LogVkeys Shown(int current, int? next, params int[] retired)
    {
        NoteVerifierKey Read(int seed) => NoteVerifierKey.TryParse(Key(seed), out var key, out _) ? key : throw new InvalidOperationException();
        return LogVkeys.Of(Read(current), next is { } n ? Read(n) : null, retired.Select(Read));
    }

    [Fact]
    public void Change_after_change_is_legal_and_one_that_is_not_ended_is_open()
    {
        var report = Told(Announced(2, 1), Retired(1, 2), Announced(3, 2), Retired(3, 2), Announced(4, 2)).Check(null, Shown(2, 4, 1, 3));
        Assert.Empty(report.Defects);
        Assert.Equal("the log's key", Assert.Single(report.Open).Id);
        Assert.Contains(report.Checked, s => s.StartsWith("4 keys of the log", StringComparison.Ordinal));
        Assert.Empty(Told(Announced(2, 1), Retired(1, 2)).Check(null, Shown(2, null, 1)).Open);
    }

    [Fact]
    public void What_cannot_have_happened_is_a_defect()
    {
        Fact[][] lies =
        [
            [Retired(1, 2)],
            [Announced(2, 1), Announced(3, 1)],
            [Announced(2, 1), Announced(3, 2)],
            [Announced(2, 1), Retired(1, 3)],
            [Announced(2, 1), Retired(3, 2)],
            [Announced(2, 1), Retired(1, 2), Retired(2, 1)],
            [Announced(2, 1), Retired(1, 2), Announced(1, 2)],
            [Announced(2, 1), Retired(1, 2), Announced(3, 1)],
            [Announced(1, 1)],
            [Announced(2, 1) with { Vkey = "nonsense" }],
            [Announced(2, 1) with { Follows = "log.example/2026+00000000+" }],
            [Announced(2, 1) with { Vkey = Some.Vkey(2, "other.example") }],
            [Announced(2, 1) with { Vkey = Cosigner() }],
        ];
        foreach (var lie in lies)
        {
            Assert.True(Told(lie).Check(null, Shown(1, null, 2, 3)).Defects.Any(d => d.Place.StartsWith("entry", StringComparison.Ordinal)), string.Join("; ", lie.Select(f => f.ToString())));
        }
    }

    [Fact]
    public void The_files_of_keys_may_be_ahead_of_the_log_and_never_behind()
    {
        var tale = Told(Announced(2, 1), Retired(1, 2));
        Assert.Empty(tale.Check(null, Shown(2, null, 1)).Defects);
        Assert.Empty(tale.Check(null, Shown(2, 3, 1)).Defects);
        Assert.Empty(tale.Check(null, Shown(3, null, 1, 2)).Defects);
        Assert.Equal("vkeys", Assert.Single(tale.Check(null, Shown(2, null)).Defects).Place);
        Assert.Equal("vkey", Assert.Single(tale.Check(null, Shown(1, 2)).Defects).Place);
        Assert.Contains(tale.Check().NotChecked, s => s.StartsWith("The keys", StringComparison.Ordinal));
    }

    [Fact]
    public void A_second_source_cannot_speak_of_the_key() => Assert.NotEmpty(
        Of(new Telling("one", Announced(2, 1)), new Telling("two", Retired(1, 2))).Check(null, Shown(2, null, 1)).Defects);

    private static string Cosigner()
    {
        using var witness = NoteSigner.FromSeed("log.example/2026", Some.Bytes(32, 2), NoteKeyType.Cosignature);
        return witness.VerifierKey.Vkey;
    }
}
