using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Tests.Support;

/// <summary>One fact of every kind, always with the same bytes: what the golden files were made from.</summary>
public static class SomeFacts
{
    private static readonly FindingList List = new([Some.Warning(), Some.Blocking()]);

    public static IReadOnlyList<Fact> OfEveryKind { get; } =
    [
        new DeliveryReceived
        {
            Tenant = Some.Tenant, By = Some.Person, Command = Some.Command, At = Some.Time, Delivery = Some.Delivery(), Round = 1,
            Release = Some.Release(), Contents = Some.Digest("contents"), Message = Some.Digest("message"), Created = Some.Time - 5, Files = 3, TotalBytes = 123_456_789,
            Private = Sealed<DeliveryDetails>.Close(new DeliveryDetails("PADPIDA2013042401U", "W1", "release.xml", "Blåa timmen", "Anna \"Blå\""), Some.Salts[0], FactJson.Default.DeliveryDetails),
        },
        new DeliveryApplied { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Delivery = Some.Delivery(), Round = 1, Release = Some.Release(), Revision = 1 },
        new DeliverySuperseded { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Delivery = Some.Delivery(), Round = 1, Release = Some.Release() },
        new DeliveryRejected { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Delivery = Some.Delivery(), Round = 2, Rules = ["ISRC_SHAPE"], Private = Findings() },
        new ReleaseReceived
        {
            Tenant = Some.Tenant, By = Some.Person, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1, Delivery = Some.Delivery(), Round = 1,
            Contents = Some.Digest("contents"), Message = Some.Digest("message"), Created = Some.Time - 5, AsOf = "2026-11-23",
            Private = Sealed<ReleaseDetails>.Close(new ReleaseDetails("Blåa timmen", "Anna", "PADPIDA2013042401U", "W1"), Some.Salts[0], FactJson.Default.ReleaseDetails),
        },
        new StageAttempted { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1, Stage = "audio", Attempt = 2, Input = Some.Digest("input") },
        new ChecksumsVerified { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1, Input = Some.Digest("input"), Result = Some.Digest("result"), Private = Findings() },
        new AudioInspected { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1, Input = Some.Digest("input"), Result = Some.Digest("result"), Private = Findings() },
        new MetadataVerified { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1, Input = Some.Digest("input"), Result = Some.Digest("result"), Private = Findings() },
        new RightsCleared { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1, Input = Some.Digest("input"), Result = Some.Digest("result"), Private = Findings() },
        new ReleaseArchived { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1, Input = Some.Digest("input"), Result = Some.Digest("result"), Private = Findings() },
        new ReleaseQuarantined { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1, Stage = "checksum", Rules = ["HASH_MISMATCH"], Private = Findings() },
        new QuarantineResolved { Tenant = Some.Tenant, By = Some.Person, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1, Private = Because() },
        new ReleaseRejected { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1, Stage = "metadata", Rules = ["ISRC_SHAPE"], Private = Findings() },
        new ReleaseWithdrawn { Tenant = Some.Tenant, By = Some.Person, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1, Private = Because() },
        new ReleaseClaimsFreed { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Release = Some.Release(), Revision = 1 },
        new EditionAdded
        {
            Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Recording = Some.Recording(), Release = Some.Release(), Revision = 1, Reference = "A1",
            File = Some.Digest("file"), Pcm = Some.Digest("pcm"), Samples = 10_584_000, RateHz = 44_100,
            Private = Sealed<EditionDetails>.Close(new EditionDetails("Song", "Anna", "QZMP12600001"), Some.Salts[0], FactJson.Default.EditionDetails),
        },
        new IdentifierClaimed { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Kind = "isrc", Holder = Some.Sender(), Subject = Some.Recording(), Release = Some.Release(), Private = Identifier() },
        new ClaimConflicted { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Kind = "isrc", Case = EntityId.From("case", Some.Tenant, "one"), Holder = Some.Sender(), Subject = Some.Recording(), Release = Some.Release(), Private = Identifier() },
        new IdentifierReleased { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Kind = "isrc", Holder = Some.Sender(), Subject = Some.Recording(), Release = Some.Release() },
        new UploadCompleted
        {
            Tenant = Some.Tenant, By = Some.Person, Command = Some.Command, At = Some.Time, Upload = Some.Upload(), Digest = Some.Digest("bytes"), SizeBytes = 1_234_567,
            Copies = ["primary", "replica-1"], Domains = 2, Wanted = 2,
            Private = Sealed<UploadDetails>.Close(new UploadDetails("Blåa timmen.wav", "filename QmzDpWEudGltbWVuLndhdg=="), Some.Salts[0], FactJson.Default.UploadDetails),
        },
        new UploadRefused { Tenant = Some.Tenant, By = Some.Person, Command = Some.Command, At = Some.Time, Upload = Some.Upload(), Found = Some.Digest("other bytes"), SizeBytes = 77, Rules = ["UPLOAD_HASH_MISMATCH"], Private = Findings() },
        new UploadDiscarded { Tenant = Some.Tenant, By = Some.Person, Command = Some.Command, At = Some.Time, Upload = Some.Upload(), HeldBytes = 5_000, Why = "expired" },
        new PatrolRound { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Round = 2, Started = Some.Time - 60_000, Objects = 10, Copies = 20, Bytes = 123_456_789, Damaged = 2, Repaired = 1, BelowWanted = 1 },
        new CopyDamaged { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Digest = Some.Digest("bytes"), Store = "primary", State = "mismatch", Found = Some.Digest("other bytes"), Blocks = [0, 7] },
        new CopyRepaired { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Digest = Some.Digest("bytes"), Store = "primary", Source = "replica-1" },
        new BytesUnclaimed { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Store = "primary", Name = "cas/sha256/ab/cd/abcd", SizeBytes = 77 },
        new UploadDelivered { Tenant = Some.Tenant, By = Some.Person, Command = Some.Command, At = Some.Time, Upload = Some.Upload(), Delivery = Some.Delivery() },
        new Census { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, AsOf = 1_000, Sources = 77, Facts = 1_000, Deliveries = 10, Releases = 9, Uploads = 21, Root = Some.Digest("sources") },
        new LogKeyAnnounced { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Vkey = Some.Vkey(2), Follows = Some.Vkey(1) },
        new LogKeyRetired { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Vkey = Some.Vkey(1), Successor = Some.Vkey(2) },
        new SplitProposed
        {
            Tenant = Some.Tenant, By = Some.Person, Command = Some.Command, At = Some.Time, Subject = Some.Recording(), Proposal = 1, Parties = 2, Expires = Some.Time + 86_400_000,
            Private = SomeSplits.Closed(),
        },
        new SplitAccepted
        {
            Tenant = Some.Tenant, By = Some.Other, Command = Some.Command, At = Some.Time, Subject = Some.Recording(), Proposal = 1, Document = SomeSplits.Closed().Commitment, Number = 1, Assurance = "asserted",
            Private = Sealed<SplitConsent>.Close(new SplitConsent("anna", null, null), Some.Salts[1], FactJson.Default.SplitConsent),
        },
        new SplitRefused
        {
            Tenant = Some.Tenant, By = Some.Other, Command = Some.Command, At = Some.Time, Subject = Some.Recording(), Proposal = 1,
            Private = Sealed<SplitRefusal>.Close(new SplitRefusal("anna", "It is wrong."), Some.Salts[1], FactJson.Default.SplitRefusal),
        },
        new SplitWithdrawn { Tenant = Some.Tenant, By = Some.Person, Command = Some.Command, At = Some.Time, Subject = Some.Recording(), Proposal = 1, Private = Because() },
        new SplitExpired { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Subject = Some.Recording(), Proposal = 1 },
        new SplitInForce { Tenant = Some.Tenant, By = Some.Other, Command = Some.Command, At = Some.Time, Subject = Some.Recording(), Proposal = 1, Version = 1, Document = SomeSplits.Closed().Commitment, Accepted = 2 },
        new ErasureOrdered { Tenant = Some.Tenant, By = Some.Person, Command = Some.Command, At = Some.Time, Entries = [3, 17, 1_000_000], Reason = ErasureReason.Request },
        new ErasureDone { Tenant = Some.Tenant, By = Pseudonym.System, Command = Some.Command, At = Some.Time, Order = 1, Entries = [3, 17, 1_000_000], Destroyed = 2 },
    ];

    private static Sealed<FindingList> Findings() => Sealed<FindingList>.Close(List, Some.Salts[1], FactJson.Default.FindingList);

    private static Sealed<Reason> Because() => Sealed<Reason>.Close(new Reason("decided by A.B."), Some.Salts[0], FactJson.Default.Reason);

    private static Sealed<ClaimedIdentifier> Identifier() =>
        Sealed<ClaimedIdentifier>.Close(new ClaimedIdentifier("QZMP12600001"), Some.Salts[0], FactJson.Default.ClaimedIdentifier);
}
