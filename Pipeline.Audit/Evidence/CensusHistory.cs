using Pipeline.Audit.Facts;

namespace Pipeline.Audit.Evidence;

/// <summary>Censuses go forward: each speaks of more of the log than the one before, and of nothing that comes after it.</summary>
internal sealed record CensusHistory : SourceHistory
{
    private long AsOf { get; init; } = -1;

    internal override Step After(Fact fact, long index) => fact is not Census f ? new Step(this, null) : Judge(
        this with { AsOf = Math.Max(AsOf, f.AsOf) },
        f.AsOf >= 0 && f.AsOf <= index ? null : $"a census at entry {index} speaks of {f.AsOf} entries",
        f.AsOf > AsOf ? null : $"a census of {f.AsOf} entries follows one of {AsOf}");
}

/// <summary>
/// Counts the sources of the log up to any entry, going forward only: what each <see cref="Census"/> is held against. Takes
/// four bytes an entry. That each source's numbers are whole is fsck's to show, so its last number is its number of facts.
/// </summary>
internal sealed class CensusTally
{
    /// <summary>Ten years of days. Recounting costs as much as there are sources, so a hostile log is not recounted for ever.</summary>
    internal const int MaxRecounts = 4_000;

    private readonly List<int> _sourceOfEntry = [];
    private readonly List<UInt128> _sources = [];
    private readonly List<CountedKind> _kinds = [];
    private readonly List<long> _counts = [];
    private int _counted;

    internal int Recounts { get; private set; }

    internal int NotRecounted { get; private set; }

    /// <summary>The next entry.</summary>
    /// <param name="number">Number of its source, from 0 in the order in which sources first wrote.</param>
    internal void Add(int number, UInt128 source, CountedKind kind)
    {
        if (number == _sources.Count)
        {
            _sources.Add(source);
            _kinds.Add(kind);
        }
        _sourceOfEntry.Add(number);
    }

    /// <returns>What differs; null when the census says what the log says, or is not recounted.</returns>
    internal string? Compare(Census census)
    {
        if (census.AsOf < _counted || census.AsOf > _sourceOfEntry.Count || Recounts == MaxRecounts)
        {
            NotRecounted++;
            return null;
        }
        Recounts++;
        for (; _counted < census.AsOf; _counted++)
        {
            var number = _sourceOfEntry[_counted];
            if (number == _counts.Count)
            {
                _counts.Add(0);
            }
            _counts[number]++;
        }
        var ours = CensusCount.Of([.. _counts.Select((count, i) => new CountedSource(_sources[i], count, _kinds[i]))]);
        var theirs = new CensusCount(census.Sources, census.Facts, census.Deliveries, census.Releases, census.Uploads, census.Root);
        return ours == theirs ? null : $"the census of {census.AsOf} entries counts {theirs}, the log has {ours}";
    }
}
