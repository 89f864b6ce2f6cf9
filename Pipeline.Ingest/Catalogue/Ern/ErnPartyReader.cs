using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>Reads parties: in version 4 from <c>PartyList</c>, in version 3 where they are mentioned.</summary>
internal static class ErnPartyReader
{
    internal static void Parties(ErnCursor at, Dictionary<string, Stated> parties, ErnAside aside, List<Finding> findings)
    {
        for (var list = at.Depth; at.NextChild(list);)
        {
            if (at.Name != "Party")
            {
                aside.Leave(at);
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
                        name = at.Child("FullName");
                        break;
                    case "PartyId":
                        Ids(at, aside);
                        break;
                    default:
                        aside.Leave(at);
                        break;
                }
            }
            if (reference is not null && !parties.TryAdd(reference.Value, name ?? new Stated("", place)))
            {
                findings.Add(Rules.ReferenceTwice.Broken(reference, "Two parties have this reference.", "Give each party its own."));
            }
        }
    }

    /// <summary>A <c>PartyId</c>: in version 4 a list of ids by kind, in version 3 a text with its kind in an attribute.</summary>
    internal static void Ids(ErnCursor at, ErnAside aside)
    {
        if (at.Flag("IsISNI"))
        {
            aside.Add(IdentifierScheme.Isni, at.Text());
            return;
        }
        if (at.Flag("IsDPID"))
        {
            aside.Add(IdentifierScheme.Dpid, at.Text());
            return;
        }
        for (var ids = at.Depth; at.NextChild(ids);)
        {
            switch (at.Name)
            {
                case "ISNI":
                    aside.Add(IdentifierScheme.Isni, at.Text());
                    break;
                case "IpiNameNumber":
                    aside.Add(IdentifierScheme.IpiNameNumber, at.Text());
                    break;
                case "DPID":
                    aside.Add(IdentifierScheme.Dpid, at.Text());
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
    }

    /// <summary><c>DisplayArtist</c>, of a recording or of a release.</summary>
    internal static ErnCredit Credit(ErnCursor at, ErnAside aside)
    {
        var place = at.KeepPlace();
        Stated? party = null, name = null, role = null;
        for (var artist = at.Depth; at.NextChild(artist);)
        {
            switch (at.Name)
            {
                case "ArtistPartyReference":
                    party = at.Text();
                    break;
                case "PartyName" when name is null:
                    name = at.Child("FullName");
                    break;
                case "PartyId":
                    Ids(at, aside);
                    break;
                case "DisplayArtistRole" or "ArtistRole" when role is null:
                    role = at.Text();
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        return new ErnCredit(party, name, role ?? new Stated("", place));
    }
}
