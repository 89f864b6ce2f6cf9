using System.Globalization;
using System.Xml;
using FsCheck;
using FsCheck.Xunit;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Ingest.Tests.Catalogue;

public class StatedTimes
{
    [Theory]
    [InlineData("2026", "2026-01-01", "2026-12-31")]
    [InlineData("2024-02", "2024-02-01", "2024-02-29")]
    [InlineData("2026-10-01", "2026-10-01", "2026-10-01")]
    [InlineData("9260-13", null, null)]
    [InlineData("2026-02-29", null, null)]
    [InlineData("0000", null, null)]
    [InlineData("26", null, null)]
    [InlineData("2026-1-1", null, null)]
    [InlineData(" 2026", null, null)]
    [InlineData("2026-10-01T00:00:00", null, null)]
    [InlineData("", null, null)]
    public void A_date_may_be_partial_and_must_exist(string text, string? first, string? last)
    {
        var date = StatedTime.Date(text);
        Assert.Equal((first, last), (date?.First.ToString("yyyy-MM-dd", null), date?.Last.ToString("yyyy-MM-dd", null)));
    }

    [Theory]
    [InlineData("2014-09-24T14:57:25+01:00", "2014-09-24T13:57:25.0000000", true)]
    [InlineData("2017-04-25T15:00:29.947Z", "2017-04-25T15:00:29.9470000", true)]
    [InlineData("2025-09-06T12:14:19.862720", "2025-09-06T12:14:19.8627200", false)]
    [InlineData("2025-09-06T12:14:19.123456789Z", "2025-09-06T12:14:19.1234567", true)]
    [InlineData("2025-09-06", null, false)]
    [InlineData("2025-09-06T24:00:00Z", null, false)]
    [InlineData("2025-09-06T12:14:19.Z", null, false)]
    [InlineData("2025-09-06T12:14:19z", null, false)]
    [InlineData("2025-09-06T12:14:19+0100", null, false)]
    [InlineData("2025-09-06T12:14:19+15:00", null, false)]
    [InlineData("2025-09-06T12:14:19Z ", null, false)]
    [InlineData("0001-01-01T00:00:00+14:00", null, false)]
    [InlineData("9999-12-31T23:59:59-14:00", null, false)]
    public void An_instant_has_seconds_and_says_whether_it_had_a_zone(string text, string? utc, bool zone)
    {
        var instant = StatedTime.Instant(text);
        Assert.Equal((utc, zone), (instant?.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture), instant?.HasZone ?? false));
    }

    [Theory]
    [InlineData("PT4M23.583S", 263_583)]
    [InlineData("PT1H2M3S", 3_723_000)]
    [InlineData("P1DT1S", 86_401_000)]
    [InlineData("P1D", 86_400_000)]
    [InlineData("PT90M", 5_400_000)]
    [InlineData("PT0S", 0)]
    [InlineData("P", null)]
    [InlineData("PT", null)]
    [InlineData("P1DT", null)]
    [InlineData("P1Y", null)]
    [InlineData("P1M", null)]
    [InlineData("-PT1S", null)]
    [InlineData("PT1S2M", null)]
    [InlineData("PT1.S", null)]
    [InlineData("PT.5S", null)]
    [InlineData("PT1.5M", null)]
    [InlineData("PT1S\n", null)]
    [InlineData("PT101H", null)]
    [InlineData("PT999999999H999999999M999999999S", null)]
    public void A_duration_has_days_to_seconds_and_nothing_else(string text, int? milliseconds) =>
        Assert.Equal(milliseconds, StatedTime.Duration(text)?.TotalMilliseconds);

    [Property]
    public bool Every_length_that_XML_writes_is_read_back(NonNegativeInt milliseconds)
    {
        var length = TimeSpan.FromMilliseconds(milliseconds.Get * 37L % (100L * 3_600_000));
        return StatedTime.Duration(XmlConvert.ToString(length)) == length;
    }

    [Property]
    public bool Every_instant_that_XML_writes_is_read_back(DateTimeOffset at)
    {
        var whole = at.Offset.Ticks % TimeSpan.TicksPerMinute == 0 ? at : at.ToUniversalTime();
        return StatedTime.Instant(XmlConvert.ToString(whole)) is { HasZone: true } read && read.At == whole;
    }

    [Property(MaxTest = 500)]
    public void No_text_at_all_throws(NonNull<string> text)
    {
        foreach (var t in new[] { text.Get, "PT" + text.Get, "2026-09-01T10:00:00" + text.Get, "2026-" + text.Get })
        {
            _ = (StatedTime.Date(t), StatedTime.Instant(t), StatedTime.Duration(t));
        }
    }
}
