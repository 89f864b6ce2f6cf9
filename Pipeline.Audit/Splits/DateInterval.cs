using System.Globalization;

namespace Pipeline.Audit.Splits;

/// <summary>
/// Days from one on, until before another: half open, so that a share that ends on the day the next begins leaves neither a
/// gap nor a day with two owners.
/// </summary>
public readonly record struct DateInterval
{
    /// <summary>The first day there is.</summary>
    public const int FirstDay = 0;

    /// <summary>Stands for "without end".</summary>
    public const int NoEnd = int.MaxValue;

    private DateInterval(int from, int until) => (FromDay, UntilDay) = (from, until);

    public static readonly DateInterval Always = new(FirstDay, NoEnd);

    /// <summary>The first day, counted from 0001-01-01 as 0.</summary>
    public int FromDay { get; }

    /// <summary>The first day that no longer belongs to it; <see cref="NoEnd"/> when there is none.</summary>
    public int UntilDay { get; }

    public DateOnly From => DateOnly.FromDayNumber(FromDay);

    /// <summary>Null without end.</summary>
    public DateOnly? Until => UntilDay == NoEnd ? null : DateOnly.FromDayNumber(UntilDay);

    /// <param name="from">The first day.</param>
    /// <param name="until">The first day after it; null for no end.</param>
    /// <param name="interval">Holds at least one day when true.</param>
    public static bool TryCreate(DateOnly from, DateOnly? until, out DateInterval interval)
    {
        interval = new DateInterval(from.DayNumber, until?.DayNumber ?? NoEnd);
        return interval.FromDay < interval.UntilDay;
    }

    /// <exception cref="ArgumentException">The interval would hold no day.</exception>
    public static DateInterval Create(DateOnly from, DateOnly? until) =>
        TryCreate(from, until, out var interval) ? interval : throw new ArgumentException("an interval holds at least one day", nameof(until));

    public bool Contains(DateOnly day) => day.DayNumber >= FromDay && day.DayNumber < UntilDay;

    public bool Overlaps(DateInterval other) => FromDay < other.UntilDay && other.FromDay < UntilDay;

    /// <summary>A day as it is written everywhere: <c>YYYY-MM-DD</c>, and nothing else.</summary>
    public static bool TryParseDay(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary><c>YYYY-MM-DD</c>.</summary>
    public static string Write(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary><c>[2026-01-01, 2027-01-01)</c>; without end <c>[2026-01-01, )</c>.</summary>
    public override string ToString() => $"[{Write(From)}, {(Until is { } until ? Write(until) : "")})";

    /// <summary>Between two cuts of one history.</summary>
    internal static DateInterval Between(int fromDay, int untilDay) => new(fromDay, untilDay);
}
