using System.Collections.Frozen;
using System.Text.Json.Serialization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// International Standard Recording Code (ISO 3901): prefix (5), year of reference (2), designation (5). It has no check
/// digit, and its prefix says who assigned it: never where the artist comes from, nor how old the recording is. It names
/// a recording, but is not a key: it may be wrong, used twice, or sent with another recording's file.
/// </summary>
[JsonConverter(typeof(TextIdJson<Isrc>))]
public readonly record struct Isrc : IIssuedId<Isrc>
{
    public const int Characters = 12;

    /// <summary>Two-digit years from here on belong to the 1900s: the code was first published in 1986.</summary>
    private const int FirstYearOf1900s = 40;

    private static readonly FrozenSet<string> Prefixes = KnownPrefixes();

    private Isrc(string text) => Text = text;

    public string Text { get; }

    /// <summary>False for two letters that no agency is known to hand out; such an ISRC is doubtful, not wrong.</summary>
    public bool HasKnownPrefix => Prefixes.Contains(Text[..2]);

    /// <summary>The year in which the code was assigned.</summary>
    public int YearOfReference
    {
        get
        {
            var year = (Text[5] - '0') * 10 + (Text[6] - '0');
            return year >= FirstYearOf1900s ? 1900 + year : 2000 + year;
        }
    }

    /// <summary>The last five digits; <c>00000</c> is rarely meant.</summary>
    public string Designation => Text[7..];

    public static IdentifierFault Examine(string? text, out Isrc id)
    {
        id = default;
        var ok = text is { Length: Characters }
            && char.IsAsciiLetterUpper(text[0]) && char.IsAsciiLetterUpper(text[1])
            && text.AsSpan(2, 3).ToArray().All(TypedIdentifier.IsUpperAlphanumeric)
            && text.AsSpan(5).ContainsOnlyDigits();
        if (!ok)
        {
            return IdentifierFault.Syntax;
        }
        id = new Isrc(text!);
        return IdentifierFault.None;
    }

    public static string Normalise(string typed) => TypedIdentifier.Strip(typed);

    public static bool TryParse(string? text, out Isrc id) => Examine(text, out id) == IdentifierFault.None;

    public override string ToString() => Text;

    /// <summary>
    /// ISO 3166-1 alpha-2, and what the international agency allocated beyond it (its list of valid characters).
    /// </summary>
    private static FrozenSet<string> KnownPrefixes() => (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
        + "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM "
        + "FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS "
        + "IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
        + "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN "
        + "PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
        + "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "
        + "BC BK BP BX CB CP DG FX GX UK KS QM QN QT QZ XK YU ZB ZZ")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
