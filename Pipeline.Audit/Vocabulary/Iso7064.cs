namespace Pipeline.Audit.Vocabulary;

/// <summary>The check character systems of ISO/IEC 7064 that identifiers of the music field use.</summary>
internal static class Iso7064
{
    /// <summary>
    /// MOD 37,36 over text that ends in its check character (GRid, DPID). Digits count 0-9 and letters 10-35.
    /// </summary>
    /// <param name="text">Only <c>0-9 A-Z</c>.</param>
    internal static bool Mod37Comma36Holds(string text)
    {
        var product = 36;
        for (var i = 0; i < text.Length - 1; i++)
        {
            var sum = (product + Value(text[i])) % 36;
            product = (sum == 0 ? 36 : sum) * 2 % 37;
        }
        return (product + Value(text[^1])) % 36 == 1;
    }

    /// <summary>MOD 11-2 over text of digits that ends in its check character, 0-9 or X (ISNI).</summary>
    internal static bool Mod11Dash2Holds(string text)
    {
        var sum = 0;
        foreach (var c in text.AsSpan(0, text.Length - 1))
        {
            sum = (sum + (c - '0')) * 2 % 11;
        }
        var check = (12 - sum) % 11;
        return text[^1] == (check == 10 ? 'X' : (char)('0' + check));
    }

    private static int Value(char c) => char.IsAsciiDigit(c) ? c - '0' : c - 'A' + 10;
}
