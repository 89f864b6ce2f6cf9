using System.Collections.Frozen;
using System.Globalization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>How a territory code stands in the table.</summary>
public enum TerritoryStanding
{
    /// <summary>In force.</summary>
    Current,

    /// <summary>Once a code, now none: it may still stand in old catalogues, and nobody can say whom it means today.</summary>
    Withdrawn,

    /// <summary>A group of CISAC whose members this table does not know: to guess them would decide over money.</summary>
    GroupNotKnown,

    /// <summary>No code at all: <c>UK</c>, <c>EU</c> and <c>WW</c> are none.</summary>
    Unknown,
}

/// <summary>
/// Resolves the codes of the trade to sets of territories. Sources: ISO 3166-1 (alpha-2 and numeric), the additions of
/// DDEX (XK, Worldwide, and the parts ES-CE, ES-CN and ES-ML of Spain; CurrentTerritoryCode of the allowed value sets),
/// CISAC's TIS, whose country codes are the numeric ones of ISO and whose groups begin with 2100. What was resolved is
/// written down with <see cref="Version"/>, for borders and tables change.
/// </summary>
public static class TerritoryTable
{
    /// <summary>Raised with every change of what a code means.</summary>
    public const string Version = "territories-1";

    /// <summary>DDEX's word for all of them.</summary>
    public const string Worldwide = "Worldwide";

    private const int LongestCodeCharacters = 9;

    /// <summary>Alpha-2 and numeric code of ISO 3166-1; then what DDEX adds, without a number.</summary>
    private static readonly string[] Rows = (
        "AD020 AE784 AF004 AG028 AI660 AL008 AM051 AO024 AQ010 AR032 AS016 AT040 AU036 AW533 AX248 AZ031 BA070 BB052 "
        + "BD050 BE056 BF854 BG100 BH048 BI108 BJ204 BL652 BM060 BN096 BO068 BQ535 BR076 BS044 BT064 BV074 BW072 BY112 "
        + "BZ084 CA124 CC166 CD180 CF140 CG178 CH756 CI384 CK184 CL152 CM120 CN156 CO170 CR188 CU192 CV132 CW531 CX162 "
        + "CY196 CZ203 DE276 DJ262 DK208 DM212 DO214 DZ012 EC218 EE233 EG818 EH732 ER232 ES724 ET231 FI246 FJ242 FK238 "
        + "FM583 FO234 FR250 GA266 GB826 GD308 GE268 GF254 GG831 GH288 GI292 GL304 GM270 GN324 GP312 GQ226 GR300 GS239 "
        + "GT320 GU316 GW624 GY328 HK344 HM334 HN340 HR191 HT332 HU348 ID360 IE372 IL376 IM833 IN356 IO086 IQ368 IR364 "
        + "IS352 IT380 JE832 JM388 JO400 JP392 KE404 KG417 KH116 KI296 KM174 KN659 KP408 KR410 KW414 KY136 KZ398 LA418 "
        + "LB422 LC662 LI438 LK144 LR430 LS426 LT440 LU442 LV428 LY434 MA504 MC492 MD498 ME499 MF663 MG450 MH584 MK807 "
        + "ML466 MM104 MN496 MO446 MP580 MQ474 MR478 MS500 MT470 MU480 MV462 MW454 MX484 MY458 MZ508 NA516 NC540 NE562 "
        + "NF574 NG566 NI558 NL528 NO578 NP524 NR520 NU570 NZ554 OM512 PA591 PE604 PF258 PG598 PH608 PK586 PL616 PM666 "
        + "PN612 PR630 PS275 PT620 PW585 PY600 QA634 RE638 RO642 RS688 RU643 RW646 SA682 SB090 SC690 SD729 SE752 SG702 "
        + "SH654 SI705 SJ744 SK703 SL694 SM674 SN686 SO706 SR740 SS728 ST678 SV222 SX534 SY760 SZ748 TC796 TD148 TF260 "
        + "TG768 TH764 TJ762 TK772 TL626 TM795 TN788 TO776 TR792 TT780 TV798 TW158 TZ834 UA804 UG800 UM581 US840 UY858 "
        + "UZ860 VA336 VC670 VE862 VG092 VI850 VN704 VU548 WF876 WS882 YE887 YT175 ZA710 ZM894 ZW716"
        + " XK ES-CE ES-CN ES-ML").Split(' ');

