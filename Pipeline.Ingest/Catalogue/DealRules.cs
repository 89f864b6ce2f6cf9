using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>Deals: where, when and how a release may be used (DDEX ERN, ReleaseDeal; release profiles, part on deals).</summary>
internal static class DealRules
{
    private static readonly HashSet<string> UseTypes = new((
        "AsPerContract Broadcast Cable ConditionalDownload ContentInfluencedStream Display Download Dub DubForAdvertisement "
        + "DubForLivePerformance DubForMovies DubForMusicOnHold DubForOnDemandStreaming DubForPublicPerformance DubForRadio "
        + "DubForTV ExtractForInternet KioskDownload Narrowcast NonInteractiveStream OnDemandStream Perform PerformAsMusicOnHold "
        + "PerformInLivePerformance PerformInPublic PermanentDownload Playback PlayInPublic Podcast Print PrivateCopy "
        + "PurchaseAsPhysicalProduct Rent Simulcast Stream TetheredDownload TimeInfluencedStream Unknown Use UseAsAlertTone "
        + "UseAsDevice UseAsKaraoke UseAsRingbackTone UseAsRingbackTune UseAsRingtone UseAsRingtune UseAsScreensaver "
        + "UseAsVoiceMail UseAsWallpaper UseForIdentification UseInMobilePhoneMessaging UseInPhoneListening UserDefined "
        + "UserMakeAvailableLabelProvided UserMakeAvailableUserProvided Webcast").Split(' '), StringComparer.Ordinal);

    private static readonly HashSet<string> Models = new((
        "AdvertisementSupportedModel AsPerContract DeviceFeeModel FreeOfChargeModel PayAsYouGoModel PerformanceRoyaltiesModel "
        + "RightsClaimModel SubscriptionModel Unknown UserDefined").Split(' '), StringComparer.Ordinal);

    internal static IEnumerable<Finding> Check(UnvalidatedRelease release, DateOnly asOf)
    {
        foreach (var deal in release.Deals)
        {
            foreach (var finding in DealTerritoryRules.Check(deal).Concat(Period(deal, release.Format)).Concat(Words(deal)).Concat(Currencies(deal, asOf)))
            {
                yield return finding;
            }
            if (deal.IsTakeDown)
            {
                yield return Rules.DealTakeDown.Broken(deal.Place, null,
                    "This deal calls the release off: it is not available here any more. Audio, splits and claims stay.",
                    "Nothing, if that was meant; later versions of ERN leave the deal out instead.");
            }
        }
        foreach (var finding in DealOverlaps.Find(release))
        {
            yield return finding;
        }
    }

    /// <summary>A day, or the day of an instant, with the instant itself: days and instants are compared as days.</summary>
    internal static (DateOnly Day, DateTimeOffset? Instant)? Moment(Stated? stated)
    {
        if (stated is null)
        {
            return null;
        }
        if (StatedTime.Instant(stated.Value) is { } instant)
        {
            return (DateOnly.FromDateTime(instant.At.DateTime), instant.At);
        }
        // A zone behind a day is legal in XML Schema and says little: a deal begins at midnight where its listener is.
        var day = stated.Value.Length > 10 ? stated.Value[..10] : stated.Value;
        return StatedTime.Date(day) is { } date && day.Length == 10 ? (date.First, null) : null;
    }

    private static IEnumerable<Finding> Period(UnvalidatedDeal deal, string format)
    {
        foreach (var stated in new[] { deal.Start, deal.End })
        {
            if (stated is not null && Moment(stated) is null)
            {
                yield return Rules.DealDateShape.Broken(stated, "This is no day and no instant.", "Write YYYY-MM-DD or an instant with zone.");
            }
        }
        if (deal.Start is null && !deal.IsTakeDown && format is not ("ern/381" or "ern/382" or "ern/383" or "ern/41" or "ern/411"))
        {
            yield return Rules.DealStartMissing.Broken(deal.Place, null,
                "The deal does not say from when it holds.", "Add StartDate or StartDateTime to its ValidityPeriod.");
        }
        if (Moment(deal.Start) is { } start && Moment(deal.End) is { } end && Reversed(start, end))
        {
            yield return Rules.DealPeriodReversed.Broken(deal.End!,
                $"The deal ends before it begins ({deal.Start!.Value}).", "Exchange or correct the two.");
        }
    }

    /// <summary>A day as an end is meant to its evening; an instant to itself.</summary>
    private static bool Reversed((DateOnly Day, DateTimeOffset? Instant) start, (DateOnly Day, DateTimeOffset? Instant) end) =>
        start.Instant is { } from && end.Instant is { } to ? to <= from : end.Day < start.Day;

    private static IEnumerable<Finding> Words(UnvalidatedDeal deal) =>
        deal.Uses.Where(u => !UseTypes.Contains(u.Value)).Select(u => Rules.UseTypeUnknown.Broken(u,
            "This is no use type of DDEX's list; nobody can report it.", "Use a value of UseType."))
        .Concat(deal.Models.Where(m => !Models.Contains(m.Value)).Select(m => Rules.CommercialModelUnknown.Broken(m,
            "This is no commercial model of DDEX's list.", "Use a value of CommercialModelType.")));

    private static IEnumerable<Finding> Currencies(UnvalidatedDeal deal, DateOnly asOf)
    {
        foreach (var stated in deal.CurrencyCodes)
        {
            // A price holds while its deal does; a deal that began long ago and goes on is paid today.
            var day = Moment(deal.Start) is { Day: var from } && from > asOf ? from : asOf;
            day = Moment(deal.End) is { Day: var last } && last < day ? last : day;
            if (!Currency.TryParse(stated.Value, out var currency))
            {
                yield return Rules.CurrencyUnknown.Broken(stated, "This is no currency of ISO 4217.", "Write its code of three letters.");
            }
            else if (!currency.IsValidOn(day))
            {
                yield return Rules.CurrencyPast.Broken(stated,
                    $"This currency is no money on {day:yyyy-MM-dd}.", "State the price in the currency that is.");
            }
        }
    }
}
