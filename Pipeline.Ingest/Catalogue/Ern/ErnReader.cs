using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// Reads an ERN <c>NewReleaseMessage</c> or <c>PurgeReleaseMessage</c> of any version in <see cref="ErnVersion"/> into
/// the one model. Shapes differ in the lists of resources and releases; header, parties and deals are near enough.
/// </summary>
internal static class ErnReader
{
    internal static bool IsErn(string namespaceUri) => ErnVersion.IsErn(namespaceUri);

    internal static ReadMessage Read(ReadOnlyMemory<byte> message)
    {
        using var at = new ErnCursor(message);
        if (!at.Root())
        {
            return ReadMessage.Refuse(at.Fault
                ?? Rules.XmlMalformed.Broken("/", null, "The message has no root element.", ErnVersion.WhatWeRead));
        }
        if (ErnVersion.Of(at.NamespaceUri) is not { } version)
        {
            return ReadMessage.Refuse(Unsupported(at));
        }
        at.Vocabulary = version.Number == "382" ? Ern382Vocabulary.Elements : null;
        return at.LocalName switch
        {
            "NewReleaseMessage" => NewRelease(at, version),
            "PurgeReleaseMessage" => ErnPurgeReader.Read(at, version),
            _ => ReadMessage.Refuse(Rules.MessageUnknown.Broken(
                at.Place, at.LocalName, "This is no message of ERN that is read.", ErnVersion.WhatWeRead)),
        };
    }

    /// <summary>What is wrong with the elements as such, whatever they hold.</summary>
    internal static IEnumerable<Finding> Structure(ErnCursor at) => at.Unknown.Select(u => Rules.ElementUnknown.Broken(
        u.Place, u.Name, "This version of ERN has no element of this name.", "Correct its name, or leave it out."));

    /// <summary>The one finding that explains all others when the whole message stands in a namespace.</summary>
    internal static Finding Qualified(ErnCursor at) => Rules.ErnChildrenQualified.Broken(at.Place, at.NamespaceUri,
        "The elements below the root are in a namespace, where the ERN schema has them in none.",
        "Bind the ERN namespace to a prefix, use the prefix on the root element only, and drop xmlns=\"…\".");

    private static Finding Unsupported(ErnCursor at) => ErnVersion.IsErn(at.NamespaceUri)
        ? Rules.ErnVersionUnsupported.Broken(at.Place, at.NamespaceUri,
            "This version of ERN is not read: versions 3.8.1 to 3.8.3, 4.1, 4.1.1, 4.2 and 4.3 to 4.3.2 are.", ErnVersion.WhatWeRead)
        : Rules.MessageUnknown.Broken(at.Place, $"{{{at.NamespaceUri}}}{at.LocalName}",
            "The root element is in no namespace of ERN.", ErnVersion.WhatWeRead);

    private static ReadMessage NewRelease(ErnCursor at, ErnVersion version)
    {
        var findings = new List<Finding>();
        if (ErnProfiles.Judge(version, at.Attribute("ReleaseProfileVersionId"), at.Place) is { } profile)
        {
            findings.Add(profile);
        }
        var parts = Parts(at, version, findings);
        findings.AddRange(Structure(at));
        return at.Fault is { } fault ? ReadMessage.Refuse(fault) : ErnAssembly.Release(version, parts, findings);
    }

    private static ErnParts Parts(ErnCursor at, ErnVersion version, List<Finding> findings)
    {
        var place = at.KeepPlace();
        var aside = new ErnAside();
        var header = ErnHeader.Empty;
        var parties = new Dictionary<string, Stated>(StringComparer.Ordinal);
        var resources = ErnResources.Empty;
        var releases = ErnReleases.Empty;
        var deals = ErnDeals.Empty;
        var qualified = false;
        for (var root = at.Depth; at.NextChild(root);)
        {
            switch (at.Name)
            {
                case "MessageHeader":
                    header = ErnHeaderReader.Read(at, aside);
                    break;
                case "PartyList":
                    ErnPartyReader.Parties(at, parties, aside, findings);
                    break;
                case "ResourceList":
                    resources = version.IsThree ? Ern3ResourceReader.Read(at, aside) : ErnResourceReader.Read(at, version, aside);
                    break;
                case "ReleaseList":
                    releases = version.IsThree ? Ern3ReleaseReader.Read(at, aside) : ErnReleaseReader.Read(at, aside);
                    break;
                case "DealList":
                    deals = ErnDealReader.Read(at, aside);
                    break;
                case "" when at.LocalName == "MessageHeader" && !qualified:
                    qualified = true;
                    findings.Add(Qualified(at));
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        return new ErnParts(header, parties, resources, releases, deals, aside, place);
    }
}
