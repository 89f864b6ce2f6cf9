using System.Text.Json.Serialization;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Splits;

/// <summary>
/// Who holds a share, as their tenant calls them: 1 to 64 of <c>a-z 0-9 . _ -</c>, beginning with a letter or digit. It
/// stands in private parts only: a name is personal data.
/// </summary>
[JsonConverter(typeof(TextIdJson<PartyId>))]
public readonly record struct PartyId : ITextId<PartyId>, IComparable<PartyId>
{
    public const int MaxCharacters = 64;

    private PartyId(string text) => Text = text;

    public string Text { get; }

    public static bool TryParse(string? text, out PartyId id)
    {
        id = default;
        if (text is not { Length: >= 1 and <= MaxCharacters } || !IsLetterOrDigit(text[0])
            || !text.All(c => IsLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            return false;
        }
        id = new PartyId(text);
        return true;
    }

    /// <exception cref="FormatException">Not the form of a party id.</exception>
    public static PartyId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a party: 1 to {MaxCharacters} of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit");

    public int CompareTo(PartyId other) => string.CompareOrdinal(Text, other.Text);

    public static bool operator <(PartyId left, PartyId right) => left.CompareTo(right) < 0;

    public static bool operator <=(PartyId left, PartyId right) => left.CompareTo(right) <= 0;

    public static bool operator >(PartyId left, PartyId right) => left.CompareTo(right) > 0;

    public static bool operator >=(PartyId left, PartyId right) => left.CompareTo(right) >= 0;

    public override string ToString() => Text;

    private static bool IsLetterOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
