using System.Text.Json.Serialization;

namespace Pipeline.Audit.Facts;

/// <summary>The shapes of public and private parts. Integers and strings only; absent members are left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeliveryReceived))]
[JsonSerializable(typeof(DeliveryApplied))]
[JsonSerializable(typeof(DeliverySuperseded))]
[JsonSerializable(typeof(DeliveryRejected))]
[JsonSerializable(typeof(ReleaseReceived))]
[JsonSerializable(typeof(StageAttempted))]
[JsonSerializable(typeof(ChecksumsVerified))]
[JsonSerializable(typeof(AudioInspected))]
[JsonSerializable(typeof(MetadataVerified))]
[JsonSerializable(typeof(RightsCleared))]
[JsonSerializable(typeof(ReleaseArchived))]
[JsonSerializable(typeof(ReleaseQuarantined))]
[JsonSerializable(typeof(QuarantineResolved))]
[JsonSerializable(typeof(ReleaseRejected))]
[JsonSerializable(typeof(ReleaseWithdrawn))]
[JsonSerializable(typeof(ReleaseClaimsFreed))]
[JsonSerializable(typeof(EditionAdded))]
[JsonSerializable(typeof(IdentifierClaimed))]
[JsonSerializable(typeof(ClaimConflicted))]
[JsonSerializable(typeof(IdentifierReleased))]
[JsonSerializable(typeof(UploadCompleted))]
[JsonSerializable(typeof(UploadRefused))]
[JsonSerializable(typeof(UploadDiscarded))]
[JsonSerializable(typeof(PatrolRound))]
[JsonSerializable(typeof(CopyDamaged))]
[JsonSerializable(typeof(CopyRepaired))]
[JsonSerializable(typeof(BytesUnclaimed))]
[JsonSerializable(typeof(UploadDelivered))]
[JsonSerializable(typeof(UploadDetails))]
[JsonSerializable(typeof(DeliveryDetails))]
[JsonSerializable(typeof(FindingList))]
[JsonSerializable(typeof(ReleaseDetails))]
[JsonSerializable(typeof(Reason))]
[JsonSerializable(typeof(EditionDetails))]
[JsonSerializable(typeof(ClaimedIdentifier))]
public sealed partial class FactJson : JsonSerializerContext;
