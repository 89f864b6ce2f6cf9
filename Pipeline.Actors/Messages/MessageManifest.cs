using System.Text.Json.Serialization;
using Pipeline.Actors.Claims;
using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Erasure;
using Pipeline.Actors.Patrol;
using Pipeline.Actors.Recordings;
using Pipeline.Actors.Releases;
using Pipeline.Actors.Splits;
using Pipeline.Actors.Uploads;

namespace Pipeline.Actors.Messages;

/// <summary>The short versioned name of every message that crosses between nodes. Never renamed, reused or removed.</summary>
public static class MessageManifest
{
    private static readonly (string Manifest, Type Type)[] All =
    [
        ("c.delivery.submit.1", typeof(SubmitDelivery)),
        ("c.delivery.handed.1", typeof(HandedOver)),
        ("c.delivery.nudge.1", typeof(NudgeDelivery)),
        ("q.delivery.1", typeof(GetDelivery)),
        ("r.delivery.1", typeof(DeliveryStanding)),
        ("c.release.submit.1", typeof(SubmitRelease)),
        ("c.release.stage.1", typeof(StageDone)),
        ("c.release.free.1", typeof(ClaimsAreFree)),
        ("c.release.resolve.1", typeof(ResolveQuarantine)),
        ("c.release.withdraw.1", typeof(WithdrawRelease)),
        ("c.release.nudge.1", typeof(NudgeRelease)),
        ("q.release.1", typeof(GetRelease)),
        ("r.release.1", typeof(ReleaseStanding)),
        ("c.claim.1", typeof(ClaimIdentifier)),
        ("c.claim.free.1", typeof(FreeIdentifier)),
        ("r.claim.1", typeof(ClaimAnswer)),
        ("c.recording.edition.1", typeof(AddEdition)),
        ("r.recording.edition.1", typeof(EditionAnswer)),
        ("c.stop.1", typeof(StopEntity)),
        ("c.upload.create.1", typeof(CreateUpload)),
        ("q.upload.1", typeof(GetUpload)),
        ("c.upload.terminate.1", typeof(TerminateUpload)),
        ("c.upload.open.1", typeof(OpenUpload)),
        ("c.upload.keep.1", typeof(KeepUpload)),
        ("c.upload.nudge.1", typeof(NudgeUpload)),
        ("r.upload.1", typeof(UploadStanding)),
        ("c.upload.deliver.1", typeof(DeliverUpload)),
        ("c.upload.left.1", typeof(UploadLeftBehind)),
        ("c.patrol.order.1", typeof(OrderPatrol)),
        ("q.patrol.1", typeof(GetPatrol)),
        ("r.patrol.1", typeof(PatrolStanding)),
        ("r.patrol.noted.1", typeof(PatrolNoted)),
        ("c.split.propose.1", typeof(ProposeSplit)),
        ("c.split.accept.1", typeof(AcceptSplit)),
        ("c.split.refuse.1", typeof(RefuseSplit)),
        ("c.split.withdraw.1", typeof(WithdrawSplit)),
        ("q.split.1", typeof(GetSplits)),
        ("r.split.1", typeof(SplitsStanding)),
        ("q.claim.1", typeof(GetClaim)),
        ("r.claim.holding.1", typeof(ClaimHolding)),
        ("c.erasure.order.1", typeof(OrderErasure)),
        ("q.erasure.1", typeof(GetErasure)),
        ("r.erasure.1", typeof(ErasureStanding)),
        ("c.read-anew.1", typeof(ReadAnew)),
    ];

    private static readonly Dictionary<Type, string> ByType = All.ToDictionary(a => a.Type, a => a.Manifest);

    private static readonly Dictionary<string, Type> ByManifest = All.ToDictionary(a => a.Manifest, a => a.Type);

    /// <summary>All message types, for the test that none was forgotten.</summary>
    public static IEnumerable<Type> Types => ByType.Keys;

    public static bool TryOf(Type type, out string manifest) => ByType.TryGetValue(type, out manifest!);

    public static bool TryTypeOf(string manifest, out Type type) => ByManifest.TryGetValue(manifest, out type!);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SubmitDelivery))]
[JsonSerializable(typeof(HandedOver))]
[JsonSerializable(typeof(NudgeDelivery))]
[JsonSerializable(typeof(GetDelivery))]
[JsonSerializable(typeof(DeliveryStanding))]
[JsonSerializable(typeof(SubmitRelease))]
[JsonSerializable(typeof(StageDone))]
[JsonSerializable(typeof(ClaimsAreFree))]
[JsonSerializable(typeof(ResolveQuarantine))]
[JsonSerializable(typeof(WithdrawRelease))]
[JsonSerializable(typeof(NudgeRelease))]
[JsonSerializable(typeof(GetRelease))]
[JsonSerializable(typeof(ReleaseStanding))]
[JsonSerializable(typeof(ClaimIdentifier))]
[JsonSerializable(typeof(FreeIdentifier))]
[JsonSerializable(typeof(ClaimAnswer))]
[JsonSerializable(typeof(AddEdition))]
[JsonSerializable(typeof(EditionAnswer))]
[JsonSerializable(typeof(CreateUpload))]
[JsonSerializable(typeof(GetUpload))]
[JsonSerializable(typeof(TerminateUpload))]
[JsonSerializable(typeof(OpenUpload))]
[JsonSerializable(typeof(KeepUpload))]
[JsonSerializable(typeof(NudgeUpload))]
[JsonSerializable(typeof(UploadStanding))]
[JsonSerializable(typeof(DeliverUpload))]
[JsonSerializable(typeof(UploadLeftBehind))]
[JsonSerializable(typeof(OrderPatrol))]
[JsonSerializable(typeof(GetPatrol))]
[JsonSerializable(typeof(PatrolStanding))]
[JsonSerializable(typeof(PatrolNoted))]
[JsonSerializable(typeof(ProposeSplit))]
[JsonSerializable(typeof(AcceptSplit))]
[JsonSerializable(typeof(RefuseSplit))]
[JsonSerializable(typeof(WithdrawSplit))]
[JsonSerializable(typeof(GetSplits))]
[JsonSerializable(typeof(SplitsStanding))]
[JsonSerializable(typeof(GetClaim))]
[JsonSerializable(typeof(ClaimHolding))]
[JsonSerializable(typeof(OrderErasure))]
[JsonSerializable(typeof(GetErasure))]
[JsonSerializable(typeof(ErasureStanding))]
[JsonSerializable(typeof(ReadAnew))]
public sealed partial class MessageJson : JsonSerializerContext;
