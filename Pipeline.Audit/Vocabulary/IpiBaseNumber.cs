using System.Text.Json.Serialization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// Number of an interested party across all names (CISAC IPI base number): <c>I-</c>, nine digits, hyphen, check digit
/// with weights 1 to 9 modulo 10 and 2 for the letter. Its hyphens belong to it. Like the ISWC's, its check misses some
/// single wrong digits. Source: IPI manual as quoted by CWR; only one number of it has been seen.
/// </summary>
[JsonConverter(typeof(TextIdJson<IpiBaseNumber>))]
public readonly record struct IpiBaseNumber : IIssuedId<IpiBaseNumber>
{
    public const int Characters = 13;

    private const int FirstDigit = 2;
    private const int Digits = 9;

    /// <summary>What the letter I counts in the sum.</summary>
    private const int WeightOfLetter = 2;

    private IpiBaseNumber(string text) => Text = text;

    public string Text { get; }

    public static IdentifierFault Examine(string? text, out IpiBaseNumber id)
    {
        id = default;
        if (text is not { Length: Characters } || !text.StartsWith("I-", StringComparison.Ordinal) || text[^2] != '-'
            || !text.AsSpan(FirstDigit, Digits).ContainsOnlyDigits() || !char.IsAsciiDigit(text[^1]))
        {
            return IdentifierFault.Syntax;
        }
        var sum = WeightOfLetter;
        for (var i = 0; i < Digits; i++)
        {
            sum += (i + 1) * (text[FirstDigit + i] - '0');
        }
        if ((10 - sum % 10) % 10 != text[^1] - '0')
        {
            return IdentifierFault.CheckDigit;
        }
        id = new IpiBaseNumber(text);
        return IdentifierFault.None;
    }

    public static string Normalise(string typed) =>
        TypedIdentifier.Strip(typed) is ['I', .. { Length: Digits + 1 } digits] ? $"I-{digits[..Digits]}-{digits[^1]}" : TypedIdentifier.Strip(typed);

    public static bool TryParse(string? text, out IpiBaseNumber id) => Examine(text, out id) == IdentifierFault.None;

    public override string ToString() => Text;
}
