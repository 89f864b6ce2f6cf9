using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Splits;

/// <summary>
/// Who owned what, of every recording and work, at any day, as known at any position: built from the facts of a log in
/// their order, asked by recording. Not for two threads at once while it is being built.
/// </summary>
public sealed class OwnershipHistory
{
    private readonly Dictionary<EntityId, List<SplitVersion>> _versions = [];
    private readonly Dictionary<(EntityId Subject, int Proposal), SplitSheet?> _proposed = [];

    /// <summary>Recordings and works with a version.</summary>
    public int Count => _versions.Count;

    /// <summary>The next fact; those that are not about splits change nothing. Private parts that are closed count as erased.</summary>
    /// <param name="position">In the log, ascending.</param>
    public void Follow(long position, Fact fact)
    {
        switch (fact)
        {
            case SplitProposed f:
                _proposed[(f.Subject, f.Proposal)] =
                    f.Private.Value is { } document && SplitSheet.TryRead(document, out var sheet) ? sheet : null;
                break;
            case SplitInForce f:
                _proposed.Remove((f.Subject, f.Proposal), out var agreed);
                if (!_versions.TryGetValue(f.Subject, out var versions))
                {
                    _versions.Add(f.Subject, versions = []);
                }
                Invariant.Require(versions.Count == 0 || versions[^1].Position < position, "facts are followed in the order of the log");
                versions.Add(new SplitVersion(f.Version, position, f.Proposal, agreed));
                break;
            case SplitRefused f:
                _proposed.Remove((f.Subject, f.Proposal));
                break;
            case SplitWithdrawn f:
                _proposed.Remove((f.Subject, f.Proposal));
                break;
            case SplitExpired f:
                _proposed.Remove((f.Subject, f.Proposal));
                break;
            default:
                break;
        }
    }

    /// <summary>As <see cref="InForce.At(IReadOnlyList{SplitVersion}, DateOnly, string, long)"/>; empty when nothing was known.</summary>
    public IReadOnlyList<Ownership> At(EntityId subject, DateOnly day, string territory, long knownAt) =>
        _versions.TryGetValue(subject, out var versions) ? InForce.At(versions, day, territory, knownAt) : [];
}
