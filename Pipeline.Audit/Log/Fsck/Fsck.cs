using System.Globalization;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// The complete check of a log from its files alone. Lists every defect, never stops at the first and never waits; says
/// what it did not check. The work is bounded by the files that exist, whatever they claim.
/// </summary>
public sealed class Fsck
{
    /// <summary>Numbers of level 0 that are checked together before their envelopes are followed in order.</summary>
    private const int ChunkTiles = 128;

    private readonly ILogFiles _files;
    private readonly FsckOptions _options;
    private readonly FsckFindings _findings;
    private byte[]? _checkpointBytes;

    private Fsck(ILogFiles files, FsckOptions options) =>
        (_files, _options, _findings) = (files, options, new FsckFindings(options.MaxDefects));

    /// <exception cref="IOException">The directory itself cannot be read: no verdict (exit 3). A single unreadable file is a defect.</exception>
    public static FsckReport Run(ILogFiles files, FsckOptions options)
    {
        Invariant.Require(options.MaxDefects >= 1 && options.Parallelism >= 1 && options.BasePosition >= 0, "fsck options are in range");
        return new Fsck(files, options).Run();
    }

    private FsckReport Run()
    {
        // The checkpoint first: whatever it names is there already, and what comes later lies beyond it.
        var keys = new KeyCheck(_findings, ReadBeside);
        keys.Run(_options);
        var checkpoint = ReadCheckpoint(keys, out var believed);
        // Listed twice, for a publisher may be at work: in between two folders of one listing a full file may come and the
        // partial one go, and neither be seen. What is full stays.
        var catalog = TileCatalog.Of(_files.List().Concat(_files.List()).Distinct());
        // Names with a dot are the publisher's own tools beside the log: its lock, its temporary files.
        foreach (var foreign in catalog.Foreign.Where(f => !f.StartsWith('.')))
        {
            _findings.Note($"{foreign} is no file of a log and is not covered");
        }
        if (checkpoint is null)
        {
            _findings.NotChecked.Add("Tiles and entries: no checkpoint tells how many there are.");
        }
        else
        {
            CheckTree(catalog, checkpoint, believed);
            NoteBeyond(catalog, checkpoint.Size);
            CheckRemembered(keys, checkpoint);
        }
        CheckWitnesses();
        _findings.NotChecked.Add("Private parts: their commitments need openings.");
        _findings.NotChecked.Add("The journal: a fact that never reached the log is not seen here; a node's reconciler compares the two.");
        return new FsckReport(
            checkpoint?.Origin, checkpoint?.Size ?? 0, checkpoint?.Root, _findings.Defects, _findings.More, _findings.Notes,
            _findings.Checked, _findings.NotChecked);
    }

    private void CheckWitnesses()
    {
        if (_options.Policy is not { } policy)
        {
            _findings.NotChecked.Add("Witnesses: no witness policy was given, their signatures are not judged.");
            return;
        }
        switch (policy.Judge(_checkpointBytes ?? []))
        {
            case PolicyVerdict.Rejected(var why):
                _findings.Defect(LogLayout.Checkpoint, $"by the policy: {why}");
                break;
            case PolicyVerdict.Unwitnessed { Why: var why }:
                _findings.Defect(LogLayout.Checkpoint, $"by the policy: {why}");
                break;
            case PolicyVerdict.Trusted { Witnesses: var by }:
                _findings.Checked.Add(policy.NeedsNobody
                    ? "The policy's log signed the checkpoint; its quorum needs no witness."
                    : $"The policy's quorum '{policy.Quorum}' cosigned the checkpoint: {string.Join(", ", by)}.");
                break;
        }
    }

    private byte[]? ReadBeside(string name, int maxBytes)
    {
        try
        {
            return _files.Read(name, maxBytes);
        }
        catch (IOException e)
        {
            _findings.Defect(name, $"cannot be read: {e.Message}");
            return [];
        }
    }

