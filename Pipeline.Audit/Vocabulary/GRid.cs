using System.Text.Json.Serialization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// Global Release Identifier: <c>A1</c>, issuer (5), release (10), check character; ISO 7064 MOD 37,36 over all 18.
/// </summary>
[JsonConverter(typeof(TextIdJson<GRid>))]
public readonly record struct GRid : IIssuedId<GRid>
{
    public const int Characters = 18;

    private GRid(string text) => Text = text;

    public string Text { get; }

    public static IdentifierFault Examine(string? text, out GRid id)
    {
        id = default;
        if (text is not { Length: Characters } || !text.StartsWith("A1", StringComparison.Ordinal)
            || !text.All(TypedIdentifier.IsUpperAlphanumeric))
        {
            return IdentifierFault.Syntax;
        }
        if (!Iso7064.Mod37Comma36Holds(text))
        {
            return IdentifierFault.CheckDigit;
        }
        id = new GRid(text);
        return IdentifierFault.None;
    }

    public static string Normalise(string typed) => TypedIdentifier.Strip(typed);

    public static bool TryParse(string? text, out GRid id) => Examine(text, out id) == IdentifierFault.None;

    public override string ToString() => Text;
}
