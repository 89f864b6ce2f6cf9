namespace Pipeline.Ingest.Catalogue;

// Lines, identifiers, deals and claims of a message, as text with their places.

/// <summary>A P-line or C-line. A line without a year has an empty one, at the place of the line.</summary>
public sealed record UnvalidatedLine(Stated Year, Stated? Text);

/// <summary>Which kind of identifier a message says that a value is.</summary>
public enum IdentifierScheme
{
    /// <summary>DDEX Party Identifier of a recipient or party; the sender's stands in the release itself.</summary>
    Dpid,
    GRid,

    /// <summary>ICPN: UPC, EAN or GTIN.</summary>
    Gtin,

    /// <summary>CISAC IPI name number.</summary>
    IpiNameNumber,
    Isni,

    /// <summary>An ISRC in the place of a release's id, as ERN 3 had it.</summary>
    ReleaseIsrc,
}

/// <summary>An identifier of something that the message mentions.</summary>
public sealed record UnvalidatedIdentifier(IdentifierScheme Scheme, Stated Stated);

/// <summary>
/// A territory code and whether its message says that it is one of CISAC's (attribute IdentifierType TIS) or of ISO.
/// </summary>
public sealed record UnvalidatedTerritory(Stated Code, bool IsTis);

/// <summary>One deal: who may do what with which releases, where and when.</summary>
/// <param name="Releases">References to releases of the message.</param>
/// <param name="Territories">Where; none with <paramref name="Excluded"/> given means everywhere else.</param>
/// <param name="Start">Day or instant; the deal holds from here.</param>
/// <param name="End">Day or instant; the last moment.</param>
/// <param name="CurrencyCodes">Of its prices.</param>
/// <param name="IsTakeDown">ERN 3: TakeDown or AllDealsCancelled.</param>
public sealed record UnvalidatedDeal(
    IReadOnlyList<Stated> Releases,
    IReadOnlyList<UnvalidatedTerritory> Territories,
    IReadOnlyList<UnvalidatedTerritory> Excluded,
    IReadOnlyList<Stated> Models,
    IReadOnlyList<Stated> Uses,
    Stated? Start,
    Stated? End,
    IReadOnlyList<Stated> CurrencyCodes,
    bool IsTakeDown,
    Place Place)
{
    /// <summary>It has terms that are not read (a channel, a carrier, …) and may differ from other deals in them.</summary>
    public bool HasOtherTerms { get; init; }
}

/// <summary>A claim on a share of a recording or work.</summary>
/// <param name="Percentage">Null when the message says that the share is not known, or nothing.</param>
/// <param name="IsFraction">HasMaxValueOfOne: the whole is 1, not 100.</param>
public sealed record UnvalidatedShare(Stated? Percentage, bool IsFraction, bool IsUnknown, Place Place);

/// <summary>
/// An element that the model has no word for. Its text is kept in the message itself, whose bytes are never changed:
/// <see cref="UnreadElements.Xml"/> gives it back exactly.
/// </summary>
public sealed record UnreadElement(string Name, Place Place);

/// <summary>A request to remove a release (PurgeReleaseMessage).</summary>
/// <param name="Grid">Of the release to be removed; so are the ids that follow.</param>
public sealed record UnvalidatedPurge(
    string Format, Stated? Sender, Stated? MessageId, Stated? Created, bool IsTest,
    Stated? Grid, Stated? Gtin, Stated? Isrc, Stated? ProprietaryId, Place Place);
