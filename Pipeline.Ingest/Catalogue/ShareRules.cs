using System.Globalization;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>Claims on shares, as far as one message can be wrong about them; what they add up to is asked of all claims together.</summary>
internal static class ShareRules
{
    private const int MaxShareCharacters = 40;

    internal static IEnumerable<Finding> Check(UnvalidatedRelease release) =>
        release.Shares.SelectMany(Share);

    private static IEnumerable<Finding> Share(UnvalidatedShare share)
    {
        if (share.Percentage is { } stated)
        {
            var whole = share.IsFraction ? 1m : 100m;
            // The schema allows any decimal: an official fuzz sample holds minus 291 million per cent.
            if (stated.Value.Length > MaxShareCharacters
                || !decimal.TryParse(stated.Value.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                || value < 0 || value > whole)
            {
                yield return Rules.ShareRange.Broken(stated,
                    $"A share lies between 0 and {whole}.", share.IsFraction ? "Give a part of 1, or leave HasMaxValueOfOne out." : "Give a percentage.");
            }
        }
        if (share.IsUnknown)
        {
            yield return Rules.ShareUnknown.Broken(share.Place, null,
                "The message claims a share and says that it is not known: nothing can be paid on it.", "Send the share as soon as it is agreed.");
        }
    }
}
