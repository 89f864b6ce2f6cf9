using Pipeline.Actors.Projections;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Projections;

/// <summary>What a node writes into the log about the log's key.</summary>
public sealed class LogKeyDeciderTests
{
    private static NoteVerifierKey Key(int seed) => NoteVerifierKey.TryParse(Some.Vkey(seed), out var key, out _) ? key : throw new InvalidOperationException();

    private static LogVkeys Keys(int current, int? next, params int[] retired) => LogVkeys.Of(Key(current), next is { } n ? Key(n) : null, retired.Select(Key));

    private static string Say(Fact fact)
    {
        string Number(string vkey) => Enumerable.Range(1, 9).Single(n => Some.Vkey(n) == vkey).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return fact switch
        {
            LogKeyAnnounced f => $"{Number(f.Vkey)} follows {Number(f.Follows)}",
            LogKeyRetired f => $"{Number(f.Vkey)} gone for {Number(f.Successor)}",
            _ => "?",
        };
    }

    /// <summary>Starts of a node with these keys, one after the other: what each wrote.</summary>
    private static string Starts(params LogVkeys[] starts)
    {
        var (state, said) = (LogKeyState.Initial, new List<string>());
        foreach (var keys in starts)
        {
            var facts = LogKeyDecider.Decide(state, new NoteLogKeys(keys, Some.Time), Some.Salts).Facts;
            state = facts.Aggregate(state, LogKeyState.Apply);
            said.Add(string.Join(", ", facts.Select(Say)));
        }
        return string.Join(" | ", said);
    }

    [Fact]
    public void A_log_with_its_first_key_says_nothing() => Assert.Equal(" | ", Starts(Keys(1, null), Keys(1, null)));

    [Fact]
    public void A_change_is_announced_when_it_begins_and_told_when_it_ends_each_once() => Assert.Equal(
        "2 follows 1 |  | 1 gone for 2 |  | 3 follows 2 | 2 gone for 3",
        Starts(Keys(1, 2), Keys(1, 2), Keys(2, null, 1), Keys(2, null, 1), Keys(2, 3, 1), Keys(3, null, 1, 2)));

    [Fact]
    public void A_change_at_once_is_announced_and_told_at_once() => Assert.Equal("2 follows 1, 1 gone for 2", Starts(Keys(2, null, 1)));

    [Fact]
    public void Ends_and_begins_between_two_starts_are_told_in_their_order() => Assert.Equal(
        "2 follows 1 | 1 gone for 2, 3 follows 2", Starts(Keys(1, 2), Keys(2, 3, 1)));

    [Fact]
    public void A_next_key_that_was_given_up_is_retired_for_the_one_that_stayed()
    {
        Assert.Equal("2 follows 1 | 2 gone for 1, 3 follows 1", Starts(Keys(1, 2), Keys(1, 3, 2)));
        Assert.Equal("2 follows 1 | 2 gone for 1, 3 follows 1, 1 gone for 3", Starts(Keys(1, 2), Keys(3, null, 2, 1)));
    }

    [Fact]
    public void A_node_that_was_started_before_the_change_denies_nothing()
    {
        Assert.Equal("2 follows 1 | ", Starts(Keys(1, 2), Keys(1, null)));
        Assert.Equal("2 follows 1, 1 gone for 2 | ", Starts(Keys(2, null, 1), Keys(1, null)));
        Assert.Equal("2 follows 1 | 1 gone for 2 | ", Starts(Keys(1, 2), Keys(2, null, 1), Keys(1, 2)));
    }

    [Fact]
    public void Each_fact_has_a_command_of_its_own()
    {
        var facts = LogKeyDecider.Decide(new LogKeyState(4, Some.Vkey(1), null), new NoteLogKeys(Keys(2, null, 1), Some.Time), Some.Salts).Facts;
        Assert.Equal(["log-key/5", "log-key/6"], facts.Select(f => f.Command.Text));
        Assert.All(facts, f => Assert.Equal(f, FactCodec.FromJournal(FactManifest.Of(f), FactCodec.ToJournal(f))));
    }
}
