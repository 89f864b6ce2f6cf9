using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>What a source of facts is about: one source, one thing, for ever.</summary>
internal enum SubjectKind
{
    Delivery,
    Release,
    Upload,
    Recording,

    /// <summary>A claimed identifier; it has no public id.</summary>
    Claim,

    /// <summary>The patrol of the vault: one in a log.</summary>
    Patrol,

    /// <summary>The census: one in a log.</summary>
    Census,

    /// <summary>The log's own keys.</summary>
    LogKeys,

    /// <summary>The splits of one recording or work.</summary>
    Split,

    /// <summary>What was erased: one in a log.</summary>
    Erasure,
}

/// <summary>The thing a fact is about.</summary>
/// <param name="Id">Null where the public part names none.</param>
internal readonly record struct Subject(SubjectKind Kind, EntityId? Id)
{
    internal static Subject Of(Fact fact) => fact switch
    {
        DeliveryReceived f => new(SubjectKind.Delivery, f.Delivery),
        DeliveryApplied f => new(SubjectKind.Delivery, f.Delivery),
        DeliverySuperseded f => new(SubjectKind.Delivery, f.Delivery),
        DeliveryRejected f => new(SubjectKind.Delivery, f.Delivery),
        ReleaseReceived f => new(SubjectKind.Release, f.Release),
        ReleaseFact f => new(SubjectKind.Release, f.Release),
        StagePassed f => new(SubjectKind.Release, f.Release),
        ReleaseQuarantined f => new(SubjectKind.Release, f.Release),
        QuarantineResolved f => new(SubjectKind.Release, f.Release),
        ReleaseRejected f => new(SubjectKind.Release, f.Release),
        ReleaseWithdrawn f => new(SubjectKind.Release, f.Release),
        UploadCompleted f => new(SubjectKind.Upload, f.Upload),
        UploadRefused f => new(SubjectKind.Upload, f.Upload),
        UploadDiscarded f => new(SubjectKind.Upload, f.Upload),
        UploadDelivered f => new(SubjectKind.Upload, f.Upload),
        EditionAdded f => new(SubjectKind.Recording, f.Recording),
        IdentifierClaimed or ClaimConflicted or IdentifierReleased => new(SubjectKind.Claim, null),
        PatrolRound or CopyDamaged or CopyRepaired or BytesUnclaimed => new(SubjectKind.Patrol, null),
        Census => new(SubjectKind.Census, null),
        LogKeyAnnounced or LogKeyRetired => new(SubjectKind.LogKeys, null),
        ErasureOrdered or ErasureDone => new(SubjectKind.Erasure, null),
        SplitProposed f => new(SubjectKind.Split, f.Subject),
        SplitAccepted f => new(SubjectKind.Split, f.Subject),
        SplitRefused f => new(SubjectKind.Split, f.Subject),
        SplitWithdrawn f => new(SubjectKind.Split, f.Subject),
        SplitExpired f => new(SubjectKind.Split, f.Subject),
        SplitInForce f => new(SubjectKind.Split, f.Subject),
        _ => throw new InvariantBrokenException("every fact is about something that the domain check knows"),
    };

    public override string ToString() => Kind switch
    {
        SubjectKind.Split => $"the splits of {Id?.Text}",
        SubjectKind.Claim => "a claim",
        SubjectKind.LogKeys => "the log's key",
        _ => Id?.Text ?? $"the {Kind.ToString().ToLowerInvariant()}",
    };
}

/// <summary>A history after one more fact, and what was wrong with that fact.</summary>
/// <param name="Next">As if the fact were right: one wrong fact is one defect, not a hundred.</param>
internal readonly record struct Step(SourceHistory Next, string? Defect);

/// <summary>What one source has told so far, as far as later facts are judged by it. Immutable.</summary>
internal abstract record SourceHistory
{
    /// <summary>The next fact of this source, at its index in the log.</summary>
    internal abstract Step After(Fact fact, long index);

    /// <summary>What waits for somebody, if the log ended here.</summary>
    internal virtual IEnumerable<OpenPoint> Open() => [];

    /// <summary>The history of a thing that has told nothing yet.</summary>
    internal static SourceHistory Begin(Subject subject) => subject.Kind switch
    {
        SubjectKind.Delivery => new DeliveryHistory(subject.Id!.Value),
        SubjectKind.Release => new ReleaseHistory(subject.Id!.Value),
        SubjectKind.Upload => new UploadHistory(subject.Id!.Value),
        SubjectKind.Recording => new RecordingHistory(),
        SubjectKind.Claim => new ClaimHistory(),
        SubjectKind.Patrol => new PatrolHistory(),
        SubjectKind.LogKeys => new LogKeyHistory(),
        SubjectKind.Split => new SplitHistory(subject.Id!.Value),
        SubjectKind.Erasure => new ErasureHistory(),
        _ => new CensusHistory(),
    };

    /// <param name="problems">In the order of the checks; null where all is well.</param>
    protected static Step Judge(SourceHistory next, params ReadOnlySpan<string?> problems)
    {
        foreach (var problem in problems)
        {
            if (problem is not null)
            {
                return new Step(next, problem);
            }
        }
        return new Step(next, null);
    }
}

/// <summary>Something without its end, and since when.</summary>
/// <param name="Since">Time of the fact that opened it, ms since 1970 UTC: a claim of the node that wrote it.</param>
/// <param name="Index">That fact's place in the log.</param>
internal readonly record struct OpenPoint(string Id, string State, long Since, long Index);