    /// <summary>ISO 3166-3 and codes that lists of the trade still carry though ISO has withdrawn them.</summary>
    private static readonly FrozenSet<string> WithdrawnCodes = (
        "AN CS AIDJ ANHH BQAQ BUMM BYAA CSHH CSXX CTKI DDDE DYBJ FQHH FXFR GEHH HVBF JTUM MIUM NHVU NQAQ NTHH PCHH PUUM "
        + "PZPA RHZW SKIN SUHH TPTL VDVN WKUM YDYE YUCS ZRCD")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Numbers of states that are gone, as TIS keeps them.</summary>
    private static readonly FrozenSet<int> WithdrawnNumbers =
        new[] { 200, 230, 278, 280, 720, 736, 810, 886, 890, 891 }.ToFrozenSet();

    /// <summary>Groups of TIS whose members follow from their name; the others are left unresolved.</summary>
    private static readonly FrozenDictionary<int, string> Groups = new Dictionary<int, string>
    {
        [2109] = "EE LT LV", // Baltic States
        [2110] = "BE LU NL", // Benelux
        [2126] = "CA MX US", // NAFTA
        [2131] = "DK NO SE", // Scandinavia
    }.ToFrozenDictionary();

    private const int FirstGroup = 2100;
    private const int LastGroup = 2134;
    private const int World = 2136;

    private static readonly FrozenDictionary<string, TerritorySet> Codes = Rows
        .Select((row, index) => (Code: CodeOf(row), Set: TerritorySet.OfIndex(index)))
        .ToFrozenDictionary(r => r.Code, r => r.Set, StringComparer.Ordinal);

    private static readonly FrozenDictionary<int, TerritorySet> Numbers = Rows
        .Where(row => char.IsAsciiDigit(row[^1]))
        .ToFrozenDictionary(row => int.Parse(row.AsSpan(2), CultureInfo.InvariantCulture), row => Whole(row[..2]));

    /// <summary>How many territories there are.</summary>
    internal static int Count => Rows.Length;

    internal static string CodeAt(int index) => CodeOf(Rows[index]);

    /// <param name="code">As DDEX writes it: <c>DE</c>, <c>ES-CN</c>, <c>Worldwide</c>.</param>
    /// <returns>The set; empty unless the code is current.</returns>
    public static (TerritorySet Set, TerritoryStanding Standing) Resolve(string code) =>
        code.Length > LongestCodeCharacters ? (TerritorySet.Nowhere, TerritoryStanding.Unknown)
        : code == Worldwide ? (TerritorySet.Everywhere, TerritoryStanding.Current)
        : Codes.ContainsKey(code) ? (Whole(code), TerritoryStanding.Current)
        : (TerritorySet.Nowhere, WithdrawnCodes.Contains(code) ? TerritoryStanding.Withdrawn : TerritoryStanding.Unknown);

    /// <param name="code">A number of TIS, with or without leading zeros: DDEX writes <c>840</c>, CWR <c>0840</c>.</param>
    /// <returns>The set; empty unless the code is current and its members are known.</returns>
    public static (TerritorySet Set, TerritoryStanding Standing) ResolveTis(string code)
    {
        if (code.Length is 0 or > 4 || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return (TerritorySet.Nowhere, TerritoryStanding.Unknown);
        }
        if (number == World)
        {
            return (TerritorySet.Everywhere, TerritoryStanding.Current);
        }
        if (Groups.TryGetValue(number, out var members))
        {
            return (TerritorySet.UnionOf(members.Split(' ').Select(Whole)), TerritoryStanding.Current);
        }
        return Numbers.TryGetValue(number, out var set) ? (set, TerritoryStanding.Current)
            : (TerritorySet.Nowhere, number is >= FirstGroup and <= LastGroup ? TerritoryStanding.GroupNotKnown
                : WithdrawnNumbers.Contains(number) ? TerritoryStanding.Withdrawn
                : TerritoryStanding.Unknown);
    }

    /// <summary>Spain is all of Spain; its parts are parts of it.</summary>
    private static TerritorySet Whole(string code) => code == "ES"
        ? TerritorySet.UnionOf([Codes["ES"], Codes["ES-CE"], Codes["ES-CN"], Codes["ES-ML"]])
        : Codes[code];

    private static string CodeOf(string row) => char.IsAsciiDigit(row[^1]) ? row[..2] : row;
}
