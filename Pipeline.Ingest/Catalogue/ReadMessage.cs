using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>What came of reading a message.</summary>
public abstract record ReadMessage
{
    private ReadMessage()
    {
    }

    /// <summary>
    /// The message could be read: it has a message id, a release id and at least one track, and no finding of the
    /// reader rejects. Whether it is right is for <see cref="MetadataRules"/> to say.
    /// </summary>
    public sealed record Read(UnvalidatedRelease Release, IReadOnlyList<Finding> Findings) : ReadMessage;

    /// <summary>A request to remove a release. Whether its sender may ask for that is not a question to the message.</summary>
    public sealed record Purge(UnvalidatedPurge Request, IReadOnlyList<Finding> Findings) : ReadMessage;

    /// <summary>The message is refused as it stands: at least one finding rejects.</summary>
    public sealed record Refused(IReadOnlyList<Finding> Findings) : ReadMessage
    {
        /// <summary>
        /// As far as it could be put together, so that the sender hears of every fault at once. Nothing of it is ever applied.
        /// </summary>
        public UnvalidatedRelease? Release { get; init; }
    }

    internal static ReadMessage Refuse(params IReadOnlyList<Finding> findings)
    {
        Invariant.Require(findings.Refuse(), "a refused message has a finding that rejects");
        return new Refused(Bound(findings));
    }

    /// <summary>
    /// A hostile message must not fill our journal, nor our memory, with its faults. The worst come first, so none is lost
    /// that decides; what is beyond the limit is counted and let go as it comes.
    /// </summary>
    internal static IReadOnlyList<Finding> Bound(IEnumerable<Finding> findings)
    {
        var inOrder = new List<Finding>();
        var total = 0;
        SortedDictionary<Severity, List<Finding>>? worst = null;
        foreach (var finding in findings)
        {
            total++;
            if (worst is null && inOrder.Count < CatalogueLimits.MaxFindings)
            {
                inOrder.Add(finding);
                continue;
            }
            worst ??= BySeverity(inOrder);
            Keep(worst, finding);
        }
        return worst is null
            ? inOrder
            : [.. worst.Values.Reverse().SelectMany(f => f).Take(CatalogueLimits.MaxFindings - 1),
                Rules.FindingsCut.Broken("/", total.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    $"Only the {CatalogueLimits.MaxFindings - 1} worst findings are listed.", "Mend these first and send again.")];
    }

    private static SortedDictionary<Severity, List<Finding>> BySeverity(List<Finding> findings)
    {
        var kept = new SortedDictionary<Severity, List<Finding>>();
        foreach (var finding in findings)
        {
            Keep(kept, finding);
        }
        return kept;
    }

    private static void Keep(SortedDictionary<Severity, List<Finding>> kept, Finding finding)
    {
        if (!kept.TryGetValue(finding.Severity, out var of))
        {
            kept[finding.Severity] = of = [];
        }
        if (of.Count < CatalogueLimits.MaxFindings)
        {
            of.Add(finding);
        }
    }
}
