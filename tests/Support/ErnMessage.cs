using System.Globalization;
using System.Text;
using System.Xml;

namespace Pipeline.Tests.Support;

/// <summary>
/// An ERN message of our own making: small, valid, and changed with <c>with</c>. <see cref="Xml"/> writes it in the order
/// of the ERN 4.3 schema; with the namespace of an earlier version 4 it leaves the editions out. <see cref="Ern3Message"/> is for version 3.
/// </summary>
public sealed record ErnMessage
{
    public string Namespace { get; init; } = "http://ddex.net/xml/ern/43";

    /// <summary><c>Audio</c> or <c>SimpleAudioSingle</c>; null leaves the attribute out.</summary>
    public string? Profile { get; init; } = "Audio";

    public string MessageId { get; init; } = "MSG-0001";

    /// <summary>A DPID whose check character holds, and which nobody was given.</summary>
    public string Sender { get; init; } = "PADPIDA0000000001O";

    public string Created { get; init; } = "2026-09-01T10:00:00Z";

    public bool IsTest { get; init; }

    public string? Grid { get; init; }

    public string? Gtin { get; init; } = "0200000000011";

    public string? ProprietaryId { get; init; }

    public string Title { get; init; } = "Nine Rooms";

    public string Artist { get; init; } = "The Sample Rates";

    public string? ReleaseDate { get; init; } = "2026-10-01";

    public string? OriginalReleaseDate { get; init; }

    /// <summary>The front cover; null for none.</summary>
    public ErnFile? Cover { get; init; }

    public IReadOnlyList<ErnTrack> Tracks { get; init; } = [new ErnTrack()];

    /// <summary>A release of one track whose file is <paramref name="file"/>.</summary>
    public static ErnMessage OneTrack(ErnFile file) =>
        new() { Profile = "SimpleAudioSingle", Tracks = [new ErnTrack { File = file }] };

    /// <summary>From 4.3 on files and ids stand below the edition of a recording.</summary>
    private bool HasEditions => Namespace.Contains("/ern/43", StringComparison.Ordinal);

    /// <summary>The message as it would lie in a release folder.</summary>
    public byte[] Utf8() => Encoding.UTF8.GetBytes(Xml());

