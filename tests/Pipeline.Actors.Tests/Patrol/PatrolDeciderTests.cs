using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Actors.Patrol;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Patrol;

/// <summary>What the patrol writes down, and what it does not write down again.</summary>
public sealed class PatrolDeciderTests
{
    private static readonly Sha256Digest Id = Some.Digest("object");

    private static CopyCheck Bad(CopyState state = CopyState.Mismatch, string found = "other", string store = "primary") => new(
        Id, store, state, 10, state == CopyState.Mismatch ? Some.Digest(found) : null, [3, 4], "");

    private static PatrolState After(params IReadOnlyList<object> notes) => notes.Aggregate(
        PatrolState.Initial, (state, note) => Decide(state, note).Aggregate(state, PatrolState.Apply));

    private static IReadOnlyList<Fact> Decide(PatrolState state, object note) => note switch
    {
        NoteDamage n => PatrolDecider.Decide(state, n, Some.Salts).Facts,
        NoteWhole n => PatrolDecider.Decide(state, n, Some.Salts).Facts,
        NoteRound n => PatrolDecider.Decide(state, n, Some.Salts).Facts,
        _ => throw new ArgumentException("not a note", nameof(note)),
    };

    [Fact]
    public void A_damage_is_a_fact_with_what_was_found_and_where()
    {
        var fact = Assert.IsType<CopyDamaged>(Assert.Single(Decide(PatrolState.Initial, new NoteDamage(Bad(), Some.Time))));
        Assert.Equal((Id, "primary", "mismatch", Some.Digest("other"), TenantId.Local), (fact.Digest, fact.Store, fact.State, fact.Found!.Value, fact.Tenant));
        Assert.Equal([3L, 4], fact.Blocks);
        Assert.True(FactCodec.PublicBytes(fact).Length > 0);
    }

    [Fact]
    public void The_same_damage_seen_again_is_not_a_second_fact() =>
        Assert.Empty(Decide(After(new NoteDamage(Bad(), Some.Time)), new NoteDamage(Bad(), Some.Time + 5)));

    [Fact]
    public void A_damage_that_got_worse_is_another_fact()
    {
        var state = After(new NoteDamage(Bad(), Some.Time));
        Assert.Single(Decide(state, new NoteDamage(Bad(found: "worse"), Some.Time + 5)));
        Assert.Single(Decide(state, new NoteDamage(Bad(CopyState.Missing), Some.Time + 5)));
        Assert.Single(Decide(state, new NoteDamage(Bad(store: "replica-1"), Some.Time + 5)));
    }

    [Fact]
    public void A_repair_closes_its_damage_and_the_same_damage_later_is_a_new_fact()
    {
        var mended = After(new NoteDamage(Bad(), Some.Time), new NoteWhole(Id, "primary", "replica-1", Some.Time + 1));
        Assert.Empty(mended.Open);
        Assert.Equal((1, 1), (mended.Damaged, mended.Repaired));
        Assert.Single(Decide(mended, new NoteDamage(Bad(), Some.Time + 2)));
    }

    [Fact]
    public void A_copy_that_was_made_for_the_first_time_is_no_repair() =>
        Assert.Empty(Decide(PatrolState.Initial, new NoteWhole(Id, "replica-1", "primary", Some.Time)));

    [Fact]
    public void A_round_counts_what_was_damaged_and_repaired_since_the_last_one()
    {
        var state = After(new NoteDamage(Bad(), Some.Time), new NoteWhole(Id, "primary", "replica-1", Some.Time + 1));
        var round = Assert.IsType<PatrolRound>(Assert.Single(Decide(state, new NoteRound(Some.Time - 9, 5, 10, 1000, 0, Some.Time + 2))));
        Assert.Equal((1, Some.Time - 9, 1L, 1L), (round.Round, round.Started, round.Damaged, round.Repaired));
        var next = PatrolState.Apply(state, round);
        Assert.Equal((0L, 0L, Some.Time - 9), (next.Damaged, next.Repaired, next.LastStarted!.Value));
        // What did not begin later was told.
        Assert.Empty(Decide(next, new NoteRound(Some.Time - 9, 5, 10, 1000, 0, Some.Time + 3)));
        Assert.Equal(2, Assert.IsType<PatrolRound>(Assert.Single(Decide(next, new NoteRound(Some.Time, 5, 10, 1000, 0, Some.Time + 4)))).Round);
    }

    [Fact]
    public void A_hundred_broken_blocks_still_fit_a_leaf()
    {
        var check = Bad() with { Blocks = [.. Enumerable.Range(0, 5000).Select(n => 60_000L + n)] };
        var fact = Assert.IsType<CopyDamaged>(Assert.Single(Decide(PatrolState.Initial, new NoteDamage(check, Some.Time))));
        Assert.Equal(BlockDigests.MaxNamedBlocks, fact.Blocks.Count);
        Assert.InRange(FactCodec.PublicBytes(fact).Length, 1, FactCodec.MaxPublicBytes);
    }

    /// <summary>Whatever is seen in whatever order: damages and repairs of a copy alternate, and open is what was damaged last.</summary>
    [Property]
    public Property Every_repair_follows_a_damage_and_what_is_open_is_what_was_seen_last() =>
        Prop.ForAll(Gen.Choose(0, 5).ListOf().ToArbitrary(), seen =>
        {
            var state = PatrolState.Initial;
            var open = false;
            var at = Some.Time;
            foreach (var what in seen)
            {
                object note = what < 3 ? new NoteDamage(Bad((CopyState)(1 + what)), ++at) : new NoteWhole(Id, "primary", "replica-1", ++at);
                var facts = Decide(state, note);
                if (facts.Count > 1 || (facts is [CopyRepaired] && !open) || (note is NoteWhole && open && facts.Count == 0))
                {
                    return false;
                }
                state = facts.Aggregate(state, PatrolState.Apply);
                open = note is NoteDamage;
                if (state.Open.ContainsKey((Id, "primary")) != open)
                {
                    return false;
                }
            }
            return true;
        });

    [Fact]
    public void Every_fact_that_names_a_document_or_a_file_owns_it()
    {
        var owned = SomeFacts.OfEveryKind.SelectMany(OwnedObjects.Of).ToList();
        Assert.Contains(owned, o => o is { NamesMore: true } && o.Id == Some.Digest("contents") && o.Owner == Some.Release().Text);
        Assert.Contains(owned, o => o.Id == Some.Digest("message"));
        foreach (var fact in SomeFacts.OfEveryKind.OfType<StagePassed>())
        {
            Assert.Contains(owned, o => o.Id == fact.Result && o.Owner == fact.Release.Text);
        }
        var upload = Assert.Single(SomeFacts.OfEveryKind.OfType<UploadCompleted>());
        Assert.Contains(owned, o => o.Id == upload.Digest && o.SizeBytes == upload.SizeBytes && o.ProvenIn!.SequenceEqual(upload.Copies));
    }
}
