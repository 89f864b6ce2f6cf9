using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Pipeline.Actors.Claims;
using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Erasure;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Patrol;
using Pipeline.Actors.Recordings;
using Pipeline.Actors.Releases;
using Pipeline.Actors.Splits;
using Pipeline.Actors.Uploads;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Messages;

/// <summary>What crosses between nodes arrives as it was sent, and nothing crosses by accident.</summary>
public sealed class SerializationTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("serialization");

    private PipelineSerializer Serializer => new((ExtendedActorSystem)_system);

    public void Dispose() => _system.Dispose();

    private static IReadOnlyList<IPipelineMessage> OneOfEach { get; } =
    [
        new SubmitDelivery(
            Some.Delivery(), Some.Artist, Some.Command, Some.Time, Some.Digest("contents"), Some.Digest("message"), 3, 99,
            new DeliveryDetails("S", "M", "release.json", "Title", "Artist"), Some.Release(), Some.Time - 1, [Some.Rejecting()]),
        new HandedOver(Some.Delivery(), 1, HandOver.Refused, 2, [Some.Rejecting()]),
        new NudgeDelivery(Some.Delivery()),
        new GetDelivery(Some.Delivery()),
        new DeliveryStanding(true, true, Some.Delivery(), 1, Some.Release(), DeliveryFate.Superseded, []),
        new SubmitRelease(
            Some.Release(), Some.Tenant, Some.Person, Some.Command, Some.Delivery(), 1, Some.Digest("contents"), Some.Digest("message"),
            Some.Time, Some.Time, new ReleaseDetails("Title", "Artist", "S", "M")),
        new StageDone(Some.Release(), 1, Stage.Audio, Some.Digest("input"), new StageOutcome.Passed(Some.Digest("result"), [Some.Warning()])),
        new ClaimsAreFree(Some.Release(), 1),
        new ResolveQuarantine(Some.Release(), Some.Artist, Some.Command, Some.Time, "note"),
        new WithdrawRelease(Some.Release(), Some.Artist, Some.Command, Some.Time, "note"),
        new NudgeRelease(Some.Release()),
        new GetRelease(Some.Release()),
        new ReleaseStanding(true, Some.Release(), 1, "running", [new StageLight("audio", "running")], [Some.Warning()], "Title", "Artist", 7),
        new ClaimIdentifier(new ClaimKey("isrc", "QZMP12600001"), Some.Tenant, Some.Command, Some.Time, Some.Sender(), Some.Recording(), Some.Release(), true),
        new FreeIdentifier(new ClaimKey("isrc", "QZMP12600001"), Some.Tenant, Some.Command, Some.Time, Some.Release()),
        new ClaimAnswer(false, Some.Recording(), true, EntityId.From("case", Some.Tenant, "one")),
        new AddEdition(
            Some.Recording(), Some.Tenant, Some.Command, Some.Time, Some.Release(), 1, "A1", Some.Digest("file"), Some.Digest("pcm"), 44_100, 44_100,
            new EditionDetails("Title", "Artist", "QZMP12600001")),
        new EditionAnswer([Some.Blocking()]),
        StopEntity.Instance,
        new CreateUpload(Some.Upload(), Some.Artist, "node", 99, "filename YQ==", "partial"),
        new GetUpload(Some.Upload(), Some.Artist),
        new TerminateUpload(Some.Upload(), Some.Artist),
        new OpenUpload(Some.Upload(), Some.Artist, "node"),
        new KeepUpload(Some.Upload()),
        new NudgeUpload(Some.Upload()),
        new UploadLeftBehind(Some.Upload(), 7),
        new DeliverUpload(Some.Upload(), Some.Artist, Some.Delivery()),
        new UploadStanding(Some.Upload(), 409, Some.Rejecting(), 7, 99, "filename YQ==", "partial", Some.Time, Some.Digest("bytes"), ["primary"], 1, 2, "http://node"),
        new OrderPatrol(PatrolOrder.Repair, 20),
        new GetPatrol(),
        new PatrolStanding(1, 2, PatrolOrder.Scrub, true, 10, 3, 1000, 300, "why"),
        PatrolNoted.Instance,
        new OrderErasure(Some.Tenant, Some.Person, Some.Command, Some.Time, [3, 17], ErasureReason.Request),
        new GetErasure(Some.Command),
        new ErasureStanding(true, true, 2),
        new ReadAnew(Some.Release().Text),
        new ProposeSplit(Some.Recording(), Some.Artist, Some.Command, Some.Time, SomeSplits.Document(), Some.Time + 1),
        new AcceptSplit(Some.Recording(), Some.Artist, Some.Command, Some.Time, 1, new SplitConsent("anna", "key", "signature")),
        new RefuseSplit(Some.Recording(), Some.Artist, Some.Command, Some.Time, 1, new SplitRefusal("anna", "no")),
        new WithdrawSplit(Some.Recording(), Some.Artist, Some.Command, Some.Time, 1, "a mistake"),
        new GetClaim(new ClaimKey("isrc", "QZMP12600001")),
        new ClaimHolding(Some.Sender(), Some.Recording()),
        new GetSplits(Some.Recording(), Some.Time),
        new SplitsStanding(
            Some.Recording(), [Some.Rejecting()], 1,
            [new ProposalStanding(1, "open", SomeSplits.Document(), Some.Digest("sheet"), Some.Time, ["anna"], ["bo"], true)],
            [new VersionStanding(1, 1, 4, SomeSplits.Document())]),
    ];

    [Fact]
    public void Every_message_type_of_the_house_is_covered() => Assert.Equal(
        typeof(IPipelineMessage).Assembly.GetTypes()
            .Where(t => t.IsAssignableTo(typeof(IPipelineMessage)) && t is { IsInterface: false, IsAbstract: false })
            .Select(t => t.FullName).Order(StringComparer.Ordinal),
        OneOfEach.Select(m => m.GetType().FullName).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_message_arrives_as_it_was_sent()
    {
        foreach (var message in OneOfEach)
        {
            var bytes = Serializer.ToBinary(message);
            var read = Serializer.FromBinary(bytes, Serializer.Manifest(message));
            Assert.Equal(message.GetType(), read.GetType());
            Assert.Equal(Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(Serializer.ToBinary(read)));
        }
    }

    [Fact]
    public void Every_outcome_of_a_stage_crosses()
    {
        StageOutcome[] outcomes =
            [new StageOutcome.Passed(Some.Digest("r"), []), new StageOutcome.Failed([Some.Blocking()]), new StageOutcome.Inconclusive("the disk failed")];
        foreach (var outcome in outcomes)
        {
            var message = new StageDone(Some.Release(), 1, Stage.Audio, Some.Digest("input"), outcome);
            var read = (StageDone)Serializer.FromBinary(Serializer.ToBinary(message), Serializer.Manifest(message));
            Assert.Equal(outcome.GetType(), read.Outcome.GetType());
        }
    }

    [Fact]
    public void A_fact_goes_through_the_one_codec()
    {
        foreach (var fact in SomeFacts.OfEveryKind)
        {
            Assert.Equal(FactCodec.ToJournal(fact), Serializer.ToBinary(fact));
            Assert.Equal(fact.GetType(), Serializer.FromBinary(Serializer.ToBinary(fact), Serializer.Manifest(fact)).GetType());
        }
    }

    [Fact]
    public void A_type_without_a_manifest_is_refused_and_so_is_a_manifest_without_a_type()
    {
        Assert.Throws<SerializationException>(() => Serializer.Manifest("a string"));
        Assert.Throws<SerializationException>(() => Serializer.ToBinary("a string"));
        Assert.Throws<SerializationException>(() => Serializer.FromBinary([], "nobody.sent.1"));
    }

    [Fact]
    public void A_message_with_every_finding_it_may_carry_fits_a_frame()
    {
        var worst = Finding.Block(new string('R', 60), new string('p', 300), new string('v', 500), new string('m', 500), new string('r', 300));
        var many = FindingLimits.Bound([.. Enumerable.Repeat(worst, 5000)]);
        Assert.Equal(FindingLimits.MaxFindings, many.Findings.Count);
        var message = new StageDone(Some.Release(), 1, Stage.Audio, Some.Digest("input"), new StageOutcome.Failed(many.Findings));
        Assert.InRange(Serializer.ToBinary(message).Length, 1, 1_000_000);
    }
}
