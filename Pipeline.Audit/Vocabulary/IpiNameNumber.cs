using System.Text.Json.Serialization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// Number of one name of an interested party (CISAC IPI): nine digits and two check digits, modulus 101. One person may
/// have several. <c>00000000000</c> satisfies the arithmetic and means that the number is not known: it is no number.
/// </summary>
[JsonConverter(typeof(TextIdJson<IpiNameNumber>))]
public readonly record struct IpiNameNumber : IIssuedId<IpiNameNumber>
{
    public const int Characters = 11;

    /// <summary>What files write where they know no number: to be read as an absent one.</summary>
    public const string Unknown = "00000000000";

    private IpiNameNumber(string text) => Text = text;

    public string Text { get; }

    private static bool CheckDigitsHold(string text)
    {
        var sum = 0;
        for (var i = 0; i < 9; i++)
        {
            sum += (10 - i) * (text[i] - '0');
        }
        var rest = sum % 101;
        var check = rest == 0 ? 0 : (101 - rest) % 100;
        return check == (text[9] - '0') * 10 + (text[10] - '0');
    }

    public static IdentifierFault Examine(string? text, out IpiNameNumber id)
    {
        id = default;
        if (text is not { Length: Characters } || text == Unknown || !text.AsSpan().ContainsOnlyDigits())
        {
            return IdentifierFault.Syntax;
        }
        if (!CheckDigitsHold(text))
        {
            return IdentifierFault.CheckDigit;
        }
        id = new IpiNameNumber(text);
        return IdentifierFault.None;
    }

    /// <summary>Prints of the number often leave the leading zeros out; here they are put back.</summary>
    public static string Normalise(string typed) =>
        TypedIdentifier.Strip(typed) is { Length: > 0 } digits && digits.AsSpan().ContainsOnlyDigits()
            ? digits.PadLeft(Characters, '0')
            : TypedIdentifier.Strip(typed);

    public static bool TryParse(string? text, out IpiNameNumber id) => Examine(text, out id) == IdentifierFault.None;

    public override string ToString() => Text;
}
