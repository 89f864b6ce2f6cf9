namespace Pipeline.Audit.Log;

/// <summary>
/// Checks the list of published sizes, and that what each of them promised can still be served: its partial files, or
/// the full ones that took their place.
/// </summary>
internal sealed class HistoryCheck(ILogFiles files, TileCatalog catalog, long size, FsckFindings findings)
{
    private const int MaxHistoryBytes = 512 * 1024 * 1024;

    private readonly HashSet<TilePath> _reported = [];

    /// <summary>Published sizes up to the checkpoint's.</summary>
    internal long Sizes { get; private set; }

    internal void Run(bool required)
    {
        var bytes = files.Read(LogLayout.History, MaxHistoryBytes);
        if (bytes is null)
        {
            if (required)
            {
                findings.Defect(LogLayout.History, "is missing");
            }
            else
            {
                findings.NotChecked.Add("Partial files of earlier published sizes: the log has no history.");
            }
            return;
        }
        if (bytes.Length > MaxHistoryBytes)
        {
            findings.Defect(LogLayout.History, $"is longer than {MaxHistoryBytes} bytes");
            return;
        }
        ReadOnlySpan<byte> rest = bytes;
        var (last, ahead, lines, listed) = (-1L, 0L, 0L, false);
        while (NoteText.TryLine(ref rest, out var line))
        {
            lines++;
            if (!NoteText.TryDecimal(line, out var published) || published <= last)
            {
                findings.Defect(LogLayout.History, $"line {lines} is not a decimal number above the one before");
                continue;
            }
            last = published;
            listed |= published == size;
            if (published > size)
            {
                ahead++;
                continue;
            }
            Sizes++;
            RequireFiles(published);
        }
        if (rest.Length > 0)
        {
            findings.Note("history ends inside a line: a publication was interrupted, its size is not counted");
        }
        if (ahead > 0)
        {
            findings.Note($"history goes on to size {last}, beyond the checkpoint: a publication was interrupted or is under way");
        }
        if (!listed)
        {
            findings.Defect(LogLayout.History, $"does not list the checkpoint's size {size}");
        }
    }

    private void RequireFiles(long published)
    {
        for (var level = 0; TilePath.HashesOnLevel(published, level) is > 0 and var onLevel; level++)
        {
            var (number, width) = (onLevel / TilePath.FullWidth, (int)(onLevel % TilePath.FullWidth));
            // A number that is full by now is asked for as full already.
            if (width == 0 || number != TilePath.HashesOnLevel(size, level) / TilePath.FullWidth)
            {
                continue;
            }
            Require(TilePath.Hashes(level, number, width), published);
            if (level == 0)
            {
                Require(TilePath.Entries(number, width), published);
            }
        }
    }

    private void Require(TilePath path, long published)
    {
        if (!catalog.Has(path) && !catalog.Has(path.Full) && _reported.Add(path) && published != size)
        {
            findings.Defect(path.Text, $"is missing: size {published} was published with it and no full file has taken its place");
        }
    }
}
