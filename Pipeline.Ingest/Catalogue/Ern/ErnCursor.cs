using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Xml;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// Walks an ERN message forwards, element by element, knows the place it is at, and stops at our limits. After a fault
/// it gives no more children, so every loop over it ends; the fault is then the only thing that counts.
/// </summary>
internal sealed class ErnCursor : IDisposable
{
    /// <summary>Elements that stand beside others of their name: only these carry a number in a place.</summary>
    private static readonly FrozenSet<string> Repeated = new[]
    {
        "Party", "SoundRecording", "SoundRecordingEdition", "Image", "Video", "VideoEdition", "Text", "TechnicalDetails", "DeliveryFile",
        "DisplayTitleText", "DisplayTitle", "DisplayArtistName", "DisplayArtist", "ResourceId", "PLine", "CLine", "Release", "TrackRelease",
        "ResourceGroup", "ResourceGroupContentItem", "LinkedReleaseResourceReference", "ProprietaryId", "ReleaseDate",
        "OriginalReleaseDate", "ReleaseDeal", "ResourceRightsController", "WorkRightsController", "RelatedRelease", "MessageRecipient",
        "Deal", "DealReleaseReference", "TerritoryCode", "ExcludedTerritoryCode", "CommercialModelType", "UseType", "PriceInformation",
        "LanguageOfPerformance", "WorkId", "Contributor", "SoundRecordingDetailsByTerritory", "VideoDetailsByTerritory",
        "ImageDetailsByTerritory", "ReleaseDetailsByTerritory", "TechnicalSoundRecordingDetails", "TechnicalVideoDetails",
        "TechnicalImageDetails", "SoundRecordingId", "VideoId", "IndirectSoundRecordingId", "IndirectVideoId", "Title", "RightsController",
        "ReleaseId", "ReleaseResourceReference", "PartyId", "ResourceContributor", "HashSum", "File",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly ReadOnlyMemory<byte> _message;
    private readonly StreamReader _text;
    private readonly XmlReader _reader;
    private readonly List<PathStep> _path = [];

    /// <summary>By depth: how many children of each name were seen.</summary>
    private readonly List<Dictionary<string, int>> _counts = [];
    private readonly List<UnreadElement> _unknown = [];
    private int _elements;
    private int _placesKept;

    internal ErnCursor(ReadOnlyMemory<byte> message)
    {
        _message = message;
        // A text reader, so that the bytes are UTF-8 whatever the declaration claims.
        _text = new StreamReader(Stream(message), Encoding.UTF8);
        _reader = XmlReader.Create(_text, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = CatalogueLimits.MaxMessageBytes,
            MaxCharactersFromEntities = 1,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
        });
    }

    /// <summary>Why the walk ended early; null while all is well.</summary>
    internal Finding? Fault { get; private set; }

    /// <summary>Depth of the element under the cursor; the root has 0.</summary>
    internal int Depth => _reader.Depth;

    /// <summary>The element under the cursor; empty for one of a foreign namespace, which ERN does not have.</summary>
    internal string Name => _reader.Depth == 0 || _reader.NamespaceURI.Length == 0 ? _reader.LocalName : "";

    /// <summary>Name without regard to its namespace.</summary>
    internal string LocalName => _reader.LocalName;

    internal string NamespaceUri => _reader.NamespaceURI;

    /// <summary>Names of elements that the version has; null where it may have more than we know.</summary>
    internal FrozenSet<string>? Vocabulary { get; set; }

    /// <summary>Elements outside of <see cref="Vocabulary"/>, the first of them.</summary>
    internal IReadOnlyList<UnreadElement> Unknown => _unknown;

    internal Place Place => At(_path[^1]);

    /// <summary>The place, to be kept with what stands there. These are counted against their limit.</summary>
    internal Place KeepPlace()
    {
        var place = Place;
        if (++_placesKept > CatalogueLimits.MaxXmlPlaces)
        {
            Fault ??= Rules.MessageTooLarge.Broken(place, null,
                $"The message has more than {CatalogueLimits.MaxXmlPlaces} values that matter here.", "Split the release into several.");
        }
        return place;
    }

