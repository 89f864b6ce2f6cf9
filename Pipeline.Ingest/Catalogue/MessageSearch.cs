using System.Xml;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue.Ern;

namespace Pipeline.Ingest.Catalogue;

/// <summary>Which file of a release folder is the message.</summary>
public abstract record MessageSearch
{
    private MessageSearch()
    {
    }

    /// <param name="Path">As it was given.</param>
    public sealed record Found(string Path) : MessageSearch;

    /// <summary>None, or several: the finding names them.</summary>
    public sealed record NotFound(Finding Finding) : MessageSearch;

    private enum Likeness
    {
        None,

        /// <summary>XML, but its root cannot be made out: the message only if nothing better is there.</summary>
        Possible,
        Message,
    }

    /// <summary>
    /// The folder's <c>release.json</c>, or its one XML file whose root is of ERN. Only files directly in the folder
    /// count: resources lie below it.
    /// </summary>
    /// <param name="relativePaths">Every file of the folder, with <c>/</c>.</param>
    /// <param name="prefix">The first <see cref="CatalogueLimits.PrefixBytes"/> bytes of a file, or fewer if it is shorter.</param>
    public static MessageSearch Find(IReadOnlyList<string> relativePaths, Func<string, ReadOnlyMemory<byte>> prefix)
    {
        var candidates = relativePaths.Where(p => !p.Contains('/', StringComparison.Ordinal) && MayBeMessage(p))
            .Order(StringComparer.Ordinal).ToList();
        if (candidates.Count > CatalogueLimits.MaxMessageCandidates)
        {
            return Ambiguous(candidates);
        }
        var liked = candidates.Select(p => (Path: p, Like: IsManifest(p) ? Likeness.Message : LikenessOf(prefix(p)))).ToList();
        var best = liked.Where(c => c.Like == Likeness.Message).ToList() is { Count: > 0 } sure
            ? sure
            : liked.Where(c => c.Like == Likeness.Possible).ToList();
        return best switch
        {
            [var one] => new Found(one.Path),
            [] => new NotFound(Rules.MessageMissing.Broken("/", null,
                "The folder holds neither release.json nor an ERN message.",
                "Put release.json or one ERN message into the folder itself, not below it.")),
            _ => Ambiguous([.. best.Select(c => c.Path)]),
        };
    }

    private static bool IsManifest(string path) => path == "release.json";

    private static bool MayBeMessage(string path) =>
        IsManifest(path) || path.EndsWith(".xml", StringComparison.OrdinalIgnoreCase);

    private static NotFound Ambiguous(List<string> paths) => new(Rules.MessageAmbiguous.Broken("/", string.Join(", ", paths.Take(10)),
        $"The folder holds {paths.Count} messages, and it is not for us to choose.", "Deliver one folder for each message."));

    private static Likeness LikenessOf(ReadOnlyMemory<byte> prefix)
    {
        if (CatalogueReader.FirstCharacter(prefix.Span) != '<')
        {
            return Likeness.None;
        }
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        using var text = new StreamReader(new MemoryStream(prefix.ToArray(), writable: false), System.Text.Encoding.UTF8);
        using var reader = XmlReader.Create(text, settings);
        try
        {
            return reader.MoveToContent() == XmlNodeType.Element && ErnReader.IsErn(reader.NamespaceURI)
                ? Likeness.Message
                : Likeness.None;
        }
        catch (XmlException)
        {
            // Cut off within the root, a DTD, or broken: reading it will say which.
            return Likeness.Possible;
        }
    }
}
