using System.Globalization;

namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>Reads the order of a release: <c>ResourceGroup</c>s within each other, down to references of resources.</summary>
internal static class ErnGroupReader
{
    /// <summary>
    /// Adds the references of a resource group (release, disc, work) or of one item of it in the order of
    /// SequenceNumber; parts without one keep their order at the end. Gives the group's own number in its parent.
    /// Recursion ends with the cursor's depth limit.
    /// </summary>
    internal static long Read(ErnCursor at, List<Stated> content, List<Stated> linked, ErnAside aside)
    {
        var sequence = long.MaxValue;
        var parts = new List<(long Sequence, List<Stated> References)>();
        for (var part = at.Depth; at.NextChild(part);)
        {
            switch (at.Name)
            {
                case "SequenceNumber":
                    sequence = long.TryParse(at.Text().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var own)
                        ? own
                        : sequence;
                    break;
                case "ReleaseResourceReference" when at.Attribute("ReleaseResourceType") == "SecondaryResource":
                    linked.Add(at.Text());
                    break;
                case "ReleaseResourceReference":
                    parts.Add((0, [at.Text()]));
                    break;
                case "LinkedReleaseResourceReference":
                    linked.Add(at.Text());
                    break;
                case "ReleaseId":
                    ErnReleaseReader.Mentioned(at, aside);
                    break;
                case "ResourceGroup" or "ResourceGroupContentItem":
                    var inner = new List<Stated>();
                    var number = Read(at, inner, linked, aside);
                    parts.Add((number, inner));
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        content.AddRange(parts.OrderBy(p => p.Sequence).SelectMany(p => p.References));
        return sequence;
    }
}