    /// <summary>Moves to the root element. False when there is none.</summary>
    internal bool Root()
    {
        while (Advance())
        {
            if (_reader.NodeType == XmlNodeType.XmlDeclaration
                && _reader.GetAttribute("encoding") is { } encoding
                && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            {
                Fault = Rules.MessageUnreadable.Broken("/ (line 1)", encoding,
                    $"The message declares the encoding {encoding}; ERN messages are UTF-8.",
                    "Write the message in UTF-8 and declare it so.");
                return false;
            }
            if (_reader.NodeType == XmlNodeType.Element)
            {
                _path.Add(new PathStep(null, _reader.LocalName, 0));
                return true;
            }
        }
        return false;
    }

    /// <summary>
    /// Moves to the next child of the element at depth <paramref name="parent"/>, over whatever of the child before was
    /// not read. False at the parent's end.
    /// </summary>
    internal bool NextChild(int parent)
    {
        if (Fault is not null || (_reader.Depth == parent && _reader.NodeType == XmlNodeType.Element && _reader.IsEmptyElement))
        {
            return false;
        }
        // What lay deeper is done with; the child itself stays until the next one, as the place of what it still holds.
        Cut(parent + 2);
        while (Advance())
        {
            if (_reader.NodeType == XmlNodeType.EndElement && _reader.Depth <= parent)
            {
                return false;
            }
            if (_reader.NodeType == XmlNodeType.Element && _reader.Depth == parent + 1)
            {
                Enter(parent);
                return true;
            }
        }
        return false;
    }

    internal string? Attribute(string name) => _reader.GetAttribute(name);

    /// <summary>True when the attribute is an XML Schema boolean that is true.</summary>
    internal bool Flag(string attribute) => Attribute(attribute) is "true" or "1";

    /// <summary>The text of the element under the cursor, exactly as it stands, and its place.</summary>
    internal Stated Text()
    {
        var place = KeepPlace();
        var depth = _reader.Depth;
        if (_reader.IsEmptyElement)
        {
            return new Stated("", place);
        }
        var text = "";
        StringBuilder? pieces = null;
        while (Advance() && !(_reader.NodeType == XmlNodeType.EndElement && _reader.Depth <= depth))
        {
            if (_reader.Depth == depth + 1
                && _reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
            {
                if (Piece() is not { } more)
                {
                    break;
                }
                if ((pieces?.Length ?? text.Length) + more.Length > CatalogueLimits.MaxTextCharacters)
                {
                    Fault = Rules.MessageTooLarge.Broken(place, more,
                        $"A value is longer than {CatalogueLimits.MaxTextCharacters} characters.", "Shorten it.");
                    break;
                }
                if (text.Length == 0)
                {
                    text = more;
                }
                else
                {
                    pieces = (pieces ?? new StringBuilder(text)).Append(more);
                }
            }
        }
        return new Stated(pieces?.ToString() ?? text, place);
    }

    /// <summary>The first child of that name, as text.</summary>
    internal Stated? Child(string name)
    {
        Stated? found = null;
        for (var parent = Depth; NextChild(parent);)
        {
            if (Name == name)
            {
                found ??= Text();
            }
        }
        return found;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _text.Dispose();
    }

    /// <summary>The reader parses the rest of a text only when it is asked for it, so this can find a fault as well.</summary>
    private string? Piece()
    {
        try
        {
            return _reader.Value;
        }
        catch (XmlException broken)
        {
            Fault = Malformed(broken);
            return null;
        }
    }

    private static MemoryStream Stream(ReadOnlyMemory<byte> message) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(message, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(message.ToArray(), writable: false);

    private void Enter(int parent)
    {
        Cut(parent + 1);
        var name = Name;
        while (_counts.Count <= parent + 1)
        {
            _counts.Add(new Dictionary<string, int>(StringComparer.Ordinal));
        }
        _counts[parent + 1].Clear();
        var number = 0;
        if (Repeated.Contains(name))
        {
            number = _counts[parent][name] = _counts[parent].GetValueOrDefault(name) + 1;
        }
        _path.Add(new PathStep(_path[parent], _reader.LocalName, number));
    }

    private void Cut(int count)
    {
        if (_path.Count > count)
        {
            _path.RemoveRange(count, _path.Count - count);
        }
    }

    private Place At(PathStep step) => new(step, ((IXmlLineInfo)_reader).LineNumber, ((IXmlLineInfo)_reader).LinePosition);

    private void LookUp()
    {
        if (Vocabulary is null || _reader.NamespaceURI.Length > 0 || Vocabulary.Contains(_reader.LocalName)
            || _unknown.Count == CatalogueLimits.MaxFindings)
        {
            return;
        }
        // Where the reader skips, the way is known only to the element it skips.
        var known = Math.Min(_reader.Depth, _path.Count) - 1;
        var name = known == _reader.Depth - 1 ? _reader.LocalName : "/" + _reader.LocalName;
        _unknown.Add(new UnreadElement(_reader.LocalName, At(new PathStep(_path[known], name, 0))));
    }

    private bool Advance()
    {
        if (Fault is not null)
        {
            return false;
        }
        try
        {
            if (!_reader.Read())
            {
                return false;
            }
        }
        catch (XmlException broken)
        {
            Fault = Malformed(broken);
            return false;
        }
        if (_reader.Depth > CatalogueLimits.MaxXmlDepth
            || (_reader.NodeType == XmlNodeType.Element && ++_elements > CatalogueLimits.MaxXmlElements))
        {
            Fault = Rules.MessageTooLarge.Broken(_path.Count > 0 ? Place : "/", null,
                $"The message nests deeper than {CatalogueLimits.MaxXmlDepth} elements or has more than {CatalogueLimits.MaxXmlElements} of them.",
                "No ERN message needs that; check the program that wrote it.");
            return false;
        }
        if (_reader.NodeType == XmlNodeType.Element && _path.Count > 0)
        {
            LookUp();
        }
        return true;
    }

    private Finding Malformed(XmlException broken)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"line {broken.LineNumber}, column {broken.LinePosition}");
        return _path.Count == 0 && _message.Span.IndexOf("<!DOCTYPE"u8) >= 0
            ? Rules.XmlDtdForbidden.Broken(place, null,
                "The message has a document type declaration. ERN needs none, and its entities are a way to attack a reader.",
                "Remove the <!DOCTYPE …> declaration.")
            : Rules.XmlMalformed.Broken(place, null, $"The message is not well-formed XML: {broken.Message}",
                "Check that the file was transferred whole, and validate it with an XML tool.");
    }
}
