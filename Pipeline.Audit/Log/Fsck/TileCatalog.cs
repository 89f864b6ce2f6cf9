namespace Pipeline.Audit.Log;

/// <summary>
/// The tile files that are there, by place. Everything fsck walks, it walks over what exists, never over what a size
/// claims: a checkpoint may claim 2^63 entries.
/// </summary>
internal sealed class TileCatalog
{
    private readonly Dictionary<int, Dictionary<long, List<TilePath>>> _levels = [];
    private readonly HashSet<TilePath> _all = [];

    private TileCatalog()
    {
    }

    /// <summary>Files below <c>tile/</c> or beside it that are no part of a log.</summary>
    internal List<string> Foreign { get; } = [];

    internal static TileCatalog Of(IEnumerable<string> paths)
    {
        var catalog = new TileCatalog();
        foreach (var path in paths)
        {
            if (TilePath.TryParse(path, out var tile))
            {
                catalog.Add(tile);
            }
            else if (path is not (LogLayout.Checkpoint or LogLayout.Vkey or LogLayout.Vkeys or LogLayout.History))
            {
                catalog.Foreign.Add(path);
            }
        }
        catalog.Foreign.Sort(StringComparer.Ordinal);
        return catalog;
    }

    internal bool Has(TilePath path) => _all.Contains(path);

    /// <summary>Levels that have files, lowest first.</summary>
    internal IEnumerable<int> Levels => _levels.Keys.Order();

    /// <summary>Numbers on a level that have a file of any width, ascending. On level 0 of tiles and bundles alike.</summary>
    internal long[] Numbers(int level) => _levels.TryGetValue(level, out var numbers) ? [.. numbers.Keys.Order()] : [];

    /// <summary>The files of one number, the narrowest first.</summary>
    internal IEnumerable<TilePath> At(int level, long number) =>
        _levels.TryGetValue(level, out var numbers) && numbers.TryGetValue(number, out var files) ? files.OrderBy(f => f.Width) : [];

    private void Add(TilePath tile)
    {
        if (!_levels.TryGetValue(tile.Level, out var numbers))
        {
            _levels[tile.Level] = numbers = [];
        }
        if (!numbers.TryGetValue(tile.Number, out var files))
        {
            numbers[tile.Number] = files = new List<TilePath>(2);
        }
        files.Add(tile);
        _all.Add(tile);
    }
}
