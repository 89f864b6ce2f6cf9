using System.Text.Json.Serialization;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Splits;

/// <summary>What is owned. The rights in a work are CISAC's three; a recording has one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Right>))]
public enum Right
{
    /// <summary>The recording.</summary>
    [JsonStringEnumMemberName("master")] Master,

    /// <summary>Public performance and making available of a work.</summary>
    [JsonStringEnumMemberName("pr")] PerformingRight,

    /// <summary>Reproduction of a work.</summary>
    [JsonStringEnumMemberName("mr")] MechanicalRight,

    /// <summary>A work together with moving images.</summary>
    [JsonStringEnumMemberName("sr")] SynchronisationRight,
}

/// <summary>How rights are written outside of JSON: as in it.</summary>
public static class RightWords
{
    private static readonly Dictionary<string, Right> ByWord = new()
    {
        ["master"] = Right.Master,
        ["pr"] = Right.PerformingRight,
        ["mr"] = Right.MechanicalRight,
        ["sr"] = Right.SynchronisationRight,
    };

    /// <summary>The words, in order.</summary>
    public static IEnumerable<string> All => ByWord.Keys;

    public static bool TryParse(string? word, out Right right) => ByWord.TryGetValue(word ?? "", out right);

    public static string Word(this Right right) => ByWord.Single(w => w.Value == right).Key;
}

/// <summary>
/// Somebody holds a share of a right in a recording or work, in some territories, for some uses, on some days. What is
/// said, not yet what is so: claims may overlap or leave gaps (music-rights 3.9).
/// </summary>
public sealed record ShareClaim
{
    /// <param name="subject">The recording or work.</param>
    /// <param name="right">Of it.</param>
    /// <param name="party">Who claims to hold it.</param>
    /// <param name="share">More than none, at most the whole.</param>
    /// <param name="territories">At least one.</param>
    /// <param name="uses">At least one.</param>
    /// <param name="days">When.</param>
    /// <exception cref="ArgumentException">A share or set out of its range.</exception>
    public ShareClaim(EntityId subject, Right right, PartyId party, Share share, SplitTerritories territories, UseSet uses, DateInterval days)
    {
        if (share.IsNone || share > Share.Whole || territories.IsEmpty || uses.IsEmpty)
        {
            throw new ArgumentException("a claim is to something: more than none and at most the whole, somewhere, for some use");
        }
        (Subject, Right, Party, Share, Territories, Uses, Days) = (subject, right, party, share, territories, uses, days);
    }

    public EntityId Subject { get; }

    public Right Right { get; }

    public PartyId Party { get; }

    public Share Share { get; }

    public SplitTerritories Territories { get; }

    public UseSet Uses { get; }

    public DateInterval Days { get; }
}
