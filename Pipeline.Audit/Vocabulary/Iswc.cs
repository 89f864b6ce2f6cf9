using System.Text.Json.Serialization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// International Standard Musical Work Code (ISO 15707): <c>T</c>, nine digits, check digit. Names the composition, where
/// the ISRC names the recording. Its weights 1 to 9 are taken modulo 10, so that some single wrong digits pass: a valid
/// ISWC is a weaker promise than the other identifiers'.
/// </summary>
[JsonConverter(typeof(TextIdJson<Iswc>))]
public readonly record struct Iswc : IIssuedId<Iswc>
{
    public const int Characters = 11;

    private Iswc(string text) => Text = text;

    public string Text { get; }

    private static bool CheckDigitHolds(string text)
    {
        var sum = 1;
        for (var i = 1; i <= 9; i++)
        {
            sum += i * (text[i] - '0');
        }
        return (10 - sum % 10) % 10 == text[10] - '0';
    }

    public static IdentifierFault Examine(string? text, out Iswc id)
    {
        id = default;
        if (text is not { Length: Characters } || text[0] != 'T' || !text.AsSpan(1).ContainsOnlyDigits())
        {
            return IdentifierFault.Syntax;
        }
        if (!CheckDigitHolds(text))
        {
            return IdentifierFault.CheckDigit;
        }
        id = new Iswc(text);
        return IdentifierFault.None;
    }

    public static string Normalise(string typed) => TypedIdentifier.Strip(typed);

    public static bool TryParse(string? text, out Iswc id) => Examine(text, out id) == IdentifierFault.None;

    public override string ToString() => Text;
}
