using System.Globalization;
using System.Text;
using System.Xml;

namespace Pipeline.Tests.Support;

/// <summary>Writes an <see cref="ErnMessage"/> as ERN 3.8 would say it, in the order of the 3.8.2 schema.</summary>
public static class Ern3Message
{
    /// <param name="number">381, 382 or 383.</param>
    public static string Xml(ErnMessage message, string number = "382")
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true }))
        {
            xml.WriteStartElement("ern", "NewReleaseMessage", "http://ddex.net/xml/ern/" + number);
            xml.WriteAttributeString("MessageSchemaVersionId", "ern/" + number);
            xml.WriteAttributeString("ReleaseProfileVersionId", "CommonReleaseTypes/14/AudioAlbumMusicOnly");
            xml.WriteAttributeString("LanguageAndScriptCode", "en");
            Header(xml, message);
            Within(xml, "ResourceList", () =>
            {
                for (var i = 0; i < message.Tracks.Count; i++)
                {
                    Recording(xml, message, message.Tracks[i], i + 1);
                }
                Cover(xml, message);
            });
            Within(xml, "ReleaseList", () =>
            {
                Release(xml, message);
                for (var i = 0; i < message.Tracks.Count; i++)
                {
                    TrackRelease(xml, message, message.Tracks[i], i + 1);
                }
            });
            Deals(xml, message);
            xml.WriteEndElement();
        }
        return text.ToString();
    }

    private static void Header(XmlWriter xml, ErnMessage message) => Within(xml, "MessageHeader", () =>
    {
        xml.WriteElementString("MessageThreadId", "THREAD-1");
        xml.WriteElementString("MessageId", message.MessageId);
        foreach (var party in new[] { "MessageSender", "MessageRecipient" })
        {
            Within(xml, party, () => xml.WriteElementString("PartyId", message.Sender));
        }
        xml.WriteElementString("MessageCreatedDateTime", message.Created);
        xml.WriteElementString("MessageControlType", message.IsTest ? "TestMessage" : "LiveMessage");
    });

    private static void Recording(XmlWriter xml, ErnMessage message, ErnTrack track, int number) => Within(xml, "SoundRecording", () =>
    {
        Within(xml, "SoundRecordingId", () =>
        {
            if (track.Isrc is not null)
            {
                xml.WriteElementString("ISRC", track.Isrc);
            }
            else
            {
                Proprietary(xml, message, Reference('A', number));
            }
        });
        xml.WriteElementString("ResourceReference", Reference('A', number));
        Title(xml, "ReferenceTitle", track.Title, null);
        xml.WriteElementString("Duration", track.Duration);
        Within(xml, "SoundRecordingDetailsByTerritory", () =>
        {
            xml.WriteElementString("TerritoryCode", "Worldwide");
            Title(xml, "Title", track.Title, "DisplayTitle");
            Artist(xml, message.Artist);
            xml.WriteElementString("DisplayArtistName", track.Artist ?? message.Artist);
            if (track.PLineYear is not null)
            {
                Within(xml, "PLine", () =>
                {
                    xml.WriteElementString("Year", track.PLineYear);
                    xml.WriteElementString("PLineText", $"{track.PLineYear} {message.Artist}");
                });
            }
            xml.WriteElementString("ParentalWarningType", "NotExplicit");
            if (track.File is not null)
            {
                Within(xml, "TechnicalSoundRecordingDetails", () =>
                {
                    xml.WriteElementString("TechnicalResourceDetailsReference", Reference('T', number));
                    File(xml, track.File);
                });
            }
        });
    });

    private static void Cover(XmlWriter xml, ErnMessage message)
    {
        if (message.Cover is not null)
        {
            Within(xml, "Image", () =>
            {
                xml.WriteElementString("ImageType", "FrontCoverImage");
                Within(xml, "ImageId", () => Proprietary(xml, message, "COVER-1"));
                xml.WriteElementString("ResourceReference", "AC");
                Within(xml, "ImageDetailsByTerritory", () =>
                {
                    xml.WriteElementString("TerritoryCode", "Worldwide");
                    Within(xml, "TechnicalImageDetails", () =>
                    {
                        xml.WriteElementString("TechnicalResourceDetailsReference", "TC");
                        File(xml, message.Cover);
                    });
                });
            });
        }
    }

    private static void Release(XmlWriter xml, ErnMessage message)
    {
        xml.WriteStartElement("Release");
        xml.WriteAttributeString("IsMainRelease", "true");
        Within(xml, "ReleaseId", () =>
        {
            foreach (var (name, id) in new[] { ("GRid", message.Grid), ("ICPN", message.Gtin) })
            {
                if (id is not null)
                {
                    xml.WriteElementString(name, id);
                }
            }
            if (message.ProprietaryId is not null)
            {
                Proprietary(xml, message, message.ProprietaryId);
            }
        });
        xml.WriteElementString("ReleaseReference", "R0");
        Title(xml, "ReferenceTitle", message.Title, null);
        Within(xml, "ReleaseResourceReferenceList", () => Each(message, i => Content(xml, i)));
        xml.WriteElementString("ReleaseType", message.Tracks.Count == 1 ? "Single" : "Album");
        Within(xml, "ReleaseDetailsByTerritory", () =>
        {
            xml.WriteElementString("TerritoryCode", "Worldwide");
            xml.WriteElementString("DisplayArtistName", message.Artist);
            Title(xml, "Title", message.Title, "DisplayTitle");
            Artist(xml, message.Artist);
            xml.WriteElementString("ParentalWarningType", "NotExplicit");
            Within(xml, "ResourceGroup", () => Each(message, i => Within(xml, "ResourceGroupContentItem", () =>
            {
                xml.WriteElementString("SequenceNumber", i.ToString(CultureInfo.InvariantCulture));
                xml.WriteElementString("ResourceType", "SoundRecording");
                Content(xml, i);
            })));
            Within(xml, "Genre", () => xml.WriteElementString("GenreText", "Pop"));
            foreach (var (name, date) in new[] { ("ReleaseDate", message.ReleaseDate), ("OriginalReleaseDate", message.OriginalReleaseDate) })
            {
                if (date is not null)
                {
                    xml.WriteElementString(name, date);
                }
            }
        });
        xml.WriteEndElement();
    }

    private static void TrackRelease(XmlWriter xml, ErnMessage message, ErnTrack track, int number) => Within(xml, "Release", () =>
    {
        Within(xml, "ReleaseId", () => Proprietary(xml, message, Reference('R', number)));
        xml.WriteElementString("ReleaseReference", Reference('R', number));
        Title(xml, "ReferenceTitle", track.Title, null);
        Within(xml, "ReleaseResourceReferenceList", () => Content(xml, number));
        xml.WriteElementString("ReleaseType", "TrackRelease");
        Within(xml, "ReleaseDetailsByTerritory", () =>
        {
            xml.WriteElementString("TerritoryCode", "Worldwide");
            xml.WriteElementString("DisplayArtistName", track.Artist ?? message.Artist);
        });
    });

    private static void Deals(XmlWriter xml, ErnMessage message) => Within(xml, "DealList", () => Within(xml, "ReleaseDeal", () =>
    {
        xml.WriteElementString("DealReleaseReference", "R0");
        Each(message, i => xml.WriteElementString("DealReleaseReference", Reference('R', i)));
        Within(xml, "Deal", () => Within(xml, "DealTerms", () =>
        {
            xml.WriteElementString("CommercialModelType", "SubscriptionModel");
            Within(xml, "Usage", () => xml.WriteElementString("UseType", "OnDemandStream"));
            xml.WriteElementString("TerritoryCode", "Worldwide");
            Within(xml, "ValidityPeriod", () => xml.WriteElementString("StartDate", "2026-10-01"));
        }));
    }));

    private static void Title(XmlWriter xml, string element, string title, string? type)
    {
        xml.WriteStartElement(element);
        if (type is not null)
        {
            xml.WriteAttributeString("TitleType", type);
        }
        xml.WriteElementString("TitleText", title);
        xml.WriteEndElement();
    }

    private static void Artist(XmlWriter xml, string name) => Within(xml, "DisplayArtist", () =>
    {
        Within(xml, "PartyName", () => xml.WriteElementString("FullName", name));
        xml.WriteElementString("ArtistRole", "MainArtist");
    });

    private static void File(XmlWriter xml, ErnFile file) => Within(xml, "File", () =>
    {
        xml.WriteElementString("FileName", Path.GetFileName(file.Path));
        if (Path.GetDirectoryName(file.Path) is { Length: > 0 } folder)
        {
            xml.WriteElementString("FilePath", folder + "/");
        }
        if (file.HashValue is not null)
        {
            Within(xml, "HashSum", () =>
            {
                xml.WriteElementString("HashSum", file.HashValue);
                xml.WriteElementString("HashSumAlgorithmType", file.HashAlgorithm);
            });
        }
    });

    private static void Content(XmlWriter xml, int number)
    {
        xml.WriteStartElement("ReleaseResourceReference");
        xml.WriteAttributeString("ReleaseResourceType", "PrimaryResource");
        xml.WriteString(Reference('A', number));
        xml.WriteEndElement();
    }

    private static void Proprietary(XmlWriter xml, ErnMessage message, string id)
    {
        xml.WriteStartElement("ProprietaryId");
        xml.WriteAttributeString("Namespace", message.Sender);
        xml.WriteString(id);
        xml.WriteEndElement();
    }

    private static void Each(ErnMessage message, Action<int> write)
    {
        for (var i = 1; i <= message.Tracks.Count; i++)
        {
            write(i);
        }
    }

    private static void Within(XmlWriter xml, string element, Action content)
    {
        xml.WriteStartElement(element);
        content();
        xml.WriteEndElement();
    }

    private static string Reference(char kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}{number}");
}
