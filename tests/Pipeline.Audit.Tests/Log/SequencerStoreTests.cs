using System.Data.Common;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using static Pipeline.Audit.Tests.Log.SomeJournal;

namespace Pipeline.Audit.Tests.Log;

public sealed class SequencerStoreTests
{
    public static TheoryData<string> Kinds => LogDatabase.Kinds;

    private static SequenceResult.Sequenced Sequenced(SequenceResult result) => Assert.IsType<SequenceResult.Sequenced>(result);

    [SkippableTheory, MemberData(nameof(Kinds))]
    public void A_batch_becomes_entries_in_its_order_and_survives_a_new_start(string kind)
    {
        using var database = LogDatabase.Create(kind);
        using (var store = database.Store())
        {
            var epoch = store.TakeOver(Origin);
            var result = Sequenced(store.Sequence(epoch, SomeFacts(1000), 1000));
            Assert.Equal((0, 1000, 1000), (result.FirstIndex, result.Count, result.Head.Size));
            Assert.Equal(result.Head, store.ReadHead());
        }
        using var again = database.Store();
        var next = again.TakeOver(Origin);
        Assert.Equal(1000, Sequenced(again.Sequence(next, SomeFacts(70_000, from: 1000), 71_000)).FirstIndex);
        RequireClean(again);
        Assert.Equal(71_000, again.ReadHead().Tail);
        Assert.Equal("release-local-3", again.FindEntry("release-local-3", 2)!.PersistenceId);
        Assert.Equal(10, again.FindEntry("release-local-3", 2)!.Index);
        Assert.Null(again.FindEntry("release-local-3", 1_000_000));
        Assert.Null(again.LatestOfAsset("no such"));
        Assert.Equal(0, again.LastSequenceNrOf("no such"));
    }

    [SkippableTheory, MemberData(nameof(Kinds))]
    public void A_reader_that_comes_before_the_first_sequencer_finds_no_head_and_no_error(string kind)
    {
        using var database = LogDatabase.Create(kind);
        using var store = database.Store();
        Assert.Null(store.FindHead());
        store.TakeOver(Origin);
        Assert.Equal(store.ReadHead(), store.FindHead());

        // Between the tables and the first row: the sequencer is in the middle of its first take-over.
        using var connection = database.Source.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM log_head";
        command.ExecuteNonQuery();
        Assert.Null(store.FindHead());
    }

    [SkippableTheory, MemberData(nameof(Kinds))]
    public void A_source_with_a_hole_is_parked_and_hinders_no_other(string kind)
    {
        using var database = LogDatabase.Create(kind);
        using var store = database.Store();
        var epoch = store.TakeOver(Origin);

        var holed = Sequenced(store.Sequence(epoch, [Fact("a", 1), Fact("a", 3), Fact("b", 1), Fact("a", 4), Fact("c", 2)], 5));
        Assert.Equal(2, holed.Count);
        ParkedSource[] parked = [new("a", 2, 4), new("c", 1, 2)];
        Assert.Equal(parked, holed.Parked);
        Assert.Equal(parked, store.ParkedSources());

        var filled = Sequenced(store.Sequence(epoch, [Fact("a", 2)], 6));
        Assert.Equal(1, filled.Count);
        Assert.Equal(new ParkedSource("a", 3, 4), Assert.Single(filled.Parked));

        var reread = Sequenced(store.Sequence(epoch, [Fact("a", 3), Fact("a", 4), Fact("c", 2), Fact("c", 1)], 6));
        Assert.Equal(4, reread.Count);
        Assert.Empty(reread.Parked);
        Assert.Empty(store.ParkedSources());
        RequireClean(store);
    }

    [SkippableTheory, MemberData(nameof(Kinds))]
    public void A_batch_handed_in_again_changes_nothing(string kind)
    {
        using var database = LogDatabase.Create(kind);
        using var store = database.Store();
        var epoch = store.TakeOver(Origin);
        store.Sequence(epoch, SomeFacts(300), 300);
        var before = store.ReadHead();

        Assert.Equal(0, Sequenced(store.Sequence(epoch, SomeFacts(300), 300)).Count);
        Assert.Equal(before, store.ReadHead());
        var epoch2 = store.TakeOver(Origin);
        Assert.Equal(10, Sequenced(store.Sequence(epoch2, SomeFacts(310), 310)).Count);
        RequireClean(store);
    }

