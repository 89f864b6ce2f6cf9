using System.Collections.Frozen;
using System.Numerics;

namespace Pipeline.Audit.Splits;

/// <summary>
/// A set of the ways a recording or work is used, in the words of DDEX (allowed value set <c>UseType</c> of ERN 4.3), those
/// that do not contain each other. <c>Stream</c> and <c>Download</c> are written for all their kinds. <c>All</c>, and what
/// is taken from it, also holds uses that are not named here.
/// </summary>
public readonly record struct UseSet
{
    /// <summary>The word for everything.</summary>
    public const string AllWord = "All";

    private static readonly string[] Names =
    [
        "OnDemandStream", "NonInteractiveStream", "ContentInfluencedStream", "TimeInfluencedStream",
        "PermanentDownload", "ConditionalDownload", "TetheredDownload", "KioskDownload",
        "UserMakeAvailableLabelProvided", "UserMakeAvailableUserProvided", "PurchaseAsPhysicalProduct",
        "Broadcast", "Cable", "Simulcast", "Webcast", "Podcast", "PerformInPublic", "PlayInPublic", "PerformInLivePerformance",
        "UseAsRingtone", "UseAsRingbackTone", "UseAsKaraoke", "Dub", "Print", "PrivateCopy", "Rent",
    ];

    private static readonly FrozenDictionary<string, int> Indices =
        Names.Select((name, index) => (name, index)).ToFrozenDictionary(n => n.name, n => n.index, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string[]> Kinds = new Dictionary<string, string[]>
    {
        ["Stream"] = ["OnDemandStream", "NonInteractiveStream", "ContentInfluencedStream", "TimeInfluencedStream"],
        ["Download"] = ["PermanentDownload", "ConditionalDownload", "TetheredDownload", "KioskDownload"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The bit after the last name stands for every use that is not named.</summary>
    private static readonly int Other = Names.Length;

    private readonly uint _bits;

    private UseSet(uint bits) => _bits = bits;

    public static readonly UseSet Empty;

    /// <summary>Every use, named or not.</summary>
    public static readonly UseSet All = new((1u << (Other + 1)) - 1);

    public bool IsEmpty => _bits == 0;

    /// <summary>True for <c>All</c> and what was taken from it.</summary>
    public bool ReachesBeyondTheNamed => Has(Other);

    /// <summary>The lowest place that belongs to it; -1 for the empty set.</summary>
    internal int First => IsEmpty ? -1 : BitOperations.TrailingZeroCount(_bits);

    /// <summary>True for <c>All</c>, names apart by a space, or <c>All</c> and names with a minus.</summary>
    /// <param name="text">As <see cref="ToString"/> writes it, or with <c>Stream</c> and <c>Download</c>.</param>
    /// <param name="set">Never empty when true.</param>
    /// <param name="wrong">The word that is no use, where one word is to blame.</param>
    public static bool TryParse(string? text, out UseSet set, out string wrong)
    {
        set = default;
        var spelled = string.Join(' ', (text ?? "").Split(' ').SelectMany(Spell));
        if (!SetNotation.TryRead(spelled, AllWord, w => Indices.GetValueOrDefault(w, -1), out var isWhole, out var indices, out wrong))
        {
            return false;
        }
        var listed = new UseSet(indices.Aggregate(0u, (bits, i) => bits | (1u << i)));
        set = isWhole ? All.Except(listed) : listed;
        return true;
    }

    /// <exception cref="FormatException">Not a set of uses.</exception>
    public static UseSet Parse(string text) =>
        TryParse(text, out var set, out _) ? set : throw new FormatException($"'{text}' is not a set of uses");

    public bool Overlaps(UseSet other) => (_bits & other._bits) != 0;

    public UseSet Union(UseSet other) => new(_bits | other._bits);

    public UseSet Intersect(UseSet other) => new(_bits & other._bits);

    public UseSet Except(UseSet other) => new(_bits & ~other._bits);

    /// <summary>The one way to write this set; see <see cref="TryParse"/>. The empty set is the empty text.</summary>
    public override string ToString()
    {
        var set = ReachesBeyondTheNamed ? All.Except(this) : this;
        return SetNotation.Write(AllWord, ReachesBeyondTheNamed, Names.Where((_, i) => set.Has(i)));
    }

    private static IEnumerable<string> Spell(string word) =>
        word.StartsWith('-')
            ? Kinds.TryGetValue(word[1..], out var without) ? without.Select(w => "-" + w) : [word]
            : Kinds.TryGetValue(word, out var kinds) ? kinds : [word];

    private bool Has(int index) => (_bits >> index & 1) != 0;
}
