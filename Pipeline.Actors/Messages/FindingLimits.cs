using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Messages;

/// <summary>Bounds on what a fact carries of findings: a file with a million faults is told the first of them.</summary>
public static class FindingLimits
{
    /// <summary>Findings in one fact.</summary>
    public const int MaxFindings = 100;

    /// <summary>Rule ids in a public part, which must fit a leaf.</summary>
    public const int MaxRuleIds = 50;

    /// <summary>Worst first, at most <see cref="MaxFindings"/>, the last one counting the rest.</summary>
    public static FindingList Bound(IReadOnlyList<Finding> findings)
    {
        if (findings.Count <= MaxFindings)
        {
            return new FindingList(findings);
        }
        var kept = findings.OrderByDescending(f => f.Severity).Take(MaxFindings - 1).ToList();
        kept.Add(Finding.Info(
            "MORE_FINDINGS", "", $"{findings.Count - kept.Count}",
            $"{findings.Count - kept.Count} more findings are not listed.",
            "Correct those listed and deliver again, or run 'mp inspect' on the folder for all of them."));
        return new FindingList(kept);
    }

    /// <summary>The rules that stop, distinct, in ordinal order.</summary>
    public static IReadOnlyList<string> RuleIds(IReadOnlyList<Finding> findings) =>
        [.. findings.Where(f => f.Severity >= Severity.Block).Select(f => f.Rule).Distinct().Order(StringComparer.Ordinal).Take(MaxRuleIds)];
}
