using System.Globalization;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;

namespace Pipeline.Audit.Evidence;

/// <summary>All sources of a log side by side. Each is judged as its facts come, what they say of each other at the end.</summary>
internal sealed class DomainHistory(FsckFindings findings)
{
    private readonly Dictionary<UInt128, int> _numbers = [];
    private readonly List<Source> _sources = [];
    private readonly Dictionary<Subject, int> _subjects = [];
    private readonly SortedDictionary<string, long> _unknown = new(StringComparer.Ordinal);
    private readonly CensusTally _tally = new();
    private long _entries;
    private long? _newest;
    private long _opened;
    private long _sealed;

    /// <summary>The next entry of the log.</summary>
    internal void Follow(in ReadLeaf leaf)
    {
        var index = _entries++;
        if (leaf.Problem is { } problem)
        {
            Defect(index, problem);
        }
        if (!_numbers.TryGetValue(leaf.Source, out var number))
        {
            number = _numbers[leaf.Source] = _sources.Count;
            _sources.Add(Begin(index, leaf));
        }
        var source = _sources[number];
        _tally.Add(number, leaf.Source, source.Kind);
        if (leaf.Fact is not { } fact)
        {
            // What comes later from this source cannot be judged without what this entry says.
            _sources[number] = source with { History = null };
            if (leaf.Problem is null)
            {
                _unknown[leaf.Manifest] = _unknown.GetValueOrDefault(leaf.Manifest) + 1;
            }
            return;
        }
        _newest = Math.Max(_newest ?? fact.At, fact.At);
        _opened += fact.Opening is null ? 0 : 1;
        _sealed += fact.HasPrivatePart() && fact.Opening is null ? 1 : 0;
        if (source.History is not null)
        {
            Judge(number, source, fact, index);
        }
    }

    /// <summary>The report, once every entry was followed.</summary>
    /// <param name="shown">The keys that the log's files show; null when they cannot be read.</param>
    internal DomainReport End(DomainOptions options, LogVkeys? shown)
    {
        var histories = _sources.Where(s => s.History is not null).Select(s => s.History!).ToList();
        var links = new DomainLinks(histories, findings);
        if (_unknown.Count == 0)
        {
            links.Check();
        }
        CheckKeys(histories.OfType<LogKeyHistory>().FirstOrDefault(), shown);
        var asOf = options.AsOf ?? _newest;
        var open = histories.SelectMany(h => h.Open())
            .OrderBy(o => o.Since).ThenBy(o => o.Index)
            .Select(o => new OpenThing(o.Id, o.State, o.Since, Math.Max(0, (asOf ?? o.Since) - o.Since), o.Index))
            .ToList();
        foreach (var beyond in options.Openings?.Beyond(_entries) ?? [])
        {
            Defect(beyond, string.Create(CultureInfo.InvariantCulture, $"there is an opening of it, and the log has {_entries} entries"));
        }
        Say(histories, open.Count);
        SayErased(histories.OfType<ErasureHistory>().FirstOrDefault(), options.Openings);
        SayOpened(histories, options.Openings);
        return new DomainReport(
            asOf, findings.Defects, findings.More, [.. open.Take(options.MaxOpen)], Math.Max(0, open.Count - options.MaxOpen),
            findings.Checked, findings.NotChecked);
    }

    private void CheckKeys(LogKeyHistory? told, LogVkeys? shown)
    {
        if (told is null)
        {
            return;
        }
        if (shown is null)
        {
            findings.NotChecked.Add("The keys that the log announces: its files vkey and vkeys cannot be read.");
            return;
        }
        foreach (var (file, what) in told.Against(shown))
        {
            findings.Defect(file, what);
        }
        findings.Checked.Add($"{told.Named.Count} keys of the log are announced and retired in a legal order, and vkeys lists them.");
    }

    private Source Begin(long index, in ReadLeaf leaf)
    {
        if (leaf.Fact is not { } fact)
        {
            return new Source(default, null, CountedKind.Other);
        }
        var subject = Subject.Of(fact);
        // Claims have no public id: two of them cannot be told to be one.
        if (subject.Kind != SubjectKind.Claim && !_subjects.TryAdd(subject, _sources.Count))
        {
            Defect(index, $"a second source speaks of {subject}");
        }
        return new Source(subject, SourceHistory.Begin(subject), subject.Kind switch
        {
            SubjectKind.Delivery => CountedKind.Delivery,
            SubjectKind.Release => CountedKind.Release,
            SubjectKind.Upload => CountedKind.Upload,
            _ => CountedKind.Other,
        });
    }

