namespace Pipeline.Audit.Facts;

/// <summary>
/// Every manifest ever used. Lines are added at the end; none is renamed, reused or removed, because a journal and a log
/// of any age must be readable by any later release.
/// </summary>
public static class FactManifest
{
    private static readonly (string Manifest, Type Type)[] All =
    [
        ("delivery.received.1", typeof(DeliveryReceived)),
        ("delivery.applied.1", typeof(DeliveryApplied)),
        ("delivery.superseded.1", typeof(DeliverySuperseded)),
        ("delivery.rejected.1", typeof(DeliveryRejected)),
        ("release.received.1", typeof(ReleaseReceived)),
        ("stage.attempted.1", typeof(StageAttempted)),
        ("checksums.verified.1", typeof(ChecksumsVerified)),
        ("audio.inspected.1", typeof(AudioInspected)),
        ("metadata.verified.1", typeof(MetadataVerified)),
        ("rights.cleared.1", typeof(RightsCleared)),
        ("release.archived.1", typeof(ReleaseArchived)),
        ("release.quarantined.1", typeof(ReleaseQuarantined)),
        ("quarantine.resolved.1", typeof(QuarantineResolved)),
        ("release.rejected.1", typeof(ReleaseRejected)),
        ("release.withdrawn.1", typeof(ReleaseWithdrawn)),
        ("release.claims.freed.1", typeof(ReleaseClaimsFreed)),
        ("edition.added.1", typeof(EditionAdded)),
        ("identifier.claimed.1", typeof(IdentifierClaimed)),
        ("claim.conflicted.1", typeof(ClaimConflicted)),
        ("identifier.released.1", typeof(IdentifierReleased)),
        ("upload.completed.1", typeof(UploadCompleted)),
        ("upload.refused.1", typeof(UploadRefused)),
        ("upload.discarded.1", typeof(UploadDiscarded)),
        ("patrol.round.1", typeof(PatrolRound)),
        ("copy.damaged.1", typeof(CopyDamaged)),
        ("copy.repaired.1", typeof(CopyRepaired)),
        ("bytes.unclaimed.1", typeof(BytesUnclaimed)),
        ("upload.delivered.1", typeof(UploadDelivered)),
        ("census.1", typeof(Census)),
        ("log.key-announced.1", typeof(LogKeyAnnounced)),
        ("log.key-retired.1", typeof(LogKeyRetired)),
        ("split.proposed.1", typeof(SplitProposed)),
        ("split.accepted.1", typeof(SplitAccepted)),
        ("split.refused.1", typeof(SplitRefused)),
        ("split.withdrawn.1", typeof(SplitWithdrawn)),
        ("split.expired.1", typeof(SplitExpired)),
        ("split.in-force.1", typeof(SplitInForce)),
        ("erasure.ordered.1", typeof(ErasureOrdered)),
        ("erasure.done.1", typeof(ErasureDone)),
    ];

    private static readonly Dictionary<Type, string> ByType = All.ToDictionary(a => a.Type, a => a.Manifest);

    private static readonly Dictionary<string, Type> ByManifest = All.ToDictionary(a => a.Manifest, a => a.Type);

    private static readonly int LongestCharacters = All.Max(a => a.Manifest.Length);

    /// <summary>All manifests, oldest first.</summary>
    public static IEnumerable<string> Known => All.Select(a => a.Manifest);

    /// <exception cref="KeyNotFoundException">A fact that was never given a manifest: a bug of ours.</exception>
    public static string Of(Fact fact) => ByType[fact.GetType()];

    /// <exception cref="InvalidDataException">No release of ours has ever written this manifest.</exception>
    public static Type TypeOf(string manifest) =>
        ByManifest.TryGetValue(manifest, out var type) ? type : throw new InvalidDataException($"unknown manifest '{manifest}'");

    /// <summary>Is this the manifest of a fact?</summary>
    public static bool IsKnown(string manifest) => ByManifest.ContainsKey(manifest);

    /// <summary>The manifest that these bytes spell; null when it is none of a fact.</summary>
    internal static string? Find(ReadOnlySpan<byte> ascii)
    {
        Span<char> text = stackalloc char[LongestCharacters];
        return ascii.Length <= LongestCharacters && System.Text.Ascii.ToUtf16(ascii, text, out var written) == System.Buffers.OperationStatus.Done
            && ByManifest.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..written], out var manifest, out _)
                ? manifest
                : null;
    }
}
