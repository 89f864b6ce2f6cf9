namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// A version of ERN that is read, told by the namespace of the root alone: prefixes, file names and version attributes
/// are free text in practice.
/// </summary>
/// <param name="Number">The last part of the namespace: <c>382</c>, <c>43</c>, …</param>
internal sealed record ErnVersion(string Number)
{
    private const string Namespace = "http://ddex.net/xml/ern/";

    /// <summary>Some documents of the standard print the namespace with this host; still a version of ERN.</summary>
    private const string NamespaceElsewhere = "http://service.ddex.net/xml/ern/";

    private static readonly string[] Read = ["381", "382", "383", "41", "411", "42", "43", "431", "432"];

    internal const string WhatWeRead =
        "Send ERN 3.8.1 to 3.8.3, 4.1, 4.1.1, 4.2 or 4.3 to 4.3.2 (namespace http://ddex.net/xml/ern/382, …/43), or release.json.";

    /// <summary>What we call the format of such a message.</summary>
    internal string Format => "ern/" + Number;

    /// <summary>Versions 3.x describe resources and releases by territory, and name parties where they are mentioned.</summary>
    internal bool IsThree => Number[0] == '3';

    /// <summary>From 4.3 on ISRC, P-line and files stand below the edition of a recording.</summary>
    internal bool HasEditions => Number.StartsWith("43", StringComparison.Ordinal);

    internal static bool IsErn(string namespaceUri) => NumberOf(namespaceUri) is not null;

    /// <summary>Null for a version that is not read, and for what is no ERN.</summary>
    internal static ErnVersion? Of(string namespaceUri) =>
        NumberOf(namespaceUri) is { } number && Read.Contains(number, StringComparer.Ordinal) ? new ErnVersion(number) : null;

    private static string? NumberOf(string namespaceUri) =>
        namespaceUri.StartsWith(Namespace, StringComparison.Ordinal) ? namespaceUri[Namespace.Length..]
        : namespaceUri.StartsWith(NamespaceElsewhere, StringComparison.Ordinal) ? namespaceUri[NamespaceElsewhere.Length..]
        : null;
}
