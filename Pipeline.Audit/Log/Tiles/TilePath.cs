using System.Globalization;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// The name of a tile or of an entry bundle (C2SP tlog-tiles): <c>tile/L/N[.p/W]</c> and <c>tile/entries/N[.p/W]</c>.
/// A full file never changes; a partial one holds a prefix of it.
/// </summary>
public readonly record struct TilePath
{
    /// <summary>Hashes in a full tile, entries in a full bundle.</summary>
    public const int FullWidth = 256;

    /// <summary>Tree levels that one tile level spans.</summary>
    public const int LevelsPerTile = 8;

    /// <summary>Highest tile level of the format; a log of 2^63 entries has 8.</summary>
    public const int MaxLevel = 63;

    /// <summary>More digits than any number of a tile of a log of 2^63 entries needs.</summary>
    private const int MaxPathCharacters = 60;

    private const string EntriesLevel = "entries";

    private TilePath(int level, long number, int width, bool isEntries) =>
        (Level, Number, Width, IsEntries) = (level, number, width, isEntries);

    /// <summary>0 for leaf hashes and for entries.</summary>
    public int Level { get; }

    /// <summary>Place on its level, from 0.</summary>
    public long Number { get; }

    /// <summary>1 to 256 hashes or entries.</summary>
    public int Width { get; }

    /// <summary>Entries rather than hashes.</summary>
    public bool IsEntries { get; }

    public bool IsFull => Width == FullWidth;

    /// <summary>Bytes of a tile of hashes; a bundle's length follows from its entries.</summary>
    public int HashTileBytes => Width * MerkleTree.HashBytes;

    /// <summary>The full file of the same place.</summary>
    public TilePath Full => new(Level, Number, FullWidth, IsEntries);

    /// <summary>A tile of hashes.</summary>
    public static TilePath Hashes(int level, long number, int width = FullWidth)
    {
        Invariant.Require(level is >= 0 and <= MaxLevel && number >= 0 && width is >= 1 and <= FullWidth,
            "a tile has a level 0 to 63, a number from 0 and a width 1 to 256");
        return new TilePath(level, number, width, isEntries: false);
    }

    /// <summary>An entry bundle.</summary>
    public static TilePath Entries(long number, int width = FullWidth)
    {
        Invariant.Require(number >= 0 && width is >= 1 and <= FullWidth, "a bundle has a number from 0 and a width 1 to 256");
        return new TilePath(0, number, width, isEntries: true);
    }

    /// <summary>Hashes on <paramref name="level"/> of a tree of <paramref name="size"/> leaves: floor(size / 256^level).</summary>
    public static long HashesOnLevel(long size, int level) =>
        level * LevelsPerTile >= 63 ? 0 : size >> (level * LevelsPerTile);

    /// <summary>
    /// The hash tiles to write when the log grows: the full ones that became full, and one partial per level; lower levels
    /// first. Widths between two published sizes are never asked for and never written.
    /// </summary>
    public static IEnumerable<TilePath> TilesToWrite(long oldSize, long newSize)
    {
        Invariant.Require(oldSize >= 0 && oldSize <= newSize, "a log only grows");
        return Grown(oldSize, newSize);

        static IEnumerable<TilePath> Grown(long oldSize, long newSize)
        {
            for (var level = 0; HashesOnLevel(newSize, level) > 0; level++)
            {
                foreach (var (number, width) in GrownOnLevel(HashesOnLevel(oldSize, level), HashesOnLevel(newSize, level)))
                {
                    yield return new TilePath(level, number, width, isEntries: false);
                }
            }
        }
    }

    /// <summary>The entry bundles to write when the log grows, by the same rule.</summary>
    public static IEnumerable<TilePath> BundlesToWrite(long oldSize, long newSize)
    {
        Invariant.Require(oldSize >= 0 && oldSize <= newSize, "a log only grows");
        return GrownOnLevel(oldSize, newSize).Select(g => new TilePath(0, g.Number, g.Width, isEntries: true));
    }

    private static IEnumerable<(long Number, int Width)> GrownOnLevel(long before, long after)
    {
        if (before == after)
        {
            yield break;
        }
        for (var number = before / FullWidth; number < after / FullWidth; number++)
        {
            yield return (number, FullWidth);
        }
        if (after % FullWidth != 0)
        {
            yield return (after / FullWidth, (int)(after % FullWidth));
        }
    }

    /// <summary>The relative path, with <c>/</c> on every system.</summary>
    public string Text
    {
        get
        {
            var path = (Number % 1000).ToString("D3", CultureInfo.InvariantCulture);
            for (var rest = Number / 1000; rest > 0; rest /= 1000)
            {
                path = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:D3}/{path}");
            }
            var level = IsEntries ? EntriesLevel : Level.ToString(CultureInfo.InvariantCulture);
            return string.Create(CultureInfo.InvariantCulture, $"tile/{level}/{path}{(IsFull ? "" : $".p/{Width}")}");
        }
    }

    /// <summary>Reads a path back; accepts exactly what <see cref="Text"/> writes.</summary>
    public static bool TryParse(string? text, out TilePath path)
    {
        path = default;
        if (text is not { Length: <= MaxPathCharacters } || !text.StartsWith("tile/", StringComparison.Ordinal))
        {
            return false;
        }
        var parts = text.Split('/').AsSpan(1);
        var width = FullWidth;
        if (parts.Length >= 3 && parts[^2].EndsWith(".p", StringComparison.Ordinal))
        {
            if (!int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out width) || width is < 1 or >= FullWidth)
            {
                return false;
            }
            parts = parts[..^1];
            parts[^1] = parts[^1][..^2];
        }
        var level = 0;
        if (parts.Length < 2 || (parts[0] != EntriesLevel
            && (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out level) || level > MaxLevel)))
        {
            return false;
        }
        if (!TryParseNumber(parts[1..], out var number))
        {
            return false;
        }
        path = new TilePath(level, number, width, parts[0] == EntriesLevel);
        // The one way to be strict about leading zeros and needless groups: it must be what we would have written.
        return path.Text == text;
    }

    private static bool TryParseNumber(ReadOnlySpan<string> groups, out long number)
    {
        var digits = new StringBuilder();
        for (var i = 0; i < groups.Length; i++)
        {
            var last = i == groups.Length - 1;
            if (groups[i].Length != (last ? 3 : 4) || (!last && groups[i][0] != 'x'))
            {
                number = 0;
                return false;
            }
            digits.Append(last ? groups[i] : groups[i][1..]);
        }
        return long.TryParse(digits.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    public override string ToString() => Text;
}
