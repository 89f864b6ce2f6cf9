using System.Text.Json.Serialization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// DDEX Party Identifier, which names the sender of a message: <c>PADPIDA</c>, ten characters, check character;
/// ISO 7064 MOD 37,36 over all 18. The XML schema of ERN lets shorter ones pass; they are not DPIDs.
/// </summary>
[JsonConverter(typeof(TextIdJson<Dpid>))]
public readonly record struct Dpid : IIssuedId<Dpid>
{
    public const int Characters = 18;

    private Dpid(string text) => Text = text;

    public string Text { get; }

    public static IdentifierFault Examine(string? text, out Dpid id)
    {
        id = default;
        if (text is not { Length: Characters } || !text.StartsWith("PADPIDA", StringComparison.Ordinal)
            || !text.All(TypedIdentifier.IsUpperAlphanumeric))
        {
            return IdentifierFault.Syntax;
        }
        if (!Iso7064.Mod37Comma36Holds(text))
        {
            return IdentifierFault.CheckDigit;
        }
        id = new Dpid(text);
        return IdentifierFault.None;
    }

    public static string Normalise(string typed) => TypedIdentifier.Strip(typed);

    public static bool TryParse(string? text, out Dpid id) => Examine(text, out id) == IdentifierFault.None;

    public override string ToString() => Text;
}
