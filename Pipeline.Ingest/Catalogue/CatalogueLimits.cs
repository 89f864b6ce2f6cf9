namespace Pipeline.Ingest.Catalogue;

/// <summary>What a message may cost us. A sender who needs more has to ask; nobody gets more by sending it.</summary>
public static class CatalogueLimits
{
    /// <summary>Longest ERN message. Whoever receives it stops reading here; a box set of 2,000 tracks has under 8 MiB.</summary>
    public const int MaxMessageBytes = 16 * 1024 * 1024;

    /// <summary>Longest <c>release.json</c>; 2,000 tracks with every member take under 2 MiB.</summary>
    public const int MaxManifestBytes = 4 * 1024 * 1024;

    /// <summary>Nested elements of an ERN message; the schema itself reaches about 15.</summary>
    public const int MaxXmlDepth = 64;

    /// <summary>Elements of an ERN message, deals included.</summary>
    public const int MaxXmlElements = 2_000_000;

    /// <summary>
    /// Places of an ERN message that are kept (of values, recordings, credits, …). A place costs some ten times the empty
    /// element it names, so elements alone would not bound the memory. 2,000 tracks with five artists each take 60,000, a
    /// deal of every territory 250.
    /// </summary>
    public const int MaxXmlPlaces = 200_000;

    /// <summary>Elements outside of the model whose places are kept; what comes after stands in the message all the same.</summary>
    public const int MaxUnreadElements = 50_000;

    /// <summary>Nested objects and lists of <c>release.json</c>; the format needs 5.</summary>
    public const int MaxJsonDepth = 16;

    /// <summary>Longest single value, in UTF-16 code units.</summary>
    public const int MaxTextCharacters = 64 * 1024;

    /// <summary>Recordings of one release.</summary>
    public const int MaxTracks = 2_000;

    /// <summary>Findings said of one message; the worst are kept.</summary>
    public const int MaxFindings = 1_000;

    /// <summary>Files of a folder that are looked into for the message.</summary>
    public const int MaxMessageCandidates = 32;

    /// <summary>Bytes of a file that tell whether it is the message.</summary>
    public const int PrefixBytes = 16 * 1024;
}
