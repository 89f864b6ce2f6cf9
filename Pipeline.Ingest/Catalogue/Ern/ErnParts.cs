namespace Pipeline.Ingest.Catalogue.Ern;

// What the parts of an ERN message say, before the references between them are followed.

internal sealed record ErnHeader(Stated? Sender, Stated? MessageId, Stated? Created, bool IsTest)
{
    internal static readonly ErnHeader Empty = new(null, null, null, false);
}

/// <summary>One line of display credit: a reference to a party of the PartyList, and its role.</summary>
internal sealed record ErnCredit(Stated Party, Stated Role);

/// <summary>One edition of a recording (stereo, immersive, …): each has its own ISRC and file.</summary>
internal sealed record ErnEdition(Stated? Isrc, Stated? PLineYear, UnvalidatedFile? File, string Place);

internal sealed record ErnRecording(
    Stated Reference, IReadOnlyList<ErnEdition> Editions, Stated? Title, Stated? DisplayArtist,
    IReadOnlyList<ErnCredit> Credits, Stated? Duration, int Splits, string Place);

internal sealed record ErnImage(Stated Reference, bool IsFrontCover, UnvalidatedFile? File, string Place);

/// <summary>A resource that is neither sound nor image: known, so that references to it hold.</summary>
internal sealed record ErnOther(string Kind, Stated Reference, string Place);

internal sealed record ErnResources(
    IReadOnlyList<ErnRecording> Recordings, IReadOnlyList<ErnImage> Images, IReadOnlyList<ErnOther> Others)
{
    internal static readonly ErnResources Empty = new([], [], []);
}

/// <param name="Content">References to the release's recordings in playing order.</param>
/// <param name="Linked">References to what goes with them: cover, booklet.</param>
internal sealed record ErnRelease(
    Stated? Reference, Stated? Grid, Stated? Gtin, Stated? ProprietaryId, Stated? Title, Stated? DisplayArtist,
    IReadOnlyList<ErnCredit> Credits, Stated? ReleaseDate, Stated? OriginalReleaseDate,
    IReadOnlyList<Stated> Content, IReadOnlyList<Stated> Linked, string Place);

/// <param name="Tracks">The reference of each TrackRelease and the resource it points to.</param>
internal sealed record ErnReleases(
    IReadOnlyList<ErnRelease> Main, IReadOnlyList<(Stated? Reference, Stated? Resource)> Tracks)
{
    internal static readonly ErnReleases Empty = new([], []);
}

internal sealed record ErnParts(
    ErnHeader Header, IReadOnlyDictionary<string, Stated> Parties, ErnResources Resources, ErnReleases Releases,
    IReadOnlyList<Stated> DealReferences, string Place);

/// <summary>Of values that differ by territory or language: the one marked default, else the first.</summary>
internal struct Preferred
{
    private bool _isDefault;

    internal Stated? Value { get; private set; }

    internal void Offer(ErnCursor at)
    {
        // The attribute first: reading the text leaves the element.
        var isDefault = at.Flag("IsDefault");
        var value = at.Text();
        if (Value is null || (isDefault && !_isDefault))
        {
            Value = value;
            _isDefault = isDefault;
        }
    }
}