    /// <summary>The checkpoint, even one that is not believed, so that the rest can be looked at too.</summary>
    private Checkpoint? ReadCheckpoint(KeyCheck keys, out bool believed)
    {
        believed = false;
        var bytes = _checkpointBytes = ReadBeside(LogLayout.Checkpoint, SignedNote.MaxNoteBytes);
        if (bytes is null)
        {
            _findings.Defect(LogLayout.Checkpoint, "is missing");
            return null;
        }
        if (!SignedNote.TryParse(bytes, out var note, out var problem) || !Checkpoint.TryParseBody(note.Text, out var read, out problem))
        {
            _findings.Defect(LogLayout.Checkpoint, problem);
            return null;
        }
        if (keys.Trusted.Count == 0)
        {
            _findings.NotChecked.Add("The checkpoint's signature: there is no key.");
            return read;
        }
        if (!Checkpoint.TryOpen(bytes, keys.Trusted, out _, out var by, out problem))
        {
            _findings.Defect(LogLayout.Checkpoint, keys.Explain(problem, bytes));
            return read;
        }
        believed = true;
        keys.SaySignedBy(read.Size, by);
        return read;
    }

    private void CheckTree(TileCatalog catalog, Checkpoint checkpoint, bool believed)
    {
        var size = checkpoint.Size;
        var chains = new EnvelopeChains(_options.BasePosition, _findings);
        var level1 = new ComputedLevel();
        var lastLeaves = CheckLevel0(catalog, size, chains, level1);
        var upper = new UpperLevels(_files, catalog, size, _findings);
        var root = upper.Check(lastLeaves, level1);
        if (root is null)
        {
            _findings.Defect(LogLayout.Checkpoint, "its root cannot be recomputed, hashes are missing");
        }
        else if (root != checkpoint.Root)
        {
            _findings.Defect(LogLayout.Checkpoint, $"its root is {checkpoint.Root}, the leaves lead to {root}");
        }
        else
        {
            _findings.Checked.Add(believed ? "The leaves lead to the checkpoint's root." : "The leaves lead to the root of the checkpoint, which itself is not believed.");
        }
        _findings.Checked.Add($"All {size} entries were hashed against their tiles, and {upper.Tiles} tiles above them were recomputed.");
        var history = new HistoryCheck(_files, catalog, size, _findings);
        try
        {
            history.Run(_options.History);
        }
        catch (IOException e)
        {
            _findings.Defect(LogLayout.History, $"cannot be read: {e.Message}");
        }
        if (history.Sizes > 0)
        {
            _findings.Checked.Add($"The files of all {history.Sizes} published sizes up to the checkpoint were looked for; partial files that are there were compared.");
        }
        SayEnvelopes(chains);
    }

    private void SayEnvelopes(EnvelopeChains chains)
    {
        if (!_options.Envelopes)
        {
            _findings.NotChecked.Add("Envelopes: switched off, the entries are taken as plain bytes.");
            return;
        }
        _findings.Checked.Add($"{chains.Leaves} leaves: the numbers of {chains.Sources} sources have no hole, the threads of {chains.Assets} assets are unbroken.");
        if (_options.BasePosition > 0)
        {
            _findings.NotChecked.Add($"{chains.BeforeBase} links into the log before position {_options.BasePosition}.");
        }
    }

