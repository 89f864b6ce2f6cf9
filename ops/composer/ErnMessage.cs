using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Composer;

/// <summary>The release as a DDEX ERN 4.3 NewReleaseMessage, Audio profile. Only the root is in the namespace.</summary>
internal static class ErnMessage
{
    private static readonly XNamespace Ern = "http://ddex.net/xml/ern/43";

    public static string Write(IReadOnlyList<Track> tracks, Delivered cover)
    {
        var message = new XDocument(new XElement(Ern + "NewReleaseMessage",
            new XAttribute(XNamespace.Xmlns + "ern", Ern),
            new XAttribute("ReleaseProfileVersionId", "Audio"),
            new XAttribute("LanguageAndScriptCode", "en"),
            new XAttribute("AvsVersionId", "3"),
            Header(),
            new XElement("PartyList", Party("PArtist", Catalogue.Artist), Party("PLabel", Catalogue.Label)),
            new XElement("ResourceList", tracks.Select(SoundRecording), Image(tracks.Count + 1, cover)),
            new XElement("ReleaseList", Release(tracks), tracks.Select(TrackRelease)),
            new XElement("DealList", Deal("R0"), tracks.Select(track => Deal($"R{track.Number}")))));
        using var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false) }))
        {
            message.Save(writer);
        }
        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static XElement Header() =>
        new("MessageHeader",
            new XElement("MessageId", Catalogue.MessageId),
            new XElement("MessageSender", new XElement("PartyId", Catalogue.Sender), Name(Catalogue.Label)),
            new XElement("MessageRecipient", new XElement("PartyId", Catalogue.Recipient), Name("MusicPipeline demo")),
            new XElement("MessageCreatedDateTime", Catalogue.Created),
            new XElement("MessageControlType", "LiveMessage"));

    private static XElement Name(string fullName) => new("PartyName", new XElement("FullName", fullName));

    private static XElement Party(string reference, string fullName) =>
        new("Party", new XElement("PartyReference", reference), Name(fullName));

    private static XElement SoundRecording(Track track) =>
        new("SoundRecording",
            new XElement("ResourceReference", $"A{track.Number}"),
            new XElement("Type", "MusicalWorkSoundRecording"),
            new XElement("SoundRecordingEdition",
                new XElement("ResourceId", new XElement("ISRC", track.Isrc)),
                PLine(),
                new XElement("TechnicalDetails",
                    new XElement("TechnicalResourceDetailsReference", $"T{track.Number}"),
                    new XElement("DeliveryFile",
                        new XElement("Type", "AudioFile"),
                        new XElement("AudioCodecType", track.Piece.AsFlac ? "FLAC" : "PCM"),
                        new XElement("NumberOfChannels", 2),
                        new XElement("SamplingRate", new XAttribute("UnitOfMeasure", "Hz"), track.Piece.SampleRateHz),
                        new XElement("BitsPerSample", track.Piece.BitsPerSample),
                        File(track.File)))),
            DisplayTitle(track.Piece.Title),
            DisplayArtist(),
            new XElement("Duration", Duration(track.DurationMilliseconds)),
            new XElement("ParentalWarningType", "NotExplicit"));

    private static XElement Image(int number, Delivered cover) =>
        new("Image",
            new XElement("ResourceReference", $"A{number}"),
            new XElement("Type", "FrontCoverImage"),
            new XElement("ResourceId", Proprietary($"cover-{Catalogue.Gtin}")),
            new XElement("ParentalWarningType", "NotExplicit"),
            new XElement("TechnicalDetails",
                new XElement("TechnicalResourceDetailsReference", $"T{number}"),
                new XElement("ImageCodecType", "PNG"),
                new XElement("ImageHeight", new XAttribute("UnitOfMeasure", "Pixel"), Cover.SidePixels),
                new XElement("ImageWidth", new XAttribute("UnitOfMeasure", "Pixel"), Cover.SidePixels),
                File(cover)));

    private static XElement File(Delivered file) =>
        new("File",
            new XElement("URI", file.Path),
            new XElement("HashSum", new XElement("Algorithm", "SHA-256"), new XElement("HashSumValue", file.Sha256)));

    private static XElement Release(IReadOnlyList<Track> tracks) =>
        new("Release",
            new XElement("ReleaseReference", "R0"),
            new XElement("ReleaseType", "EP"),
            new XElement("ReleaseId", new XElement("GRid", Catalogue.Grid), new XElement("ICPN", Catalogue.Gtin)),
            DisplayTitle(Catalogue.Title),
            DisplayArtist(),
            Label(),
            PLine(),
            new XElement("CLine", new XElement("Year", Catalogue.Year), new XElement("CLineText", $"{Catalogue.Year} {Catalogue.Label}")),
            new XElement("Duration", Duration(tracks.Sum(track => track.DurationMilliseconds))),
            Genre(),
            new XElement("ReleaseDate", Catalogue.ReleaseDate),
            new XElement("OriginalReleaseDate", Catalogue.ReleaseDate),
            new XElement("ParentalWarningType", "NotExplicit"),
            new XElement("IsMultiArtistCompilation", "false"),
            new XElement("ResourceGroup",
                new XElement("AdditionalTitle", new XElement("TitleText", Catalogue.Title)),
                new XElement("SequenceNumber", 1),
                tracks.Select(track => new XElement("ResourceGroupContentItem",
                    new XElement("SequenceNumber", track.Number),
                    new XElement("ReleaseResourceReference", $"A{track.Number}"))),
                new XElement("LinkedReleaseResourceReference", $"A{tracks.Count + 1}")));

    private static XElement TrackRelease(Track track) =>
        new("TrackRelease",
            new XElement("ReleaseReference", $"R{track.Number}"),
            new XElement("ReleaseId", Proprietary($"{Catalogue.Gtin}-{track.Number}")),
            new XElement("ReleaseResourceReference", $"A{track.Number}"),
            Label(),
            Genre());

    private static XElement Deal(string release) =>
        new("ReleaseDeal",
            new XElement("DealReleaseReference", release),
            new XElement("Deal", new XElement("DealTerms",
                new XElement("TerritoryCode", "Worldwide"),
                new XElement("ValidityPeriod", new XElement("StartDate", Catalogue.ReleaseDate)),
                new XElement("CommercialModelType", "SubscriptionModel"),
                new XElement("UseType", "OnDemandStream"))));

    private static XElement Proprietary(string id) =>
        new("ProprietaryId", new XAttribute("Namespace", Catalogue.Sender), id);

    private static XElement PLine() =>
        new("PLine", new XElement("Year", Catalogue.Year), new XElement("PLineText", $"{Catalogue.Year} {Catalogue.Label}"));

    private static XElement Label() =>
        new("ReleaseLabelReference", new XAttribute("ApplicableTerritoryCode", "Worldwide"), "PLabel");

    private static XElement Genre() =>
        new("Genre", new XAttribute("ApplicableTerritoryCode", "Worldwide"), new XElement("GenreText", Catalogue.Genre));

    private static XElement[] DisplayTitle(string title) =>
        [new("DisplayTitleText", title),
         new("DisplayTitle", new XAttribute("ApplicableTerritoryCode", "Worldwide"), new XElement("TitleText", title))];

    private static XElement[] DisplayArtist() =>
        [new("DisplayArtistName", new XAttribute("ApplicableTerritoryCode", "Worldwide"), Catalogue.Artist),
         new("DisplayArtist", new XAttribute("SequenceNumber", "1"),
             new XElement("ArtistPartyReference", "PArtist"), new XElement("DisplayArtistRole", "MainArtist"))];

    private static string Duration(long milliseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"PT{milliseconds / 60_000}M{milliseconds / 1000 % 60}.{milliseconds % 1000:D3}S");
}
