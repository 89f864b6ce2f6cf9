using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Audit.Evidence;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;
using static Pipeline.Audit.Tests.Evidence.Tale;

namespace Pipeline.Audit.Tests.Evidence;

/// <summary>
/// Random legal histories, and what an operator who signs anew may do to one leaf of them. All is published as a log
/// whose tree and signature are right: only what the entries say can convict.
/// </summary>
public sealed class DomainProperties
{
    /// <summary>What a release may come to; the last two end open.</summary>
    private const int Lives = 8;

    private static Tale Life(int kind, string name) => kind switch
    {
        0 => new Tale().Uploaded(name).Delivered(name).HandedIn(name).Passed(name),
        1 => new Tale().Delivered(name).Passed(name),
        2 => new Tale().Delivered(name).Passed(name, to: 2).Quarantined(name, 2).Resolved(name).Passed(name, from: 2),
        3 => new Tale().Delivered(name).Passed(name, to: 4).Attempted(name, 4).Ended(name, A<ReleaseRejected>() with { Release = Some.Release(name), Stage = "archive" }, claimed: true),
        4 => new Tale().Delivered(name).Passed(name).Ended(name, A<ReleaseWithdrawn>() with { Release = Some.Release(name) }, claimed: true),
        5 => new Tale().Delivered(name).Passed(name).Delivered(name, "later", revision: 2, created: 9).Passed(name, to: 3, revision: 2)
            .Attempted(name, 3, revision: 2).Tell($"release:{name}", A<RightsCleared>() with { Release = Some.Release(name), Revision = 2, Input = Some.Digest($"{name} 3") })
            .Passed(name, from: 4, revision: 2).Received(name, "earlier", created: 3)
            .Tell($"delivery:{name}earlier", A<DeliverySuperseded>() with { Delivery = Some.Delivery(name + "earlier"), Release = Some.Release(name) }),
        6 => new Tale().Delivered(name).Quarantined(name, 0),
        _ => new Tale().Delivered(name).Passed(name, to: 3).Attempted(name, 3),
    };

    private static Tale Patrol() => new Tale()
        .Tell("patrol", A<CopyDamaged>()).Tell("patrol", A<CopyRepaired>()).Tell("patrol", A<PatrolRound>() with { Round = 1, Damaged = 1, Repaired = 1 });

    private static Tale Split() => new Tale()
        .Tell("split:song", A<SplitProposed>()).Tell("split:song", A<SplitAccepted>() with { By = Some.Person })
        .Tell("split:song", A<SplitAccepted>() with { Number = 2 }).Tell("split:song", A<SplitInForce>());

    /// <summary>Some lives, a patrol and a split, told in turns, each in its own order.</summary>
    private static (Tale Tale, int Open) History(byte[] choices)
    {
        var kinds = choices.Take(3).Select(c => c % Lives).ToList();
        var rests = kinds.Select((kind, i) => new Queue<Telling>(Life(kind, $"album {i}").Told)).Append(new Queue<Telling>(Patrol().Told)).Append(new Queue<Telling>(Split().Told)).ToList();
        var told = new List<Telling>();
        for (var turn = 0; rests.Count > 0; turn++)
        {
            var next = rests[choices[turn % choices.Length] % rests.Count];
            told.Add(next.Dequeue());
            rests.RemoveAll(r => r.Count == 0);
        }
        return (Of(told), kinds.Count(k => k >= Lives - 2));
    }

    /// <summary>As <c>mp log fsck --domain</c>: the defects of both checks.</summary>
    private static (List<FsckDefect> Defects, DomainReport? Domain) Fsck(IReadOnlyList<byte[]> leaves)
    {
        using var scratch = new LogScratch();
        using var signer = NoteSigner.FromSeed("musicpipeline.local/test/2026", new byte[32]);
        var checkpoint = LogOnDisk.Write(scratch.Path, leaves, [leaves.Count], signer);
        var files = new LogDirectory(scratch.Path);
        var log = Pipeline.Audit.Log.Fsck.Run(files, new FsckOptions { Parallelism = 1 });
        var domain = log.IsClean ? DomainCheck.Run(files, checkpoint.Size, checkpoint.Root, new DomainOptions { Parallelism = 1 }) : null;
        return ([.. log.Defects, .. domain?.Defects ?? []], domain);
    }

    [Property(MaxTest = 100)]
    public Property A_legal_history_is_clean_and_lists_what_is_open(NonEmptyArray<byte> choices)
    {
        var (tale, open) = History(choices.Get);
        var (defects, domain) = Fsck(tale.Counted().Leaves());
        return (defects.Count == 0 && domain!.Open.Count == open).Label(string.Join('\n', defects));
    }