    /// <summary>Checks entries and level 0 in parallel, and follows the envelopes of the chunk before meanwhile.</summary>
    /// <returns>The leaf hashes behind the last full tile.</returns>
    private byte[]? CheckLevel0(TileCatalog catalog, long size, EnvelopeChains chains, ComputedLevel level1)
    {
        var count = size == 0 ? 0 : ((size - 1) / TilePath.FullWidth) + 1;
        var numbers = catalog.Numbers(0).Where(n => n < count).ToArray();
        var check = new BundleCheck(_files, catalog, size, _options);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Parallelism };
        byte[]? lastLeaves = size % TilePath.FullWidth == 0 ? [] : null;
        var (expected, whole) = (0L, true);
        var following = Task.CompletedTask;
        for (var from = 0; from < numbers.Length; from += ChunkTiles)
        {
            var outcomes = new BundleOutcome[Math.Min(ChunkTiles, numbers.Length - from)];
            var first = from;
            Parallel.For(0, outcomes.Length, parallel, i => outcomes[i] = check.Run(numbers[first + i]));
            following.GetAwaiter().GetResult();
            foreach (var outcome in outcomes)
            {
                whole &= outcome.Number == expected;
                ReportMissing(expected, outcome.Number, size);
                expected = outcome.Number + 1;
                _findings.Add(outcome.Findings);
                lastLeaves = outcome.Width < TilePath.FullWidth ? outcome.LeafHashes : lastLeaves;
                if (outcome.Root is { } root)
                {
                    level1.Add(outcome.Number, root);
                }
            }
            following = Follow(outcomes, chains, ref whole);
        }
        following.GetAwaiter().GetResult();
        ReportMissing(expected, count, size);
        if (!whole && _options.Envelopes)
        {
            _findings.NotChecked.Add("Numbers of sources and threads of assets behind the first bundle that cannot be read.");
        }
        return lastLeaves;
    }

    private Task Follow(BundleOutcome[] outcomes, EnvelopeChains chains, ref bool whole)
    {
        var rows = new List<(long, EnvelopeRows)>();
        foreach (var outcome in outcomes)
        {
            whole &= !_options.Envelopes || outcome.Envelopes is not null;
            if (whole && outcome.Envelopes is { } read)
            {
                rows.Add((outcome.Number * TilePath.FullWidth, read));
            }
        }
        return Task.Run(() => rows.ForEach(r => chains.Follow(r.Item1, r.Item2)));
    }

    private void ReportMissing(long from, long to, long size)
    {
        string Range(long n) => Width(n) is var width && width == TilePath.FullWidth
            ? $"{TilePath.Entries(n).Text} and {TilePath.Hashes(0, n).Text}"
            : $"{TilePath.Entries(n, width).Text} and {TilePath.Hashes(0, n, width).Text}";
        int Width(long n) => (int)Math.Min(TilePath.FullWidth, size - (n * TilePath.FullWidth));
        _findings.Missing(from, to, Range);
    }

    private void NoteBeyond(TileCatalog catalog, long size)
    {
        foreach (var level in catalog.Levels)
        {
            var onLevel = TilePath.HashesOnLevel(size, level);
            var count = onLevel == 0 ? 0 : ((onLevel - 1) / TilePath.FullWidth) + 1;
            foreach (var file in catalog.Numbers(level).Where(n => n >= count).SelectMany(n => catalog.At(level, n)))
            {
                _findings.Note($"{file.Text} lies beyond the checkpoint and is not covered");
            }
        }
    }

    private void CheckRemembered(KeyCheck keys, Checkpoint current)
    {
        const string place = FsckReport.RememberedPlace;
        if (_options.Remembered is null || keys.Trusted.Count == 0)
        {
            _findings.NotChecked.Add("Roll-back: no remembered checkpoint was given, so an older, validly signed state would pass.");
            return;
        }
        if (!Checkpoint.TryOpen(_options.Remembered, keys.Known, out var old, out _, out var problem))
        {
            _findings.Defect(place, problem);
            return;
        }
        if (old.Size > current.Size)
        {
            _findings.Defect(place, string.Create(CultureInfo.InvariantCulture, $"has size {old.Size}, the log only {current.Size}: it was rolled back"));
            return;
        }
        try
        {
            var root = old.Size == current.Size ? current.Root : ProofBuilder.Root(old.Size, new TileReader(_files, current.Size).Read);
            if (root != old.Root)
            {
                _findings.Defect(place, $"its root {old.Root} at size {old.Size} is not in this log's past, which leads to {root}: two histories");
                return;
            }
            _findings.Checked.Add($"The remembered checkpoint of size {old.Size} is a prefix of the log.");
        }
        catch (IOException e)
        {
            _findings.NotChecked.Add($"The remembered checkpoint: {e.Message}.");
        }
    }
}
