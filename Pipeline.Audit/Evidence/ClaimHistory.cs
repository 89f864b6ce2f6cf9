using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>One identifier: one holder at a time, through releases that claim it once and give it back once.</summary>
internal sealed record ClaimHistory : SourceHistory
{
    /// <summary>Releases that any of its facts names.</summary>
    internal ImmutableHashSet<(EntityId Release, long Index)> Named { get; init; } = [];

    private EntityId? Holder { get; init; }

    private EntityId? Subject { get; init; }

    private ImmutableHashSet<EntityId> Releases { get; init; } = [];

    private ImmutableHashSet<EntityId> Contested { get; init; } = [];

    internal override Step After(Fact fact, long index) => fact switch
    {
        IdentifierClaimed f => Judge(
            Naming(f.Release, index) with { Holder = f.Holder, Subject = f.Subject, Releases = Releases.Add(f.Release) },
            Holder is null || (Holder == f.Holder && Subject == f.Subject) ? null : "a held identifier is claimed for somebody or something else",
            Releases.Contains(f.Release) ? $"{f.Release.Text} claims it twice" : null),
        ClaimConflicted f => Judge(
            Naming(f.Release, index) with { Contested = Contested.Add(f.Release) },
            Holder is null ? "a claim is contested that nobody holds" : null,
            Contested.Contains(f.Release) ? $"{f.Release.Text} is told twice that it is contested" : null),
        IdentifierReleased f => Judge(
            Without(f.Release),
            Releases.Contains(f.Release) ? null : $"{f.Release.Text} gives back what it does not hold",
            Holder == f.Holder && Subject == f.Subject ? null : "it is given back for another holder or subject than it was claimed for"),
        _ => new Step(this, null),
    };

    private ClaimHistory Naming(EntityId release, long index) => this with { Named = Named.Add((release, index)) };

    private ClaimHistory Without(EntityId release)
    {
        var rest = Releases.Remove(release);
        return rest.IsEmpty ? this with { Releases = rest, Holder = null, Subject = null } : this with { Releases = rest };
    }
}

/// <summary>A recording: each edition once.</summary>
internal sealed record RecordingHistory : SourceHistory
{
    internal ImmutableList<Edition> Editions { get; init; } = [];

    internal override Step After(Fact fact, long index) => fact is not EditionAdded f ? new Step(this, null) : Judge(
        this with { Editions = Editions.Add(new Edition(f.Release, f.Revision, f.Reference, f.File, f.Pcm, index)) },
        Editions.Any(e => (e.Release, e.Revision, e.Reference, e.Pcm) == (f.Release, f.Revision, f.Reference, f.Pcm))
            ? $"track {f.Reference} of revision {f.Revision} of {f.Release.Text} is added twice"
            : null);

    /// <summary>A form in which the recording came.</summary>
    internal sealed record Edition(EntityId Release, int Revision, string Reference, Sha256Digest File, Sha256Digest Pcm, long Index);
}