    [Property(MaxTest = 300)]
    public Property No_leaf_can_be_dropped_doubled_moved_or_altered(NonEmptyArray<byte> choices, byte how, ushort where)
    {
        var tale = History(choices.Get).Tale.Counted();
        var leaves = tale.Leaves().ToList();
        // The census itself is the newest entry: without it this is the same log a little earlier.
        var at = where % (leaves.Count - 1);
        var what = (how % 4) switch
        {
            0 => Drop(leaves, at),
            1 => Double(leaves, at, how / 4),
            2 => Move(leaves, at),
            _ => Alter(leaves, tale.Told[at].Fact, at),
        };
        return (Fsck(leaves).Defects.Count > 0).Label($"{what} of entry {at}, {tale.Told[at].Fact.GetType().Name}, passes");
    }

    [Property(MaxTest = 300)]
    public Property Without_numbers_and_census_the_rules_alone_miss_a_step_of_a_delivery_or_release(NonEmptyArray<byte> choices, ushort where)
    {
        var tale = History(choices.Get).Tale;
        var whole = tale.Check();
        // An attempt that was repeated, or an archive before a withdrawal or a later revision, leaves a story that is as good.
        var steps = tale.Told.Where(t => t.Fact is not (
            StageAttempted or ReleaseArchived or IdentifierClaimed or IdentifierReleased or EditionAdded or ReleaseWithdrawn or PatrolRound)).ToList();
        var dropped = steps[where % steps.Count];
        var rest = Of(tale.Told.Where(t => t != dropped)).Check();
        static IEnumerable<(string, string)> Open(DomainReport report) => report.Open.Select(o => (o.Id, o.State)).Order();
        return (rest.Defects.Count > 0 || !Open(rest).SequenceEqual(Open(whole))).Label($"without {dropped.Fact.GetType().Name} the story is as good");
    }

    [Fact]
    public void Every_kind_of_life_is_among_the_histories() =>
        Assert.All(Enumerable.Range(0, Lives), kind => Assert.Empty(Life(kind, "album").Check().Defects));

    private static string Drop(List<byte[]> leaves, int at)
    {
        leaves.RemoveAt(at);
        return "dropping";
    }

    private static string Double(List<byte[]> leaves, int at, int distance)
    {
        leaves.Insert(Math.Min(leaves.Count, at + 1 + distance), leaves[at]);
        return "doubling";
    }

    /// <summary>Changes places with the next leaf of its source or of its asset; where it is alone, there is no order to break.</summary>
    private static string Move(List<byte[]> leaves, int at)
    {
        var own = Envelope(leaves[at]);
        var with = leaves.FindIndex(at + 1, l => Envelope(l) is var e && (e.Source == own.Source || (own.Asset.Length > 0 && e.Asset == own.Asset)));
        if (with < 0)
        {
            return Drop(leaves, at);
        }
        (leaves[at], leaves[with]) = (leaves[with], leaves[at]);
        return "moving";
    }

    /// <summary>Says something else in what the rules can hold against another fact; a time or a size is held by the tree alone.</summary>
    private static string Alter(List<byte[]> leaves, Fact fact, int at)
    {
        var altered = Altered(fact);
        leaves[at] = (Envelope(leaves[at]) with { Asset = altered.GetAsset() }).Encode(FactCodec.PublicBytes(altered));
        return "altering";
    }

    private static Fact Altered(Fact fact) => fact switch
    {
        DeliveryReceived f => f with { Round = f.Round + 1 },
        DeliveryApplied f => f with { Revision = f.Revision + 1 },
        DeliverySuperseded f => f with { Round = f.Round + 1 },
        ReleaseReceived f => f with { Message = Some.Digest("forged") },
        StageAttempted f => f with { Attempt = f.Attempt + 1 },
        ReleaseArchived f => f with { Input = Some.Digest("forged") },
        StagePassed f => f with { Input = Some.Digest("forged") },
        ReleaseQuarantined f => f with { Stage = "archive" },
        QuarantineResolved f => f with { Revision = f.Revision + 1 },
        ReleaseRejected f => f with { Stage = "audio" },
        ReleaseWithdrawn f => f with { Revision = f.Revision + 1 },
        ReleaseClaimsFreed f => f with { Revision = f.Revision + 1 },
        EditionAdded f => f with { Revision = f.Revision + 7 },
        IdentifierClaimed f => f with { Release = Some.Release("nobody's") },
        IdentifierReleased f => f with { Holder = Some.Sender("nobody") },
        UploadCompleted f => f with { Upload = Some.Upload("nobody's") },
        UploadDelivered f => f with { Delivery = Some.Delivery("nobody's") },
        CopyDamaged f => f with { Store = "elsewhere" },
        CopyRepaired f => f with { Store = "elsewhere" },
        PatrolRound f => f with { Damaged = f.Damaged + 1 },
        SplitProposed f => f with { Parties = f.Parties + 1 },
        SplitAccepted f => f with { Document = Some.Digest("forged") },
        SplitInForce f => f with { Version = f.Version + 1 },
        _ => throw new InvariantBrokenException($"no alteration of {fact.GetType().Name}"),
    };

    private static LeafEnvelope Envelope(byte[] leaf) => LeafEnvelope.TryDecode(leaf, out var envelope, out _)
        ? envelope
        : throw new InvariantBrokenException($"a leaf of ours: {Encoding.UTF8.GetString(leaf)}");
}
