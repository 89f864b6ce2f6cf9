using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Export;

/// <summary>Collects what a validation finds: a bounded list, and how many more there were.</summary>
internal sealed class BagFindings
{
    /// <summary>A bag of a million wrong files says the same a million times; this many are enough to see it.</summary>
    public const int MaxKept = 1000;

    private readonly List<Finding> _kept = [];

    public IReadOnlyList<Finding> Kept => _kept;

    /// <summary>Found beyond <see cref="MaxKept"/>.</summary>
    public long More { get; private set; }

    /// <summary>True once anything says that the bag is not valid.</summary>
    public bool Refused { get; private set; }

    public void Reject(string rule, string place, string? value, string message, string remedy) =>
        Add(Finding.Reject(rule, place, value, message, remedy));

    public void Warn(string rule, string place, string? value, string message, string remedy) =>
        Add(Finding.Warn(rule, place, value, message, remedy));

    /// <summary>Rejects from <paramref name="since"/> on; earlier drafts left it open, there it is a warning.</summary>
    public void Since(BagVersion since, BagVersion version, string rule, string place, string? value, string message, string remedy) =>
        Add(version.IsAtLeast(since)
            ? Finding.Reject(rule, place, value, message, remedy)
            : Finding.Warn(rule, place, value, message, remedy));

    private void Add(Finding finding)
    {
        Refused |= finding.Severity >= Severity.Block;
        // Warnings must not crowd out the refusal that decides: room is kept for it.
        if (_kept.Count < MaxKept && (finding.Severity >= Severity.Block || _kept.Count < MaxKept / 2))
        {
            _kept.Add(finding);
        }
        else
        {
            More++;
        }
    }
}
