using System.Text.Json.Serialization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// Barcode of a release (GTIN-8, -12, -13 or -14; UPC and EAN among them; DDEX: ICPN). Kept as delivered, because leading
/// zeros belong to it, and equal when equal after padding to 14 digits.
/// </summary>
[JsonConverter(typeof(TextIdJson<Gtin>))]
public readonly record struct Gtin : IIssuedId<Gtin>
{
    private const int LongestDigits = 14;

    private Gtin(string text) => Text = text;

    public string Text { get; }

    /// <summary>The form to compare by: 14 digits.</summary>
    public string Padded => Pad(Text);

    /// <summary><paramref name="digits"/> as it would be compared, whether or not its check digit holds.</summary>
    public static string Pad(string digits) => digits.PadLeft(LongestDigits, '0');

    public bool Equals(Gtin other) =>
        Text is null || other.Text is null ? Text == other.Text : Padded == other.Padded;

    public override int GetHashCode() => Text is null ? 0 : Padded.GetHashCode(StringComparison.Ordinal);

    /// <summary>Weights 3, 1, 3, … from the digit left of the check digit (GS1 General Specifications).</summary>
    private static bool CheckDigitHolds(string text)
    {
        var sum = 0;
        for (var i = text.Length - 2; i >= 0; i--)
        {
            sum += (text[i] - '0') * ((text.Length - i) % 2 == 0 ? 3 : 1);
        }
        return (10 - sum % 10) % 10 == text[^1] - '0';
    }

    public static IdentifierFault Examine(string? text, out Gtin id)
    {
        id = default;
        if (text is not { Length: 8 or 12 or 13 or LongestDigits } || !text.AsSpan().ContainsOnlyDigits()
            || text.AsSpan().TrimStart('0').IsEmpty)
        {
            return IdentifierFault.Syntax;
        }
        if (!CheckDigitHolds(text))
        {
            return IdentifierFault.CheckDigit;
        }
        id = new Gtin(text);
        return IdentifierFault.None;
    }

    public static string Normalise(string typed) => TypedIdentifier.Strip(typed);

    public static bool TryParse(string? text, out Gtin id) => Examine(text, out id) == IdentifierFault.None;

    public override string ToString() => Text;
}
