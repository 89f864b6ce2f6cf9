using Pipeline.Audit.Log;

namespace Pipeline.Audit.Evidence;

/// <summary>What the caller knows that the log does not say.</summary>
public sealed record DomainOptions
{
    /// <summary>The instant ages are counted to, ms since 1970 UTC. Null: the newest fact's time, for there is no clock here.</summary>
    public long? AsOf { get; init; }

    /// <summary>Defects listed one by one; the rest is counted.</summary>
    public int MaxDefects { get; init; } = 100;

    /// <summary>Open things listed one by one, the oldest first; the rest is counted.</summary>
    public int MaxOpen { get; init; } = 100;

    /// <summary>Private parts that the caller may see: each must fit its entry. Null: none are looked at.</summary>
    public Openings? Openings { get; init; }

    /// <summary>Threads.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;
}

/// <summary>Something that waits for its end. Not wrong, but somebody's next action.</summary>
/// <param name="Id">The release, delivery or upload; for a copy its digest and store.</param>
/// <param name="State">What it is in, e.g. <c>quarantined</c>.</param>
/// <param name="Since">Time of the fact that opened it, ms since 1970 UTC: a claim of the node that wrote it.</param>
/// <param name="AgeMilliseconds">From there to the report's instant; 0 where clocks disagree.</param>
/// <param name="Index">That fact's place in the log.</param>
public sealed record OpenThing(string Id, string State, long Since, long AgeMilliseconds, long Index);

/// <summary>What the domain check found, and what it did not look at.</summary>
/// <param name="AsOf">The instant ages are counted to, ms since 1970 UTC; null for a log without facts.</param>
/// <param name="Defects">The first defects, in the order they were met.</param>
/// <param name="More">How many more there are.</param>
/// <param name="Open">The oldest open things.</param>
/// <param name="MoreOpen">How many more there are.</param>
/// <param name="Checked">Sentences: what holds, if there is no defect.</param>
/// <param name="NotChecked">Sentences: what the log alone cannot show, or this release does not look at.</param>
public sealed record DomainReport(
    long? AsOf, IReadOnlyList<FsckDefect> Defects, long More, IReadOnlyList<OpenThing> Open, long MoreOpen,
    IReadOnlyList<string> Checked, IReadOnlyList<string> NotChecked)
{
    /// <summary>Nothing is wrong. Things may be open.</summary>
    public bool IsClean => Defects.Count == 0 && More == 0;
}
