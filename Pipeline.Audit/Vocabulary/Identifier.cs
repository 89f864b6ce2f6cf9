using System.Text;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// What is wrong with an identifier of the music field. The two faults have different consequences: text that cannot
/// be the identifier at all is refused, a wrong check digit is a typing error that its sender can mend.
/// </summary>
public enum IdentifierFault
{
    None,

    /// <summary>Length, alphabet or fixed parts are not those of the identifier.</summary>
    Syntax,

    /// <summary>The form is right, the check digit or character does not follow from the rest.</summary>
    CheckDigit,
}

/// <summary>
/// An identifier that somebody else issues. <see cref="ITextId{T}.TryParse"/> takes the canonical form only, as DDEX
/// demands of a message; text from a form or a spreadsheet goes through <see cref="Normalise"/> first.
/// </summary>
public interface IIssuedId<T> : ITextId<T>
    where T : struct, IIssuedId<T>
{
    /// <summary>The identifier, or what is wrong with <paramref name="text"/>.</summary>
    static abstract IdentifierFault Examine(string? text, out T id);

    /// <summary>The canonical spelling of what a person typed; still to be examined.</summary>
    static abstract string Normalise(string typed);
}

/// <summary>What people put between the characters of an identifier when they write it down.</summary>
internal static class TypedIdentifier
{
    /// <summary>Upper case, without spaces, dots, and the hyphen in any of its shapes.</summary>
    internal static string Strip(string typed)
    {
        var kept = new StringBuilder(typed.Length);
        foreach (var c in typed)
        {
            if (!char.IsWhiteSpace(c) && c is not ('.' or '-' or (>= '\u2010' and <= '\u2015') or '\u2212' or '\u00ad'))
            {
                kept.Append(char.ToUpperInvariant(c));
            }
        }
        return kept.ToString();
    }

    internal static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    internal static bool IsUpperAlphanumeric(char c) => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c);
}
