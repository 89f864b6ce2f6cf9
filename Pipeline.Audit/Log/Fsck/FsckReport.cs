using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>What to check, and what the caller knows that the log does not say of itself.</summary>
public sealed record FsckOptions
{
    /// <summary>
    /// Keys from elsewhere, of one origin; the checkpoint must carry the line of one of them. Empty: the log's own <c>vkey</c>
    /// and <c>vkeys</c> files, which prove less, and the report says so.
    /// </summary>
    public IReadOnlyList<NoteVerifierKey> LogKeys { get; init; } = [];

    /// <summary>The one key from elsewhere, as <see cref="LogKeys"/>.</summary>
    public NoteVerifierKey? LogKey
    {
        get => LogKeys.Count == 1 ? LogKeys[0] : null;
        init => LogKeys = value is null ? [] : [value];
    }

    /// <summary>Whom the caller trusts: the key comes from it, and its quorum must have cosigned. Null: not checked.</summary>
    public TrustPolicy? Policy { get; init; }

    /// <summary>A signed checkpoint of this log kept from earlier: the log must still contain it. Null: not checked.</summary>
    public byte[]? Remembered { get; init; }

    /// <summary>Are the entries leaves of ours? Off for foreign logs only.</summary>
    public bool Envelopes { get; init; } = true;

    /// <summary>Must there be a <c>history</c>? Off for foreign logs only.</summary>
    public bool History { get; init; } = true;

    /// <summary>Position of entry 0: more than 0 in a log that continues another.</summary>
    public long BasePosition { get; init; }

    /// <summary>Defects and notes listed one by one; the rest is counted.</summary>
    public int MaxDefects { get; init; } = 100;

    /// <summary>Threads.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Place">A file, or an entry as <c>entry N</c>.</param>
/// <param name="What">What is wrong with it.</param>
public sealed record FsckDefect(string Place, string What);

/// <summary>All that a check of a log found, and what it did not look at.</summary>
/// <param name="Origin">From the checkpoint; null when it could not be read.</param>
/// <param name="Size">The checkpoint's size.</param>
/// <param name="Root">The checkpoint's root.</param>
/// <param name="Defects">The first defects, in the order of the log.</param>
/// <param name="More">How many more there are.</param>
/// <param name="Notes">What is no defect but worth knowing: files beyond the checkpoint, foreign files.</param>
/// <param name="Checked">Sentences: what holds, if there is no defect.</param>
/// <param name="NotChecked">Sentences: what this check cannot or was not asked to see.</param>
public sealed record FsckReport(
    string? Origin, long Size, Sha256Digest? Root,
    IReadOnlyList<FsckDefect> Defects, long More,
    IReadOnlyList<string> Notes, IReadOnlyList<string> Checked, IReadOnlyList<string> NotChecked)
{
    internal const string RememberedPlace = "remembered checkpoint";

    public bool IsClean => Defects.Count == 0 && More == 0;

    /// <summary>True when the log is no continuation of the checkpoint kept from earlier: both notes are evidence.</summary>
    public bool ContradictsRemembered => Defects.Any(d => d.Place == RememberedPlace);
}

/// <summary>Collects defects and notes up to a bound and counts the rest. Not thread-safe.</summary>
internal sealed class FsckFindings(int max)
{
    private readonly List<FsckDefect> _defects = [];
    private readonly List<string> _notes = [];
    private long _moreNotes;

    internal IReadOnlyList<FsckDefect> Defects => _defects;

    internal long More { get; private set; }

    internal List<string> Checked { get; } = [];

    internal List<string> NotChecked { get; } = [];

    internal IReadOnlyList<string> Notes =>
        _moreNotes == 0 ? _notes : [.. _notes, $"{_moreNotes} more such notes"];

    internal void Defect(string place, string what)
    {
        if (_defects.Count < max)
        {
            _defects.Add(new FsckDefect(place, what));
        }
        else
        {
            More++;
        }
    }

    /// <summary>Files of the numbers from <paramref name="from"/> to below <paramref name="to"/> are missing: a hostile size may claim 2^55 of them.</summary>
    internal void Missing(long from, long to, Func<long, string> place)
    {
        for (; from < to && _defects.Count < max; from++)
        {
            Defect(place(from), "is missing");
        }
        More += to - from;
    }

    internal void Note(string text)
    {
        if (_notes.Count < max)
        {
            _notes.Add(text);
        }
        else
        {
            _moreNotes++;
        }
    }

    internal void Add(FsckFindings part)
    {
        foreach (var defect in part._defects)
        {
            Defect(defect.Place, defect.What);
        }
        More += part.More;
        foreach (var note in part._notes)
        {
            Note(note);
        }
        _moreNotes += part._moreNotes;
    }
}
