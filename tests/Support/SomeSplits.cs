using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;

namespace Pipeline.Tests.Support;

/// <summary>Sheets for tests.</summary>
public static class SomeSplits
{
    /// <summary>The canonical document of a sheet; a hundred to Anna and fifty to Bo unless told otherwise.</summary>
    public static SplitDocument Document(
        string weights = "anna 100 bo 50", string from = "2026-01-01", string? until = null, string territories = "Worldwide", string uses = "All", string right = "master") =>
        new(right, from, until, territories, uses, [.. weights.Split(' ').Chunk(2).Select(w => new SplitWeight(w[0], long.Parse(w[1], null)))]);

    public static SplitSheet Sheet(
        string weights = "anna 100 bo 50", string from = "2026-01-01", string? until = null, string territories = "Worldwide", string uses = "All", string right = "master") =>
        SplitSheet.TryRead(Document(weights, from, until, territories, uses, right), out var sheet) ? sheet! : throw new FormatException("the test's own sheet is no sheet");

    public static Sealed<SplitDocument> Closed() => Sealed<SplitDocument>.Close(Document(), Some.Salts[0], FactJson.Default.SplitDocument);
}
