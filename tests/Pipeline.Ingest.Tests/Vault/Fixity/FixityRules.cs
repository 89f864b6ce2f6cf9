using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Vault;

/// <summary>The rules of the patrol, over whatever can come.</summary>
public sealed class FixityRules
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Property]
    public bool A_budget_lets_through_no_more_than_its_rate_a_burst_and_one_read(PositiveInt rate, NonEmptyArray<PositiveInt> takes, NonEmptyArray<byte> pauses)
    {
        var perSecond = (long)rate.Get * 1000;
        var now = 0L;
        var bucket = TokenBucket.Full(perSecond, now);
        var (total, largest) = (0L, 0L);
        for (var i = 0; i < takes.Get.Length; i++)
        {
            now += pauses.Get[i % pauses.Get.Length] * (Second / 1000);
            var bytes = takes.Get[i].Get * 1000L;
            (bucket, var wait) = bucket.Take(bytes, now);
            now += wait.Ticks;
            total += bytes;
            largest = Math.Max(largest, bytes);
            var burst = perSecond * TokenBucket.BurstMilliseconds / 1000;
            if (total > (long)((Int128)perSecond * now / Second) + burst + largest + 2)
            {
                return false;
            }
        }
        return true;
    }

    [Property]
    public bool A_budget_that_is_always_asked_gives_its_whole_rate(PositiveInt rate, PositiveInt read)
    {
        var perSecond = (long)rate.Get * 1000;
        var bytes = Math.Min(read.Get * 100L, perSecond);
        var bucket = TokenBucket.Full(perSecond, 0);
        var (now, total) = (0L, 0L);
        while (now < 60 * Second)
        {
            (bucket, var wait) = bucket.Take(bytes, now);
            // The clock moves by ticks while we take, however small the read.
            now += Math.Max(1, wait.Ticks);
            total += bytes;
            if (total > 200L * perSecond)
            {
                return false;
            }
        }
        return total >= 60 * perSecond * 99 / 100;
    }

    [Property]
    public bool Copies_are_read_oldest_first_and_never_read_ones_before_all(NonEmptyArray<NonNegativeInt> instants)
    {
        var copies = instants.Get.Select((at, n) => new CopyDue(Some.Digest($"{n % 3}"), $"store-{n}", at.Get)).ToList();
        var order = copies.Order(PatrolSchedule.OldestFirst).ToList();
        return order.Zip(order.Skip(1)).All(pair => pair.First.Checked <= pair.Second.Checked)
            && order.Count == copies.Count
            && copies.AsEnumerable().Reverse().Order(PatrolSchedule.OldestFirst).SequenceEqual(order);
    }

    [Property]
    public bool A_round_falls_due_from_the_last_fact_and_never_from_a_start(NonNegativeInt last, NonNegativeInt first, PositiveInt days, int now)
    {
        var every = TimeSpan.FromDays(days.Get % 1000 + 1);
        var due = PatrolSchedule.NextRound(last.Get, first.Get, every);
        return due == last.Get + (long)every.TotalMilliseconds
            && PatrolSchedule.NextRound(null, first.Get, every) == first.Get + (long)every.TotalMilliseconds
            && PatrolSchedule.NextRound(null, null, every) is null
            // Between rounds only what was never read is due.
            && PatrolSchedule.ReadBefore(now, due) == (due <= now ? due : 1);
    }

    [Property]
    public bool A_round_is_complete_exactly_when_every_copy_was_read_since_it_began(NonNegativeInt due, PositiveInt later, NonEmptyArray<NonNegativeInt> checks)
    {
        var now = (long)due.Get + later.Get;
        var oldest = checks.Get.Min(c => (long)c.Get);
        return PatrolSchedule.RoundIsComplete(now, due.Get, oldest) == checks.Get.All(c => c.Get >= due.Get)
            && !PatrolSchedule.RoundIsComplete(due.Get - 1L, due.Get, oldest)
            && !PatrolSchedule.RoundIsComplete(now, null, oldest);
    }

    [Property]
    public Property A_repair_never_moves_a_copy_unless_another_is_proven_and_always_ends() =>
        Prop.ForAll(Histories().ToArbitrary(), history =>
        {
            // The medium answers each read, and each mending, with whatever comes next.
            var known = history.Start.Select((k, n) => new KnownCopy($"s{n}", k)).ToArray();
            var answers = new Queue<int>(history.Answers);
            for (var steps = 0; steps < 200; steps++)
            {
                switch (RepairPlan.Next(known))
                {
                    case RepairStep.Read read:
                        Set(read.Store, answers.TryDequeue(out var a) && a % 2 == 1 ? new CopyKnowledge.Bad((CopyState)(1 + a % 3)) : new CopyKnowledge.Proven());
                        break;
                    case RepairStep.Mend mend:
                        if (Of(mend.Source) is not CopyKnowledge.Proven || Of(mend.Target) is not CopyKnowledge.Bad bad
                            || mend.Quarantine == (bad.State == CopyState.Missing))
                        {
                            return false;
                        }
                        Set(mend.Target, answers.TryDequeue(out var b) && b % 2 == 1 ? new CopyKnowledge.GivenUp("full") : new CopyKnowledge.Proven());
                        break;
                    case RepairStep.Alarm:
                        return known.All(k => k.Knowledge is not CopyKnowledge.Proven and not CopyKnowledge.Unread)
                            && known.Any(k => k.Knowledge is CopyKnowledge.Bad);
                    case RepairStep.Done:
                        return known.All(k => k.Knowledge is CopyKnowledge.Proven or CopyKnowledge.GivenUp);
                }
            }
            return false;

            CopyKnowledge Of(string store) => known.Single(k => k.Store == store).Knowledge;
            void Set(string store, CopyKnowledge knowledge) => known = [.. known.Select(k => k.Store == store ? k with { Knowledge = knowledge } : k)];
        });

    [Property]
    public bool Block_digests_survive_writing_and_no_changed_byte_of_them_is_believed(byte blocks, NonNegativeInt place, byte flip)
    {
        var size = blocks * (long)BlockDigests.BlockBytes - (blocks > 0 ? 17 : 0);
        var id = Some.Digest("object");
        var list = new BlockDigests(id, size, [.. Enumerable.Range(0, blocks).Select(n => Some.Digest($"{n}"))]);
        var document = list.Encode();
        var read = BlockDigests.TryDecode(document, id);
        if (read is null || read.SizeBytes != size || !read.Blocks.SequenceEqual(list.Blocks) || BlockDigests.TryDecode(document, Some.Digest("other")) is not null)
        {
            return false;
        }
        document[place.Get % document.Length] ^= (byte)(flip | 1);
        return BlockDigests.TryDecode(document, id) is null && BlockDigests.TryDecode(document.AsSpan(0, place.Get % document.Length), id) is null;
    }

    [Property]
    public bool Exactly_the_changed_missing_and_surplus_blocks_are_broken(byte blocks, NonEmptyArray<byte> changed, byte length)
    {
        Sha256Digest[] good = [.. Enumerable.Range(0, blocks).Select(n => Some.Digest($"{n}"))];
        var found = Enumerable.Range(0, length).Select(n => n < blocks && !changed.Get.Contains((byte)n) ? good[n] : Some.Digest($"x{n}")).ToList();
        var expected = Enumerable.Range(0, Math.Max(blocks, length)).Select(n => (long)n)
            .Where(n => n >= blocks || n >= length || changed.Get.Contains((byte)n)).Take(BlockDigests.MaxNamedBlocks);
        return new BlockDigests(Some.Digest("object"), blocks * (long)BlockDigests.BlockBytes, good).BrokenIn(found).SequenceEqual(expected);
    }

    private sealed record History(IReadOnlyList<CopyKnowledge> Start, IReadOnlyList<int> Answers);

    private static Gen<History> Histories()
    {
        var knowledge = Gen.OneOf(
            Gen.Constant((CopyKnowledge)new CopyKnowledge.Unread()), Gen.Constant((CopyKnowledge)new CopyKnowledge.Proven()),
            Gen.Choose(1, 3).Select(s => (CopyKnowledge)new CopyKnowledge.Bad((CopyState)s)), Gen.Constant((CopyKnowledge)new CopyKnowledge.GivenUp("away")));
        return from start in knowledge.NonEmptyListOf()
               from answers in Gen.Choose(0, 9).ListOf()
               select new History([.. start.Take(6)], [.. answers]);
    }
}
