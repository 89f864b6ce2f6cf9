namespace Pipeline.Audit.Splits;

/// <summary>A box of territory × use × time.</summary>
public readonly record struct Scope(SplitTerritories Territories, UseSet Uses, DateInterval Days)
{
    public bool Covers(string territory, DateOnly day) => Territories.Contains(territory) && Days.Contains(day);

    public bool Overlaps(Scope other) =>
        Territories.Overlaps(other.Territories) && Uses.Overlaps(other.Uses) && Days.Overlaps(other.Days);

    /// <summary>What both hold; null when that is nothing.</summary>
    public Scope? Intersect(Scope other) => !Overlaps(other) ? null : new Scope(
        Territories.Intersect(other.Territories), Uses.Intersect(other.Uses),
        DateInterval.Between(Math.Max(Days.FromDay, other.Days.FromDay), Math.Min(Days.UntilDay, other.Days.UntilDay)));

    /// <summary>What the other leaves of it: up to four boxes that share no point.</summary>
    public IEnumerable<Scope> Except(Scope other)
    {
        if (Intersect(other) is not { } common)
        {
            return [this];
        }
        Scope[] parts =
        [
            this with { Territories = Territories.Except(common.Territories) },
            new Scope(common.Territories, Uses.Except(common.Uses), Days),
            new Scope(common.Territories, common.Uses, DateInterval.Between(Days.FromDay, common.Days.FromDay)),
            new Scope(common.Territories, common.Uses, DateInterval.Between(common.Days.UntilDay, Days.UntilDay)),
        ];
        return parts.Where(p => !p.Territories.IsEmpty && !p.Uses.IsEmpty && p.Days.FromDay < p.Days.UntilDay);
    }
}
