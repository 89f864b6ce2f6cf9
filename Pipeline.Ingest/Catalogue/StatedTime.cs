using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Ingest.Catalogue;

/// <summary>Dates, instants and durations as messages write them; each gives null for anything else.</summary>
public static partial class StatedTime
{
    /// <summary>Beyond this no recording goes: 100 hours.</summary>
    private const int MaxDurationHours = 100;

    private const int MaxDurationCharacters = 60;

    /// <summary>
    /// <c>YYYY</c>, <c>YYYY-MM</c> or <c>YYYY-MM-DD</c> (partial dates are legal in ERN) as the first and last day it
    /// may mean.
    /// </summary>
    public static (DateOnly First, DateOnly Last)? Date(string text)
    {
        if (text.Length == 4 && DateOnly.TryParseExact(text, "yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var year))
        {
            return (year, new DateOnly(year.Year, 12, 31));
        }
        if (text.Length == 7 && DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month))
        {
            return (month, new DateOnly(month.Year, month.Month, DateTime.DaysInMonth(month.Year, month.Month)));
        }
        return text.Length == 10 && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? (day, day)
            : null;
    }

    /// <summary>
    /// A date and time of ISO 8601 with seconds and up to nine decimals. Without a zone it is taken as UTC and
    /// <c>HasZone</c> says so.
    /// </summary>
    public static (DateTimeOffset At, bool HasZone)? Instant(string text)
    {
        const string WholeSeconds = "yyyy-MM-dd'T'HH:mm:ss";
        if (text.Length < 19 || !DateTime.TryParseExact(text[..19], WholeSeconds, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return null;
        }
        var rest = text.AsSpan(19);
        if (rest.StartsWith("."))
        {
            var decimals = rest[1..].IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? rest.Length - 1 : end;
            if (decimals is 0 or > 9)
            {
                return null;
            }
            local = local.AddTicks(long.Parse(rest[1..(1 + Math.Min(decimals, 7))].ToString().PadRight(7, '0'), CultureInfo.InvariantCulture));
            rest = rest[(1 + decimals)..];
        }
        if (Offset(rest) is not { } offset)
        {
            return null;
        }
        // At the two ends of the calendar an offset leads out of it.
        var utcTicks = local.Ticks - offset.Ticks;
        return utcTicks < 0 || utcTicks > DateTime.MaxValue.Ticks ? null : (new DateTimeOffset(local, offset), !rest.IsEmpty);
    }

    /// <summary>
    /// <c>PT1H2M3.5S</c> and its shorter forms, and days before the T. Years and months have no length and are refused.
    /// </summary>
    public static TimeSpan? Duration(string text)
    {
        if (text.Length > MaxDurationCharacters || DurationForm().Match(text) is not { Success: true } match)
        {
            return null;
        }
        var seconds = (Amount(match, "days") * 86_400) + (Amount(match, "hours") * 3_600) + (Amount(match, "minutes") * 60)
            + Amount(match, "seconds");
        return seconds <= MaxDurationHours * 3_600m ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;
    }

    [GeneratedRegex(
        @"\AP(?!\z)((?<days>[0-9]{1,9})D)?(T(?=[0-9])((?<hours>[0-9]{1,9})H)?((?<minutes>[0-9]{1,9})M)?((?<seconds>[0-9]{1,9}(\.[0-9]{1,9})?)S)?)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex DurationForm();

    private static decimal Amount(Match match, string unit) =>
        match.Groups[unit] is { Success: true } digits ? decimal.Parse(digits.Value, CultureInfo.InvariantCulture) : 0;

    private static TimeSpan? Offset(ReadOnlySpan<char> zone)
    {
        if (zone.IsEmpty || zone is "Z")
        {
            return TimeSpan.Zero;
        }
        if (zone.Length != 6 || zone[0] is not ('+' or '-') || zone[3] != ':'
            || !int.TryParse(zone[1..3], NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || !int.TryParse(zone[4..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            || minutes > 59 || hours * 60 + minutes > 14 * 60)
        {
            return null;
        }
        var offset = new TimeSpan(hours, minutes, 0);
        return zone[0] == '-' ? -offset : offset;
    }
}
