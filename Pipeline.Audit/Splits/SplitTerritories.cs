using System.Collections.Frozen;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Pipeline.Audit.Splits;

/// <summary>
/// A set of territories by ISO 3166-1 alpha-2 code (with <c>XK</c>, as DDEX has it). <c>Worldwide</c>, and what is taken
/// from it, also holds whatever code is assigned after this table; a list of codes does not: that is what sets it apart from
/// <see cref="Vocabulary.TerritorySet"/>, which is resolved once and for all. <c>UK</c>, <c>EU</c> and <c>WW</c> are no codes.
/// </summary>
public readonly record struct SplitTerritories
{
    /// <summary>The word for everything.</summary>
    public const string WorldwideWord = "Worldwide";

    private static readonly string[] Codes = (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
        + "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM "
        + "FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS "
        + "IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
        + "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN "
        + "PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
        + "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW")
        .Split(' ');

    private static readonly FrozenDictionary<string, int> Indices =
        Codes.Select((code, index) => (code, index)).ToFrozenDictionary(c => c.code, c => c.index, StringComparer.Ordinal);

    /// <summary>The bit after the last code stands for every territory that the table does not know.</summary>
    private static readonly int Elsewhere = Codes.Length;

    private readonly Vector256<ulong> _bits;

    private SplitTerritories(Vector256<ulong> bits) => _bits = bits;

    public static readonly SplitTerritories Empty;

    /// <summary>Every territory, known to the table or not.</summary>
    public static readonly SplitTerritories Worldwide = Everything();

    public bool IsEmpty => _bits == Vector256<ulong>.Zero;

    /// <summary>True for <c>Worldwide</c> and what was taken from it: territories beyond the table belong to it.</summary>
    public bool ReachesBeyondTheTable => Has(Elsewhere);

    /// <summary>The lowest place in the table that belongs to it, which tells disjoint sets apart; -1 for the empty set.</summary>
    internal int First
    {
        get
        {
            for (var i = 0; i < Vector256<ulong>.Count; i++)
            {
                if (_bits[i] != 0)
                {
                    return (i * 64) + BitOperations.TrailingZeroCount(_bits[i]);
                }
            }
            return -1;
        }
    }

    /// <summary>True for <c>Worldwide</c>, codes apart by a space, or <c>Worldwide</c> and codes with a minus.</summary>
    /// <param name="text">As <see cref="ToString"/> writes it.</param>
    /// <param name="set">Never empty when true.</param>
    /// <param name="wrong">The word that is no code, where one word is to blame.</param>
    public static bool TryParse(string? text, out SplitTerritories set, out string wrong)
    {
        set = default;
        if (!SetNotation.TryRead(text ?? "", WorldwideWord, w => Indices.GetValueOrDefault(w, -1), out var isWhole, out var indices, out wrong))
        {
            return false;
        }
        var listed = new SplitTerritories(Listed(indices));
        set = isWhole ? Worldwide.Except(listed) : listed;
        return true;
    }

    /// <exception cref="FormatException">Not a set of territories.</exception>
    public static SplitTerritories Parse(string text) =>
        TryParse(text, out var set, out _) ? set : throw new FormatException($"'{text}' is not a set of territories");

    /// <summary>True for the alpha-2 code of a territory in the table.</summary>
    public static bool IsTerritory(string code) => Indices.ContainsKey(code);

    /// <param name="code">Alpha-2. One that the table does not know belongs to what reaches beyond it.</param>
    public bool Contains(string code) => Has(Indices.GetValueOrDefault(code, Elsewhere));

    public bool Overlaps(SplitTerritories other) => (_bits & other._bits) != Vector256<ulong>.Zero;

    public SplitTerritories Union(SplitTerritories other) => new(_bits | other._bits);

    public SplitTerritories Intersect(SplitTerritories other) => new(_bits & other._bits);

    public SplitTerritories Except(SplitTerritories other) => new(Vector256.AndNot(_bits, other._bits));

    /// <summary>The one way to write this set; see <see cref="TryParse"/>. The empty set is the empty text.</summary>
    public override string ToString()
    {
        var set = ReachesBeyondTheTable ? Worldwide.Except(this) : this;
        return SetNotation.Write(WorldwideWord, ReachesBeyondTheTable, Codes.Where((_, i) => set.Has(i)));
    }

    private bool Has(int index) => (_bits[index / 64] >> (index % 64) & 1) != 0;

    private static SplitTerritories Everything() => new(Listed(Enumerable.Range(0, Elsewhere + 1)));

    private static Vector256<ulong> Listed(IEnumerable<int> indices)
    {
        Span<ulong> words = stackalloc ulong[Vector256<ulong>.Count];
        foreach (var index in indices)
        {
            words[index / 64] |= 1UL << (index % 64);
        }
        return Vector256.Create<ulong>(words);
    }
}
