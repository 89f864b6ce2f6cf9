using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>What a cover can be found to be. Sizes as stores publish them.</summary>
public static class PictureRules
{
    /// <summary>Below this stores refuse or blur.</summary>
    public const int MinSidePixels = 1400;

    /// <summary>What stores ask for.</summary>
    public const int RecommendedSidePixels = 3000;

    public static IEnumerable<Finding> Quality(string place, PictureSize size)
    {
        var value = $"{size.WidthPixels} x {size.HeightPixels}";
        var side = Math.Min(size.WidthPixels, size.HeightPixels);
        if (size.WidthPixels != size.HeightPixels)
        {
            yield return Finding.Warn("COVER_NOT_SQUARE", place, value, "Covers are square; stores cut or refuse this one.", "Send a square picture.");
        }
        if (side < MinSidePixels)
        {
            yield return Finding.Warn(
                "COVER_SMALL", place, value, $"The cover is smaller than {MinSidePixels} pixels a side; stores refuse or blur it.",
                $"Send {RecommendedSidePixels} by {RecommendedSidePixels} pixels.");
        }
        else if (side < RecommendedSidePixels)
        {
            yield return Finding.Info(
                "COVER_BELOW_RECOMMENDED", place, value, $"Stores recommend {RecommendedSidePixels} pixels a side.",
                $"Send {RecommendedSidePixels} by {RecommendedSidePixels} pixels if you have them.");
        }
    }

    public static Finding HeaderBroken(string place) => Finding.Block(
        "PICTURE_BROKEN", place, null, "The picture states no size: its header is broken or cut off.", "Send the picture again.");

    public static Finding TooLarge(string place, PictureSize size) => Finding.Block(
        "PICTURE_TOO_LARGE", place, $"{size.WidthPixels} x {size.HeightPixels}",
        $"The picture has more than {DecoderLimits.MaxPicturePixels} pixels.", $"Send {RecommendedSidePixels} by {RecommendedSidePixels} pixels.");

    public static Finding NotAsClaimed(string place, PictureSize claimed, long pixels) => Finding.Block(
        "PICTURE_NOT_AS_CLAIMED", place, $"{pixels} pixels",
        $"The header says {claimed.WidthPixels} x {claimed.HeightPixels} and {pixels} pixels can be decoded.", "Send the picture again.");
}