    [SkippableTheory, MemberData(nameof(Kinds))]
    public void Who_was_taken_over_is_fenced_and_writes_nothing(string kind)
    {
        using var database = LogDatabase.Create(kind);
        using var old = database.Store();
        using var young = database.Store();
        var first = old.TakeOver(Origin);
        old.Sequence(first, SomeFacts(10), 10);
        var second = young.TakeOver(Origin);

        Assert.True(second > first);
        Assert.IsType<SequenceResult.Fenced>(old.Sequence(first, SomeFacts(20), 20));
        Assert.IsType<SequenceResult.Fenced>(old.Sequence(first, SomeFacts(20), 20));
        Assert.IsType<SequenceResult.Fenced>(young.Sequence(first, SomeFacts(20), 20));
        Assert.Equal(10, young.ReadHead().Size);
        Assert.Equal(10, Sequenced(young.Sequence(second, SomeFacts(20), 20)).Count);
        RequireClean(young);
    }

    [SkippableTheory, MemberData(nameof(Kinds))]
    public async Task Of_two_sequencers_that_fight_exactly_one_wins_each_swap(string kind)
    {
        using var database = LogDatabase.Create(kind);
        var journal = SomeFacts(2000);
        var sequenced = 0;
        var takeOvers = 0;
        database.Store().TakeOver(Origin);
        // Both have taken over before either writes: one of them is fenced, however fast the other is.
        using var bothAreIn = new Barrier(2);

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(Fight)));

        using var after = database.Store();
        Assert.Equal(2000, after.ReadHead().Size);
        Assert.Equal(2000, sequenced);
        Assert.True(takeOvers > 2, "there was no fight");
        RequireClean(after);

        void Fight()
        {
            using var store = database.Store();
            for (var isFirst = true; ;)
            {
                var epoch = store.TakeOver(Origin);
                Interlocked.Increment(ref takeOvers);
                for (SequenceResult result = null!; result is not SequenceResult.Fenced;)
                {
                    var tail = (int)store.ReadHead().Tail;
                    if (tail == journal.Count)
                    {
                        return;
                    }
                    if (isFirst)
                    {
                        bothAreIn.SignalAndWait(TimeSpan.FromMinutes(1));
                        isFirst = false;
                    }
                    result = store.Sequence(epoch, [.. journal.Skip(tail).Take(25)], tail + 25);
                    Interlocked.Add(ref sequenced, result is SequenceResult.Sequenced { Count: var count } ? count : 0);
                }
            }
        }
    }

    [SkippableTheory, MemberData(nameof(Kinds))]
    public void Entries_are_only_ever_added(string kind)
    {
        using var database = LogDatabase.Create(kind);
        using var store = database.Store();
        store.Sequence(store.TakeOver(Origin), SomeFacts(300), 300);
        using var connection = database.Source.OpenConnection();
        foreach (var statement in new[]
        {
            "UPDATE log_entry SET leaf = leaf_hash WHERE idx = 3", "DELETE FROM log_entry WHERE idx = 299",
            "DELETE FROM log_full_tile", "INSERT INTO log_entry SELECT 300, persistence_id, sequence_nr, leaf_hash, leaf FROM log_entry WHERE idx = 0",
        })
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            Assert.ThrowsAny<DbException>(() => command.ExecuteNonQuery());
        }
        RequireClean(store);
    }

    [SkippableTheory, MemberData(nameof(Kinds))]
    public void Another_logs_database_and_a_changed_head_are_refused(string kind)
    {
        using var database = LogDatabase.Create(kind);
        using var store = database.Store();
        store.Sequence(store.TakeOver(Origin), SomeFacts(5), 5);
        Assert.Throws<InvalidDataException>(() => store.TakeOver("musicpipeline.local/other/2026"));

        using var connection = database.Source.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE log_head SET root = source_salt";
        command.ExecuteNonQuery();
        Assert.Throws<InvalidDataException>(() => store.TakeOver(Origin));
    }

    /// <summary>Makes the next commit that adds an entry fail in the moment of committing.</summary>
    private static string BreakCommit(string kind) => kind == "sqlite"
        ? """
          CREATE TABLE parent (i INTEGER PRIMARY KEY);
          CREATE TABLE child (i INTEGER REFERENCES parent (i) DEFERRABLE INITIALLY DEFERRED);
          CREATE TRIGGER break_commit AFTER INSERT ON log_entry BEGIN INSERT INTO child VALUES (1); END;
          """
        : """
          CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
          CREATE CONSTRAINT TRIGGER break_commit AFTER INSERT ON log_entry
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die();
          """;

    [SkippableTheory, MemberData(nameof(Kinds))]
    public void A_commit_whose_end_is_unknown_stops_the_sequencer_until_it_takes_over_again(string kind)
    {
        using var database = LogDatabase.Create(kind);
        using var store = database.Store();
        var epoch = store.TakeOver(Origin);
        store.Sequence(epoch, SomeFacts(10), 10);
        Execute(database, BreakCommit(kind));

        Assert.IsType<SequenceResult.Ambiguous>(store.Sequence(epoch, SomeFacts(20), 20));
        Assert.IsType<SequenceResult.Fenced>(store.Sequence(epoch, SomeFacts(20), 20));

        Execute(database, kind == "sqlite" ? "DROP TRIGGER break_commit" : "DROP TRIGGER break_commit ON log_entry");
        var again = store.TakeOver(Origin);
        Assert.Equal(10, Sequenced(store.Sequence(again, SomeFacts(20), 20)).Count);
        RequireClean(store);
    }

    private static void Execute(LogDatabase database, string statement)
    {
        using var connection = database.Source.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    [Fact]
    public void A_fact_that_has_no_leaf_commits_nothing()
    {
        using var database = LogDatabase.Create("sqlite");
        using var store = database.Store();
        var epoch = store.TakeOver(Origin);
        Assert.Throws<InvariantBrokenException>(() => store.Sequence(epoch, [Fact("a", 1), Fact("b", 1) with { Manifest = "Not One" }], 2));
        Assert.Equal(0, store.ReadHead().Size);
        Assert.Equal(1, Sequenced(store.Sequence(epoch, [Fact("a", 1)], 1)).Count);
        RequireClean(store);
    }

    /// <summary>A journal, and a way to hand it in: pieces in any order, any of them again, some of them backwards.</summary>
    private static Gen<(JournalFact[] Journal, JournalFact[][] Batches)> Histories =>
        from sources in Gen.Choose(1, 4)
        from count in Gen.Choose(1, 40)
        from owners in Gen.ArrayOf(Gen.Choose(0, sources - 1), count)
        let journal = owners.Select((owner, i) => Fact($"s{owner}", owners.Take(i + 1).Count(o => o == owner), i + 1, $"asset-{owner % 2}")).ToArray()
        from pieces in Gen.ListOf(
            from start in Gen.Choose(0, count - 1)
            from length in Gen.Choose(0, 12)
            from backwards in Gen.Elements(false, false, true)
            let piece = journal.Skip(start).Take(length)
            select (backwards ? piece.Reverse() : piece).ToArray())
        select (journal, pieces.ToArray());

    [Property(MaxTest = 60)]
    public Property However_the_journal_is_handed_in_each_source_is_whole_and_no_entry_comes_twice() =>
        Prop.ForAll(Histories.ToArbitrary(), history =>
        {
            using var database = LogDatabase.Create("sqlite");
            using var store = database.Store();
            var epoch = store.TakeOver(Origin);
            foreach (var batch in history.Batches)
            {
                Sequenced(store.Sequence(epoch, batch, 0));
                RequireClean(store);
            }
            foreach (var parked in store.ParkedSources())
            {
                Sequenced(store.Sequence(
                    epoch, [.. history.Journal.Where(f => f.PersistenceId == parked.PersistenceId && f.SequenceNr >= parked.MissingSequenceNr)], 0));
            }
            Assert.Empty(store.ParkedSources());
            Sequenced(store.Sequence(epoch, history.Journal, history.Journal.Length));
            Assert.Equal(history.Journal.Length, store.ReadHead().Size);
            RequireClean(store);
        });
}
