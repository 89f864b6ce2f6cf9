using System.Text.Json.Serialization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// International Standard Name Identifier of a public identity (ISO 27729): 15 digits and a check character by ISO 7064
/// MOD 11-2. It says who is credited, never who is paid: public data gives one act's ISNI to another.
/// </summary>
[JsonConverter(typeof(TextIdJson<Isni>))]
public readonly record struct Isni : IIssuedId<Isni>
{
    public const int Characters = 16;

    private Isni(string text) => Text = text;

    public string Text { get; }

    public static IdentifierFault Examine(string? text, out Isni id)
    {
        id = default;
        if (text is not { Length: Characters } || !text.AsSpan(0, Characters - 1).ContainsOnlyDigits()
            || !(char.IsAsciiDigit(text[^1]) || text[^1] == 'X'))
        {
            return IdentifierFault.Syntax;
        }
        if (!Iso7064.Mod11Dash2Holds(text))
        {
            return IdentifierFault.CheckDigit;
        }
        id = new Isni(text);
        return IdentifierFault.None;
    }

    public static string Normalise(string typed) => TypedIdentifier.Strip(typed);

    public static bool TryParse(string? text, out Isni id) => Examine(text, out id) == IdentifierFault.None;

    public override string ToString() => Text;
}