    private void Judge(int number, Source source, Fact fact, long index)
    {
        var subject = Subject.Of(fact);
        if (subject != source.Subject)
        {
            Defect(index, $"the source of {source.Subject} speaks of {subject}");
            return;
        }
        var (next, defect) = source.History!.After(fact, index);
        _sources[number] = source with { History = next };
        if (defect is not null)
        {
            Defect(index, $"{subject}: {defect}");
        }
        if (fact is Census census && _tally.Compare(census) is { } difference)
        {
            Defect(index, difference);
        }
    }

    private void Defect(long index, string what) => findings.Defect(string.Create(CultureInfo.InvariantCulture, $"entry {index}"), what);

    private void Say(List<SourceHistory> histories, int open)
    {
        long Count<T>() => histories.OfType<T>().LongCount();
        findings.Checked.Add($"{Count<DeliveryHistory>()} deliveries, {Count<ReleaseHistory>()} releases and {Count<UploadHistory>()} uploads have a legal order of facts, and each its outcome or a place among the {open} open things.");
        findings.Checked.Add($"{Count<ClaimHistory>()} claims, {Count<RecordingHistory>()} recordings and the patrol's damages and repairs follow one from another; nothing final happened twice.");
        findings.Checked.Add($"{Count<SplitHistory>()} recordings and works have splits that came into force with an acceptance for each party, by at least two people, while they were open.");
        findings.Checked.Add("The digests of contents and message are the same from the delivery to the release; where all files of a delivery came as uploads, so are those of its message and its editions; each stage passed with an input that was attempted.");
        if (_tally.Recounts > 0)
        {
            findings.Checked.Add($"{_tally.Recounts} censuses of the journal count what the log has.");
        }
        else
        {
            findings.NotChecked.Add("The census: there is none yet, so a source that never reached the log would not be missed.");
        }
        if (_tally.NotRecounted > 0)
        {
            findings.NotChecked.Add($"{_tally.NotRecounted} censuses that go back or lie beyond the first {CensusTally.MaxRecounts}.");
        }
        foreach (var (manifest, count) in _unknown)
        {
            findings.NotChecked.Add($"{count} facts '{manifest}', which this release does not know, whatever their sources wrote after them, and what facts say of each other.");
        }
        findings.NotChecked.Add("What documents in the vault list (a delivery's files, a stage's results, an archive's objects): the log has their digests only.");
        findings.NotChecked.Add("Cases of contested identifiers: no fact closes one yet.");
        findings.NotChecked.Add("Statements, allocations, payouts and approvals: no facts of theirs exist yet.");
    }

    /// <summary>What is erased must be gone: an opening of it that somebody still hands in came from us, or from a copy.</summary>
    private void SayErased(ErasureHistory? erasures, Openings? openings)
    {
        if (erasures is null)
        {
            return;
        }
        findings.Checked.Add(string.Create(
            CultureInfo.InvariantCulture, $"{erasures.Erased.Count} entries had their private parts erased, each by an order before it."));
        if (openings is not null && erasures.Erased.Count(openings.Has) is > 0 and var kept)
        {
            findings.NotChecked.Add(string.Create(
                CultureInfo.InvariantCulture, $"Why the openings have {kept} private parts that the log says are erased: they may have been taken before."));
        }
    }

    /// <summary>What was said of private parts rests on the openings alone; those that nobody handed in stay closed.</summary>
    private void SayOpened(List<SourceHistory> histories, Openings? openings)
    {
        var splits = histories.OfType<SplitHistory>().ToList();
        var (versions, opened) = (splits.Sum(s => s.Versions.Count), splits.Sum(s => s.Opened));
        if (opened > 0)
        {
            findings.Checked.Add(string.Create(CultureInfo.InvariantCulture, $"{opened} splits in force are whole sheets; each party on them, and each whose share fell, consented."));
        }
        if (versions > opened)
        {
            findings.NotChecked.Add(string.Create(CultureInfo.InvariantCulture, $"{versions - opened} splits in force: weights, and who consented, are private; how many did was counted."));
        }
        if (_opened > 0)
        {
            findings.Checked.Add(string.Create(CultureInfo.InvariantCulture, $"{_opened} private parts are what the log committed to."));
        }
        if (_sealed > 0)
        {
            findings.NotChecked.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{_sealed} private parts: {(openings is null ? "their commitments need --openings FILE" : "the openings have none of them, or they were erased")}."));
        }
    }

    /// <param name="History">Null once something of it cannot be read.</param>
    private sealed record Source(Subject Subject, SourceHistory? History, CountedKind Kind);
}
