namespace Pipeline.Ingest.Catalogue.Ern;

// What the parts of an ERN message say, before the references between them are followed.

internal sealed record ErnHeader(Stated? Sender, Stated? OnBehalfOf, Stated? MessageId, Stated? Created, bool IsTest)
{
    internal static readonly ErnHeader Empty = new(null, null, null, null, false);
}

/// <summary>One line of display credit and its role: by reference to a party of the PartyList, or in 3.x by name.</summary>
internal sealed record ErnCredit(Stated? Party, Stated? Name, Stated Role);

/// <param name="HasId">It has an id of any kind: an ISRC or one of the sender's.</param>
internal sealed record ErnRecording(
    Stated Reference, bool IsVideo, bool HasId, IReadOnlyList<UnvalidatedEdition> Editions, Stated? Title, Stated? DisplayArtist,
    IReadOnlyList<ErnCredit> Credits, Stated? Duration, int Splits, Place Place)
{
    internal Stated? ParentalWarning { get; init; }

    internal IReadOnlyList<Stated> Languages { get; init; } = [];

    internal bool IsInstrumental { get; init; }

    internal IReadOnlyList<Stated> Iswcs { get; init; } = [];

    internal IReadOnlyList<UnvalidatedShare> Shares { get; init; } = [];
}

internal sealed record ErnImage(Stated Reference, bool IsFrontCover, UnvalidatedFile? File, Place Place);

/// <summary>A resource that is neither sound nor video nor image: known, so that references to it hold.</summary>
internal sealed record ErnOther(string Kind, Stated Reference, Place Place);

internal sealed record ErnResources(
    IReadOnlyList<ErnRecording> Recordings, IReadOnlyList<ErnImage> Images, IReadOnlyList<ErnOther> Others)
{
    internal static readonly ErnResources Empty = new([], [], []);
}

/// <summary>The ids of one <c>ReleaseId</c>, the first of each kind.</summary>
internal sealed record ErnReleaseIds(Stated? Grid, Stated? Gtin, Stated? Isrc, Stated? ProprietaryId)
{
    internal static readonly ErnReleaseIds None = new(null, null, null, null);
}

/// <param name="Content">References to the release's recordings in playing order.</param>
/// <param name="Linked">References to what goes with them: cover, booklet.</param>
internal sealed record ErnRelease(
    Stated? Reference, ErnReleaseIds Ids, Stated? Title, Stated? DisplayArtist,
    IReadOnlyList<ErnCredit> Credits, Stated? ReleaseDate, Stated? OriginalReleaseDate,
    IReadOnlyList<Stated> Content, IReadOnlyList<Stated> Linked, Place Place)
{
    internal Stated? ParentalWarning { get; init; }

    internal IReadOnlyList<UnvalidatedLine> CLines { get; init; } = [];
}

/// <summary>A release of one track: its reference and the resource it points to.</summary>
internal sealed record ErnTrackRelease(Stated? Reference, Stated? Resource);

internal sealed record ErnReleases(IReadOnlyList<ErnRelease> Main, IReadOnlyList<ErnTrackRelease> Tracks)
{
    internal static readonly ErnReleases Empty = new([], []);
}

internal sealed record ErnDeals(IReadOnlyList<Stated> References, IReadOnlyList<UnvalidatedDeal> Deals)
{
    internal static readonly ErnDeals Empty = new([], []);
}

/// <summary>What stands here and there in a message and is gathered in one place.</summary>
internal sealed class ErnAside
{
    internal List<UnvalidatedIdentifier> Identifiers { get; } = [];

    internal List<UnreadElement> Unread { get; } = [];

    internal List<UnvalidatedShare> Shares { get; } = [];

    /// <summary>Notes the element under the cursor as one that nothing is read of.</summary>
    internal void Leave(ErnCursor at)
    {
        if (Unread.Count < CatalogueLimits.MaxUnreadElements)
        {
            Unread.Add(new UnreadElement(at.LocalName, at.Place));
        }
    }

    internal void Add(IdentifierScheme scheme, Stated? stated)
    {
        if (stated is not null)
        {
            Identifiers.Add(new UnvalidatedIdentifier(scheme, stated));
        }
    }
}

internal sealed record ErnParts(
    ErnHeader Header, IReadOnlyDictionary<string, Stated> Parties, ErnResources Resources, ErnReleases Releases,
    ErnDeals Deals, ErnAside Aside, Place Place);

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
