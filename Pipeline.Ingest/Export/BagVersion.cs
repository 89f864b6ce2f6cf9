using System.Globalization;

namespace Pipeline.Ingest.Export;

/// <summary>A version of the BagIt format, <c>M.N</c>. The early drafts asked less; where that matters the rule says so.</summary>
public readonly record struct BagVersion(int Major, int Minor)
{
    /// <summary>First draft whose metadata file is <c>bag-info.txt</c>; before it was <c>package-info.txt</c>.</summary>
    public static readonly BagVersion Draft96 = new(0, 96);

    public static readonly BagVersion Draft97 = new(0, 97);

    /// <summary>RFC 8493.</summary>
    public static readonly BagVersion Rfc8493 = new(1, 0);

    /// <summary>For what no version forbids.</summary>
    public static readonly BagVersion Never = new(int.MaxValue, 0);

    /// <summary>Oldest draft anybody has bags of.</summary>
    private static readonly BagVersion Draft93 = new(0, 93);

    /// <summary>Versions that were ever published.</summary>
    public bool IsKnown => this == Rfc8493 || (IsAtLeast(Draft93) && !IsAtLeast(new BagVersion(0, 98)));

    public bool IsAtLeast(BagVersion other) => Major > other.Major || (Major == other.Major && Minor >= other.Minor);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
