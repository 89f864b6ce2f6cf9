using System.Collections.Immutable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Splits;

/// <summary>A party and its part.</summary>
public readonly record struct PartyShare(PartyId Party, Share Share);

/// <summary>Do the claims of a slice add up?</summary>
public enum SliceVerdict
{
    /// <summary>Exactly the whole.</summary>
    Whole,

    /// <summary>Less than the whole; the missing part belongs to nobody we know.</summary>
    Gap,

    /// <summary>More than the whole: somebody is wrong, and it is not ours to say who.</summary>
    OverClaimed,
}

/// <summary>
/// A piece of territory × use × time in which the same parties claim the same shares throughout.
/// </summary>
/// <param name="Subject">The recording or work.</param>
/// <param name="Right">Of it.</param>
/// <param name="Territories">Where.</param>
/// <param name="Uses">For what.</param>
/// <param name="Days">When.</param>
/// <param name="Claimed">Each party once, ordered by id, with the sum of its claims.</param>
/// <param name="Total">The sum of all.</param>
public sealed record Slice(
    EntityId Subject, Right Right, SplitTerritories Territories, UseSet Uses, DateInterval Days, ImmutableArray<PartyShare> Claimed, Share Total)
{
    public SliceVerdict Verdict => Total.CompareTo(Share.Whole) switch
    {
        0 => SliceVerdict.Whole,
        < 0 => SliceVerdict.Gap,
        _ => SliceVerdict.OverClaimed,
    };

    /// <summary>
    /// Whom money earned in this slice is paid to. In a gap everybody gets what is theirs and no more; of an over-claimed
    /// slice nobody is paid. Together with <see cref="Suspended"/> always exactly the whole.
    /// </summary>
    public ImmutableArray<PartyShare> Payees => Verdict == SliceVerdict.OverClaimed ? [] : Claimed;

    /// <summary>The part that waits in suspense.</summary>
    public Share Suspended => Verdict == SliceVerdict.OverClaimed ? Share.Whole : Share.Whole - Total;

    public bool Covers(string territory, UseSet uses, DateOnly day) =>
        Days.Contains(day) && Territories.Contains(territory) && Uses.Overlaps(uses);
}
