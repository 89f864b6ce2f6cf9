using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// Reads an ERN <c>NewReleaseMessage</c> of version 4.3, 4.3.1 or 4.3.2 (one shape, three namespaces). What a message is
/// follows from the namespace of its root alone: prefixes, file names and version attributes are free text in practice.
/// </summary>
internal static class ErnReader
{
    private const string Versions = "http://ddex.net/xml/ern/";

    /// <summary>Some documents of the standard print the namespace with this host; still a version of ERN.</summary>
    private const string VersionsElsewhere = "http://service.ddex.net/xml/ern/";

    private const string WhatWeRead = "Send ERN 4.3, 4.3.1 or 4.3.2 (namespace http://ddex.net/xml/ern/43, /431 or /432), or release.json.";

    internal static bool IsErn(string namespaceUri) =>
        namespaceUri.StartsWith(Versions, StringComparison.Ordinal)
        || namespaceUri.StartsWith(VersionsElsewhere, StringComparison.Ordinal);

    internal static ReadMessage Read(ReadOnlyMemory<byte> message)
    {
        using var at = new ErnCursor(message);
        if (!at.Root())
        {
            return ReadMessage.Refuse(at.Fault ?? Rules.XmlMalformed.Broken("/", null, "The message has no root element.", WhatWeRead));
        }
        if (Unsupported(at) is { } refusal)
        {
            return ReadMessage.Refuse(refusal);
        }
        var format = at.NamespaceUri[Versions.Length..];
        var findings = new List<Finding>();
        if (at.Attribute("ReleaseProfileVersionId") is null)
        {
            findings.Add(Rules.ProfileMissing.Broken(at.Place, null,
                "The message names no release profile; it is read as an audio release.",
                "Set ReleaseProfileVersionId to Audio or SimpleAudioSingle."));
        }
        var parts = Parts(at, findings);
        return at.Fault is { } fault ? ReadMessage.Refuse(fault) : ErnAssembly.Release($"ern/{format}", parts, findings);
    }

    private static Finding? Unsupported(ErnCursor at)
    {
        if (!IsErn(at.NamespaceUri))
        {
            return Rules.MessageUnknown.Broken(at.Place, $"{{{at.NamespaceUri}}}{at.LocalName}",
                "The root element is in no namespace of ERN.", WhatWeRead);
        }
        if (at.NamespaceUri is not (Versions + "43" or Versions + "431" or Versions + "432"))
        {
            return Rules.ErnVersionUnsupported.Broken(at.Place, at.NamespaceUri,
                "This version of ERN is not read: versions 4.3, 4.3.1 and 4.3.2 are.", WhatWeRead);
        }
        return (at.LocalName, at.Attribute("ReleaseProfileVersionId")) switch
        {
            ("PurgeReleaseMessage", _) => Rules.ErnPurgeUnsupported.Broken(at.Place, at.LocalName,
                "Purging by message is not supported yet; nothing was removed.", "Withdraw the release by its id instead."),
            ("NewReleaseMessage", null or "Audio" or "SimpleAudioSingle") => null,
            ("NewReleaseMessage", var profile) => Rules.ProfileUnsupported.Broken(at.Place, profile,
                "Only audio releases are handled: profiles Audio and SimpleAudioSingle.",
                "Send the audio of the release as a message of its own with one of these profiles."),
            _ => Rules.MessageUnknown.Broken(at.Place, at.LocalName, "This is no message of ERN.", WhatWeRead),
        };
    }

    private static ErnParts Parts(ErnCursor at, List<Finding> findings)
    {
        var place = at.KeepPlace();
        var header = ErnHeader.Empty;
        var parties = new Dictionary<string, Stated>(StringComparer.Ordinal);
        var resources = ErnResources.Empty;
        var releases = ErnReleases.Empty;
        var deals = new List<Stated>();
        var qualified = false;
        for (var root = at.Depth; at.NextChild(root);)
        {
            switch (at.Name)
            {
                case "MessageHeader":
                    header = Header(at);
                    break;
                case "PartyList":
                    Parties(at, parties, findings);
                    break;
                case "ResourceList":
                    resources = ErnResourceReader.Read(at);
                    break;
                case "ReleaseList":
                    releases = ErnReleaseReader.Read(at);
                    break;
                case "DealList":
                    Deals(at, deals);
                    break;
                case "" when at.LocalName == "MessageHeader" && !qualified:
                    qualified = true;
                    findings.Add(Rules.ErnChildrenQualified.Broken(at.Place, at.NamespaceUri,
                        "The elements below the root are in a namespace, where the ERN schema has them in none.",
                        "Bind the ERN namespace to a prefix, use the prefix on the root element only, and drop xmlns=\"…\"."));
                    break;
            }
        }
        return new ErnParts(header, parties, resources, releases, deals, place);
    }

    private static ErnHeader Header(ErnCursor at)
    {
        var header = ErnHeader.Empty;
        for (var parent = at.Depth; at.NextChild(parent);)
        {
            switch (at.Name)
            {
                case "MessageId":
                    header = header with { MessageId = at.Text() };
                    break;
                case "MessageSender":
                    header = header with { Sender = ErnResourceReader.Child(at, "PartyId") };
                    break;
                case "MessageCreatedDateTime":
                    header = header with { Created = at.Text() };
                    break;
                case "MessageControlType":
                    header = header with { IsTest = at.Text().Value == "TestMessage" };
                    break;
            }
        }
        return header;
    }

    private static void Parties(ErnCursor at, Dictionary<string, Stated> parties, List<Finding> findings)
    {
        for (var list = at.Depth; at.NextChild(list);)
        {
            if (at.Name != "Party")
            {
                continue;
            }
            Stated? reference = null, name = null;
            var place = at.KeepPlace();
            for (var party = at.Depth; at.NextChild(party);)
            {
                switch (at.Name)
                {
                    case "PartyReference":
                        reference = at.Text();
                        break;
                    case "PartyName" when name is null:
                        name = ErnResourceReader.Child(at, "FullName");
                        break;
                }
            }
            if (reference is not null && !parties.TryAdd(reference.Value, name ?? new Stated("", place)))
            {
                findings.Add(Rules.ReferenceTwice.Broken(reference, "Two parties have this reference.", "Give each party its own."));
            }
        }
    }

    private static void Deals(ErnCursor at, List<Stated> references)
    {
        for (var list = at.Depth; at.NextChild(list);)
        {
            if (at.Name != "ReleaseDeal")
            {
                continue;
            }
            for (var deal = at.Depth; at.NextChild(deal);)
            {
                if (at.Name == "DealReleaseReference")
                {
                    references.Add(at.Text());
                }
            }
        }
    }
}
