using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>
/// Identifiers as the message gives them. DDEX forbids separators and lower case inside an element, so the canonical
/// form alone is right; the remedy names it where it can be guessed.
/// </summary>
internal static class IdentifierRules
{
    internal static IEnumerable<Finding> Check(UnvalidatedRelease release, DateOnly asOf) =>
        Issued<Dpid>(release.Sender, Rules.DpidShape, Rules.DpidCheckCharacter)
            .Concat(Issued<GRid>(release.Grid, Rules.GridShape, Rules.GridCheckCharacter))
            .Concat(Issued<Dpid>(release.OnBehalfOf, Rules.DpidShape, Rules.DpidCheckCharacter))
            .Concat(Barcode(release))
            .Concat(release.Identifiers.SelectMany(Mentioned))
            .Concat(Works(release))
            .Concat(release.Tracks.SelectMany(t => Recording(t, asOf)))
            .Concat(Twice(release));

    private static IEnumerable<Finding> Issued<T>(Stated? stated, Rule shape, Rule check)
        where T : struct, IIssuedId<T>
    {
        if (stated is null)
        {
            yield break;
        }
        switch (T.Examine(stated.Value, out _))
        {
            case IdentifierFault.Syntax:
                yield return shape.Broken(stated, $"This is not the form of {An<T>()}. {shape.Says}", SpellingOf<T>(stated.Value));
                break;
            case IdentifierFault.CheckDigit:
                yield return check.Broken(stated, $"The check character of this {typeof(T).Name} does not follow from the rest: a character is wrong.",
                    "Copy the identifier again from where it was issued.");
                break;
        }
    }

    private static string An<T>() => typeof(T).Name switch
    {
        nameof(Isrc) => "an ISRC",
        nameof(Iswc) => "an ISWC",
        nameof(Isni) => "an ISNI",
        nameof(IpiNameNumber) => "an IPI name number",
        var name => "a " + name,
    };

    private static string SpellingOf<T>(string found)
        where T : struct, IIssuedId<T> =>
        T.TryParse(T.Normalise(found), out var meant) ? $"Write {meant.Text}." : "Copy the identifier again from where it was issued.";

    private static IEnumerable<Finding> Barcode(UnvalidatedRelease release)
    {
        foreach (var finding in Issued<Gtin>(release.Gtin, Rules.GtinShape, Rules.GtinCheckDigit))
        {
            yield return finding;
        }
        foreach (var finding in Uncommon(release.Gtin))
        {
            yield return finding;
        }
        if (release is { Gtin: null, Grid: null })
        {
            yield return Rules.BarcodeMissing.Broken(release.Place, null,
                "The release has neither a barcode nor a GRid; shops will want one.", "Add \"gtin\" when one is assigned.");
        }
    }

    /// <summary>Identifiers of what the message mentions beside the release itself.</summary>
    private static IEnumerable<Finding> Mentioned(UnvalidatedIdentifier identifier)
    {
        var stated = identifier.Stated;
        switch (identifier.Scheme)
        {
            case IdentifierScheme.Gtin:
                return Issued<Gtin>(stated, Rules.GtinShape, Rules.GtinCheckDigit).Concat(Uncommon(stated));
            case IdentifierScheme.GRid:
                return Issued<GRid>(stated, Rules.GridShape, Rules.GridCheckCharacter);
            case IdentifierScheme.Isni:
                return Issued<Isni>(stated, Rules.IsniShape, Rules.IsniCheckCharacter);
            case IdentifierScheme.IpiNameNumber when stated.Value == IpiNameNumber.Unknown:
                return [Rules.IpiAbsent.Broken(stated, "Eleven zeros say that the number is not known.", "Leave the element out, or give the number.")];
            case IdentifierScheme.IpiNameNumber:
                return Issued<IpiNameNumber>(stated, Rules.IpiShape, Rules.IpiCheckDigits);
            case IdentifierScheme.ReleaseIsrc:
                return [Rules.IsrcAsReleaseId.Broken(stated, "An ISRC names a recording; as the id of a release it is out of use.", "Give the release a GRid, a barcode or an id of yours.")];
            default:
                return Dpid.TryParse(stated.Value, out _)
                    ? []
                    : [Rules.PartyDpid.Broken(stated, "This DPID of a recipient or party is none. Who sends is not in doubt by it.", "Copy the DPID again from DDEX's list.")];
        }
    }

    private static IEnumerable<Finding> Works(UnvalidatedRelease release)
    {
        foreach (var iswc in release.Tracks.SelectMany(t => t.Iswcs))
        {
            foreach (var finding in Issued<Iswc>(iswc, Rules.IswcShape, Rules.IswcCheckDigit))
            {
                yield return finding;
            }
        }
        if (release.IsErn && release.Tracks.All(t => t.Iswcs.Count == 0))
        {
            yield return Rules.IswcMissing.Broken(release.Place, null,
                "The message names no work by its ISWC.", "Send it when it is assigned: income of the composition is matched by it.");
        }
    }

    private static IEnumerable<Finding> Uncommon(Stated? gtin)
    {
        if (gtin is { Value.Length: 8 or 14 } uncommon && uncommon.Value.All(char.IsAsciiDigit))
        {
            yield return Rules.GtinUncommon.Broken(uncommon,
                "Barcodes of releases have 12 or 13 digits. This one is compared after padding to 14.",
                "Give the barcode as it is printed.");
        }
    }

    private static IEnumerable<Finding> Recording(UnvalidatedTrack track, DateOnly asOf)
    {
        if (track.Isrc is null)
        {
            yield return Rules.IsrcMissing.Broken(track.Place, null,
                "The recording has no ISRC, so income that others report by ISRC cannot find it.",
                "Ask your national ISRC agency or your label for one and send it with the next message.");
            yield break;
        }
        foreach (var finding in Issued<Isrc>(track.Isrc, Rules.IsrcShape, Rules.IsrcShape))
        {
            yield return finding;
        }
        if (!Isrc.TryParse(track.Isrc.Value, out var isrc))
        {
            yield break;
        }
        if (!isrc.HasKnownPrefix)
        {
            yield return Rules.IsrcPrefixUnknown.Broken(track.Isrc,
                $"No ISRC agency is known to hand out the prefix {isrc.Text[..2]}.", "Check the first two letters.");
        }
        if (isrc.YearOfReference > asOf.Year)
        {
            yield return Rules.IsrcYearFuture.Broken(track.Isrc,
                $"The ISRC says it was assigned in {isrc.YearOfReference}.", "Check the two digits of the year.");
        }
        if (isrc.Designation == "00000")
        {
            yield return Rules.IsrcDesignationZero.Broken(track.Isrc,
                "The designation 00000 is usually a placeholder.", "Check the last five digits.");
        }
    }

    private static IEnumerable<Finding> Twice(UnvalidatedRelease release)
    {
        var seen = new Dictionary<string, UnvalidatedTrack>(StringComparer.Ordinal);
        foreach (var track in release.Tracks)
        {
            if (track.Isrc is { } isrc && !seen.TryAdd(isrc.Value, track))
            {
                yield return Rules.IsrcTwice.Broken(isrc,
                    $"Track {seen[isrc.Value].Number} has this ISRC too. That is right only if both are the same recording.",
                    "Give another recording its own ISRC.");
            }
        }
    }
}