    public string Xml()
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true }))
        {
            xml.WriteStartElement("ern", "NewReleaseMessage", Namespace);
            if (Profile is not null)
            {
                xml.WriteAttributeString("ReleaseProfileVersionId", Profile);
            }
            xml.WriteAttributeString("LanguageAndScriptCode", "en");
            xml.WriteAttributeString("AvsVersionId", "3");
            Header(xml);
            Party(xml);
            Resources(xml);
            Release(xml);
            Deal(xml);
            xml.WriteEndElement();
        }
        return text.ToString();
    }

    private void Header(XmlWriter xml)
    {
        xml.WriteStartElement("MessageHeader");
        xml.WriteElementString("MessageId", MessageId);
        foreach (var party in new[] { "MessageSender", "MessageRecipient" })
        {
            xml.WriteStartElement(party);
            xml.WriteElementString("PartyId", Sender);
            xml.WriteEndElement();
        }
        xml.WriteElementString("MessageCreatedDateTime", Created);
        xml.WriteElementString("MessageControlType", IsTest ? "TestMessage" : "LiveMessage");
        xml.WriteEndElement();
    }

    private void Party(XmlWriter xml)
    {
        xml.WriteStartElement("PartyList");
        xml.WriteStartElement("Party");
        xml.WriteElementString("PartyReference", "PArtist");
        xml.WriteStartElement("PartyName");
        xml.WriteElementString("FullName", Artist);
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private void Resources(XmlWriter xml)
    {
        xml.WriteStartElement("ResourceList");
        for (var i = 0; i < Tracks.Count; i++)
        {
            Recording(xml, Tracks[i], i + 1);
        }
        if (Cover is not null)
        {
            xml.WriteStartElement("Image");
            xml.WriteElementString("ResourceReference", "AC");
            xml.WriteElementString("Type", "FrontCoverImage");
            xml.WriteStartElement("ResourceId");
            Proprietary(xml, "COVER-1");
            xml.WriteEndElement();
            xml.WriteElementString("ParentalWarningType", "NotExplicit");
            xml.WriteStartElement("TechnicalDetails");
            xml.WriteElementString("TechnicalResourceDetailsReference", "TC");
            File(xml, Cover);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private void Recording(XmlWriter xml, ErnTrack track, int number)
    {
        xml.WriteStartElement("SoundRecording");
        xml.WriteElementString("ResourceReference", Reference('A', number));
        xml.WriteElementString("Type", "MusicalWorkSoundRecording");
        if (HasEditions)
        {
            xml.WriteStartElement("SoundRecordingEdition");
        }
        xml.WriteStartElement("ResourceId");
        Optional(xml, "ISRC", track.Isrc);
        if (track.Isrc is null)
        {
            Proprietary(xml, Reference('A', number));
        }
        xml.WriteEndElement();
        if (track.PLineYear is not null)
        {
            xml.WriteStartElement("PLine");
            xml.WriteElementString("Year", track.PLineYear);
            xml.WriteElementString("PLineText", $"{track.PLineYear} {Artist}");
            xml.WriteEndElement();
        }
        if (track.File is not null)
        {
            xml.WriteStartElement("TechnicalDetails");
            xml.WriteElementString("TechnicalResourceDetailsReference", Reference('T', number));
            if (HasEditions)
            {
                xml.WriteStartElement("DeliveryFile");
                xml.WriteElementString("Type", "AudioFile");
            }
            File(xml, track.File);
            if (HasEditions)
            {
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        if (HasEditions)
        {
            xml.WriteEndElement();
        }
        Display(xml, track.Title, track.Artist ?? Artist);
        xml.WriteElementString("Duration", track.Duration);
        xml.WriteElementString("ParentalWarningType", "NotExplicit");
        xml.WriteEndElement();
    }

    private void Release(XmlWriter xml)
    {
        xml.WriteStartElement("ReleaseList");
        xml.WriteStartElement("Release");
        xml.WriteElementString("ReleaseReference", "R0");
        xml.WriteElementString("ReleaseType", Tracks.Count == 1 ? "Single" : "Album");
        xml.WriteStartElement("ReleaseId");
        Optional(xml, "GRid", Grid);
        Optional(xml, "ICPN", Gtin);
        if (ProprietaryId is not null)
        {
            Proprietary(xml, ProprietaryId);
        }
        xml.WriteEndElement();
        Display(xml, Title, Artist);
        xml.WriteStartElement("ReleaseLabelReference");
        xml.WriteString("PArtist");
        xml.WriteEndElement();
        xml.WriteStartElement("Genre");
        xml.WriteElementString("GenreText", "Pop");
        xml.WriteEndElement();
        Optional(xml, "ReleaseDate", ReleaseDate);
        Optional(xml, "OriginalReleaseDate", OriginalReleaseDate);
        xml.WriteElementString("ParentalWarningType", "NotExplicit");
        xml.WriteStartElement("ResourceGroup");
        for (var i = 1; i <= Tracks.Count; i++)
        {
            xml.WriteStartElement("ResourceGroupContentItem");
            xml.WriteElementString("SequenceNumber", i.ToString(CultureInfo.InvariantCulture));
            xml.WriteElementString("ReleaseResourceReference", Reference('A', i));
            xml.WriteEndElement();
        }
        if (Cover is not null)
        {
            xml.WriteElementString("LinkedReleaseResourceReference", "AC");
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Deal(XmlWriter xml)
    {
        foreach (var open in new[] { "DealList", "ReleaseDeal" })
        {
            xml.WriteStartElement(open);
        }
        xml.WriteElementString("DealReleaseReference", "R0");
        foreach (var open in new[] { "Deal", "DealTerms" })
        {
            xml.WriteStartElement(open);
        }
        xml.WriteElementString("TerritoryCode", "Worldwide");
        xml.WriteStartElement("ValidityPeriod");
        xml.WriteElementString("StartDate", "2026-10-01");
        xml.WriteEndElement();
        xml.WriteElementString("CommercialModelType", "SubscriptionModel");
        xml.WriteElementString("UseType", "OnDemandStream");
        for (var open = 0; open < 4; open++)
        {
            xml.WriteEndElement();
        }
    }

    private static void Display(XmlWriter xml, string title, string artist)
    {
        xml.WriteElementString("DisplayTitleText", title);
        xml.WriteStartElement("DisplayTitle");
        xml.WriteElementString("TitleText", title);
        xml.WriteEndElement();
        xml.WriteElementString("DisplayArtistName", artist);
        xml.WriteStartElement("DisplayArtist");
        xml.WriteElementString("ArtistPartyReference", "PArtist");
        xml.WriteElementString("DisplayArtistRole", "MainArtist");
        xml.WriteEndElement();
    }

    private static void File(XmlWriter xml, ErnFile file)
    {
        xml.WriteStartElement("File");
        xml.WriteElementString("URI", file.Path);
        if (file.HashValue is not null)
        {
            xml.WriteStartElement("HashSum");
            xml.WriteElementString("Algorithm", file.HashAlgorithm);
            xml.WriteElementString("HashSumValue", file.HashValue);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private void Proprietary(XmlWriter xml, string id)
    {
        xml.WriteStartElement("ProprietaryId");
        xml.WriteAttributeString("Namespace", Sender);
        xml.WriteString(id);
        xml.WriteEndElement();
    }

    private static void Optional(XmlWriter xml, string name, string? value)
    {
        if (value is not null)
        {
            xml.WriteElementString(name, value);
        }
    }

    private static string Reference(char kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}{number}");
}

/// <summary>One recording of an <see cref="ErnMessage"/>.</summary>
public sealed record ErnTrack
{
    /// <summary>Of the prefix QZ with a registrant nobody has; null for none.</summary>
    public string? Isrc { get; init; } = "QZZZZ2600001";

    public string Title { get; init; } = "First Room";

    /// <summary>Null: the release's.</summary>
    public string? Artist { get; init; }

    public string Duration { get; init; } = "PT2S";

    public string? PLineYear { get; init; } = "2026";

    public ErnFile? File { get; init; } = new("resources/01.flac");
}

/// <summary>A file and the hash the message declares of it.</summary>
/// <param name="Path">Relative to the message.</param>
/// <param name="HashAlgorithm">DDEX's name: <c>MD5</c>, <c>SHA1</c>, <c>SHA-256</c>, …</param>
/// <param name="HashValue">Null for none.</param>
public sealed record ErnFile(string Path, string HashAlgorithm = "MD5", string? HashValue = null)
{
    /// <summary>With the MD5 of <paramref name="bytes"/>, which is what senders declare.</summary>
    public static ErnFile Of(string path, ReadOnlySpan<byte> bytes) =>
#pragma warning disable CA5351 // MD5 is what the standard's senders use; it matches a file to its message and is not trusted.
        new(path, "MD5", Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(bytes)));
#pragma warning restore CA5351
}
